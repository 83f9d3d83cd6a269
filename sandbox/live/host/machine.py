"""The process of one machine: runs user data as cloud-init does, then the units until it is told to shut down.

Its folder holds `machine.json` (see `MachineSettings`), the machine's file system below `r`, journals, console and
what tests leave in `faults` and `commands`.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType

from sandbox.live.host.tools import NAMES
from sandbox.live.host.units import Host, Units
from sandbox.live.host.weights import sandbox_repositories

LOOK_SECONDS = 0.04
FOLDERS = (
    "r/var/lib/cloud/data",
    "r/dev",
    "r/proc",
    "r/etc/homeport",
    "tools",
    "journal",
    "commands",
    "faults",
    "containers",
)


@dataclass(frozen=True, kw_only=True)
class MachineSettings:
    """What the account tells its machine."""

    instance: str
    address: str
    """On the loopback, this machine's alone: 127.x.y.z."""
    user_data: str
    """The script, as text."""
    account: str
    """Address of the emulated account."""
    metadata: str
    """Address of the machine's metadata service."""
    hub: str
    region: str
    time_scale: float
    engine_settings: str
    """File with the stand-in engine's settings."""
    envoy: str
    project: str
    python: str = sys.executable


def prepare(folder: Path, settings: MachineSettings) -> None:
    """The machine's folder, before it is switched on."""
    for name in FOLDERS:
        (folder / name).mkdir(parents=True)
    (folder / "r/var/lib/cloud/data/instance-id").write_text(f"{settings.instance}\n")
    # A process has no kernel of its own: this one began now, to the millisecond where Linux says whole seconds.
    (folder / "r/proc/stat").write_text(f"btime {time.time():.3f}\n")
    (folder / "user-data").write_text(settings.user_data)
    (folder / "machine.json").write_text(json.dumps(asdict(settings)))
    for name in NAMES:
        command = f"{settings.python} -S -m sandbox.live.host.tools {name}"
        _write_tool(folder, name, f'PYTHONPATH="{settings.project}" exec {command} "$@"')
    _write_tool(folder, "python3", f'exec "{settings.python}" "$@"')


def _write_tool(folder: Path, name: str, line: str) -> None:
    script = folder / "tools" / name
    script.write_text(f"#!/bin/sh\n{line}\n")
    script.chmod(0o755)


def run(folder: Path) -> None:
    """Until SIGTERM, which is the shutdown of the operating system."""
    settings = MachineSettings(**json.loads((folder / "machine.json").read_text()))
    shutdown = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        shutdown.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    environment = _environment(folder, settings)
    cloud_init = _start_user_data(folder, environment)
    units = Units(_host(folder, settings, environment))
    account = os.getppid()
    while not shutdown.wait(LOOK_SECONDS):
        if os.getppid() != account:  # it was killed, and nobody else ends this machine
            os.killpg(0, signal.SIGKILL)
        cloud_init.poll()
        for command, unit in _commands(folder):
            if command == "start" and unit == "homeport-boot.target":
                _narrow_boot_document(folder, settings)
            {"start": units.start, "restart": units.restart}[command](unit)
        units.step()
        _write_states(folder, units)
    units.stop_all()
    cloud_init.kill()
    cloud_init.wait()


def _environment(folder: Path, settings: MachineSettings) -> dict[str, str]:
    found = shutil.which("curl") or "/usr/bin/curl"
    return {
        "PATH": f"{folder / 'tools'}:{os.environ.get('PATH', os.defpath)}",
        "HOMEPORT_ROOT": str(folder / "r"),
        "HOMEPORT_SANDBOX_MACHINE": str(folder),
        "HOMEPORT_SANDBOX_CURL": found,
        "HOMEPORT_TIME_SCALE": f"{settings.time_scale:g}",
        "AWS_ENDPOINT_URL": settings.account,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": settings.metadata,
        "AWS_REGION": settings.region,
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "HF_ENDPOINT": settings.hub,
        "NO_PROXY": "*",
        **_engine_of_the_user(),
    }


def _engine_of_the_user() -> dict[str, str]:
    """What takes the stand-in engine's place: docs/sandbox.md."""
    return {
        name: value
        for name, value in os.environ.items()
        if name.startswith("HOMEPORT_SANDBOX_ENGINE")
    }


def _start_user_data(folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    with (folder / "console").open("ab") as console:
        return subprocess.Popen(
            ["bash", str(folder / "user-data")],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            env=environment,
        )


def _host(folder: Path, settings: MachineSettings, environment: dict[str, str]) -> Host:
    root = folder / "r"

    def command(line: str) -> list[str]:
        program, *arguments = line.split()
        if program.startswith("/opt/homeport/"):
            return ["bash", f"{root}{program}", *arguments]
        return [str(folder / "tools" / Path(program).name), *arguments]

    return Host(
        root / "etc/systemd/system", folder / "journal", environment, command, settings.time_scale
    )


def _commands(folder: Path) -> list[tuple[str, str]]:
    """What `systemctl` was asked for since the last look."""
    found: list[tuple[str, str]] = []
    for file in sorted((folder / "commands").glob("[0-9]*")):
        command, _, unit = file.read_text().partition(" ")
        found.append((command, unit))
        file.unlink()
    return found


def _narrow_boot_document(folder: Path, settings: MachineSettings) -> None:
    """The engine's network is this machine's one address, and the weights are the sandbox's own."""
    path = folder / "r/etc/homeport/boot.json"
    boot = json.loads(path.read_text())
    boot["network"]["engine_address"] = settings.address
    boot["repositories"] = sandbox_repositories(boot["repositories"])
    path.write_text(json.dumps(boot))


def _write_states(folder: Path, units: Units) -> None:
    text = json.dumps(units.states())
    path = folder / "units.json"
    if not path.exists() or path.read_text() != text:
        draft = folder / ".units.json"
        draft.write_text(text)
        draft.replace(path)
