"""A sandbox for a test or a demonstration: an emulated account, and the environment that Pulumi needs to use it."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox.emulator import ACCOUNT_ID

ROOT = Path(__file__).resolve().parent.parent
ENGINE_FOLDER_VARIABLE = "HOMEPORT_PULUMI_DIR"
"""Where the `pulumi` executable is; without it, on PATH."""
START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 10.0
PASSPHRASE = "sandbox"
DEFAULT_REGION = "us-east-1"
CHOSEN_ZONE_ID = "sandbox-zone-id:"
"""What `sandbox/emulator/additions/route53.py` looks for in a caller reference."""
DROPPED_PREFIXES = ("AWS_", "PULUMI_")
"""Nothing of the user's own accounts or backends may reach a process in the sandbox."""


class SandboxError(Exception):
    """The sandbox could not be started."""


class Sandbox:
    """`with Sandbox() as sandbox:` starts the emulator; leaving the block stops it and removes its files.

    `state_folder` keeps Pulumi's state and home elsewhere, to be found again after the emulator (and with it every
    emulated resource) is gone. With a `time_scale` the account is live: machines and load balancers run as processes,
    and a minute of the cloud passes in 60 / `time_scale` seconds.
    """

    def __init__(
        self,
        *,
        region: str = DEFAULT_REGION,
        state_folder: Path | None = None,
        time_scale: float | None = None,
    ) -> None:
        self.region = region
        self._time_scale = time_scale
        self.account_id = ACCOUNT_ID
        self.address = ""
        self._given_folder = state_folder
        self._folder: Path | None = None
        self._emulator: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the emulator on a free port and wait until it answers."""
        self._folder = self._given_folder or Path(tempfile.mkdtemp(prefix="homeport-sandbox-"))
        for name in ("state", "home"):
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        ready_file = self._folder / "emulator.port"
        ready_file.unlink(missing_ok=True)
        with (self._folder / "emulator.log").open("wb") as log:
            self._emulator = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "sandbox.emulator",
                    "--port",
                    "0",
                    "--ready-file",
                    str(ready_file),
                    *self._live_arguments(),
                ],
                cwd=ROOT,
                env={**_inherited(), "PYTHONPATH": str(ROOT), "AWS_DEFAULT_REGION": self.region},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt in the terminal must not take the account away under Pulumi
            )
        self.address = f"http://127.0.0.1:{self._port(ready_file)}"

    def _live_arguments(self) -> list[str]:
        if self._time_scale is None:
            return []
        return ["--live", str(self.folder), "--time-scale", f"{self._time_scale:g}"]

    def stop(self) -> None:
        """Stop the emulator, and remove the files unless their folder was given."""
        if self._emulator:
            self._emulator.terminate()
            try:
                self._emulator.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                self._emulator.kill()
                self._emulator.wait()
            self._emulator = None
        if self._folder and not self._given_folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def folder(self) -> Path:
        """Pulumi's state and home, the emulator's log; gone with the sandbox unless it was given."""
        if self._folder is None:
            raise SandboxError("the sandbox has not been started")
        return self._folder

    @property
    def log(self) -> str:
        """What the emulator wrote, errors included."""
        return (self.folder / "emulator.log").read_text(errors="replace")

    @property
    def variables(self) -> Mapping[str, str]:
        """The variables that make Pulumi, its stand-in providers and AWS's SDKs use this sandbox."""
        return {
            "PATH": os.pathsep.join([*_path_folders(), os.environ.get("PATH", os.defpath)]),
            "HOMEPORT_SANDBOX_PYTHON": sys.executable,
            "HOMEPORT_SANDBOX_AWS": self.address,
            "AWS_ENDPOINT_URL": self.address,
            "AWS_ACCESS_KEY_ID": "sandbox",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1,localhost",
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }

    @property
    def environment(self) -> dict[str, str]:
        """The whole environment of a child process: this process's, without its own cloud settings, and `variables`."""
        return {**_inherited(), **self.variables}

    def boto3_client(self, service: str, region: str | None = None) -> Any:
        """A client of the emulated account, for a test to look at it and to edit it behind Pulumi's back."""
        from sandbox.providers.aws.account import Account

        return Account(self.address, self.account_id).client(service, region or self.region)

    def create_hosted_zone(self, domain: str, zone_id: str | None = None) -> str:
        """Make the public hosted zone that a stack's `homeport:zone` names, with the id chosen if given; its id."""
        reference = f"{CHOSEN_ZONE_ID}{zone_id}" if zone_id else f"sandbox-{time.time_ns()}"
        answer = self.boto3_client("route53").create_hosted_zone(
            Name=domain, CallerReference=reference
        )
        return answer["HostedZone"]["Id"].removeprefix("/hostedzone/")

    def _port(self, ready_file: Path) -> int:
        assert self._emulator
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not ready_file.exists():
            if self._emulator.poll() is not None or time.monotonic() > deadline:
                raise SandboxError(f"the emulator did not start; its log:\n{self.log}")
            time.sleep(0.02)
        return int(ready_file.read_text())


def _path_folders() -> list[str]:
    """What must be found first: the stand-in providers, the engine, this Python (the program's too)."""
    engine = os.environ.get(ENGINE_FOLDER_VARIABLE)
    return [
        str(ROOT / "sandbox" / "bin"),
        str(Path(sys.executable).parent),
        *([engine] if engine else []),
    ]


def _inherited() -> dict[str, str]:
    return {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(DROPPED_PREFIXES)
        and key not in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
    }
