"""A stack that lives: the real engine creates it in a live sandbox, and its machines serve."""

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.brought import create_token_secrets, create_zones
from sandbox.live.client import LiveSandbox
from sandbox.session import ROOT, Sandbox
from tests.engine.stack_project import StackProject

STACK, DOMAIN = "demo", "endpoints.example.com"
TIME_SCALE = 20.0
LOOK_SECONDS, SECONDS_MAX = 0.2, 300.0


class LiveStack:
    """The demonstration's stack, edited as a test needs it before `up`."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.project = StackProject(sandbox, folder, stack=STACK)
        shutil.copytree(ROOT / "stacks" / STACK, folder / "stacks" / STACK, dirs_exist_ok=True)
        shutil.copy(ROOT / "stacks" / f"Pulumi.{STACK}.yaml", self.project.settings_file)
        create_zones(sandbox, folder)
        create_token_secrets(sandbox, folder)
        self.sandbox, self.live = sandbox, LiveSandbox(sandbox.address)
        self.project.init()

    def edit(self, endpoint: str, old: str, new: str) -> None:
        """One text of a spec for another."""
        file = self.project.spec_file(endpoint)
        text = file.read_text()
        assert old in text, f"{endpoint}.yaml holds no {old!r}"
        file.write_text(text.replace(old, new))

    def machines(self, endpoint: str) -> list[dict[str, Any]]:
        """Of one endpoint, as the account describes them."""
        return self.live.machines(f"homeport-{STACK}.{endpoint}")

    def serving(self, endpoint: str) -> list[dict[str, Any]]:
        """Machines that are in service and healthy."""
        found = self.machines(endpoint)
        return [one for one in found if (one["phase"], one["target"]) == ("InService", "healthy")]

    def has(self, endpoint: str, count: int) -> bool:
        """Whether so many machines are there, and all serve."""
        return len(self.machines(endpoint)) == len(self.serving(endpoint)) == count

    def executed(self) -> Counter[str]:
        """Request id -> how often an engine executed it."""
        return Counter(Path(self.live.describe()["executed"]).read_text().splitlines())

    def refresh_status(self, endpoint: str) -> str:
        """Of the newest instance refresh."""
        answer = self.sandbox.boto3_client("autoscaling").describe_instance_refreshes(
            AutoScalingGroupName=f"homeport-{STACK}.{endpoint}"
        )
        return answer["InstanceRefreshes"][0]["Status"] if answer["InstanceRefreshes"] else "none"


def wait(holds: Callable[[], bool], what: str) -> None:
    """Return once `holds`. Raises `AssertionError` after minutes: machines start while it is asked."""
    deadline = time.monotonic() + SECONDS_MAX
    while time.monotonic() < deadline:
        if holds():
            return
        time.sleep(LOOK_SECONDS)
    raise AssertionError(f"never: {what}")


@contextmanager
def live_stack(folder: Path, *, time_scale: float = TIME_SCALE) -> Iterator[LiveStack]:
    """In an account of its own; everything ends with the block."""
    with Sandbox(time_scale=time_scale) as sandbox:
        yield LiveStack(sandbox, folder)
