"""A stack of ours in a temporary folder: the real program, the real engine, the emulated account."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.session import Sandbox

ROOT = Path(__file__).resolve().parents[2]
COMMAND_TIMEOUT_SECONDS = 600
UNCHANGED = frozenset({"same", "read", "refresh"})


@dataclass(frozen=True, kw_only=True, order=True)
class Step:
    """One step of the engine."""

    type: str
    name: str
    operation: str
    """create, update, replace, delete ..."""
    properties: tuple[str, ...]
    """Top-level input properties that differ, sorted."""


class StackProject:
    """The stack `test` of a copied project; specs and settings are edited as files."""

    def __init__(self, sandbox: Sandbox, folder: Path, *, stack: str = "test") -> None:
        self.sandbox, self.folder, self.stack = sandbox, folder, stack
        (folder / "stacks" / stack).mkdir(parents=True, exist_ok=True)
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, folder / name)

    @property
    def settings_file(self) -> Path:
        return self.folder / "stacks" / f"Pulumi.{self.stack}.yaml"

    def spec_file(self, endpoint: str) -> Path:
        return self.folder / "stacks" / self.stack / f"{endpoint}.yaml"

    def environment(self) -> dict[str, str]:
        """Of every command: the checkout's packages, the sandbox's account."""
        return {
            **self.sandbox.environment,
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }

    def lock(self) -> None:
        """Write the locks of every spec, as `homeport lock` does in the sandbox."""
        self.homeport("lock", self.stack)

    def homeport(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [shutil.which("homeport", path=self.environment()["PATH"]) or "homeport"]
        return self._run([*command, *arguments], check=check)

    def pulumi(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self._run([self.pulumi_executable(), *arguments], check=check)

    def pulumi_executable(self) -> str:
        return shutil.which("pulumi", path=self.environment()["PATH"]) or "pulumi"

    def _run(self, command: list[str], *, check: bool) -> subprocess.CompletedProcess[str]:
        finished = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=COMMAND_TIMEOUT_SECONDS,
            check=False,
        )
        assert not check or finished.returncode == 0, (
            f"{' '.join(command)}:\n{finished.stdout[-6000:]}\n{finished.stderr[-3000:]}"
        )
        return finished

    def init(self) -> None:
        self.pulumi("stack", "init", self.stack)

    def preview(self) -> tuple[Step, ...]:
        """What the next up would do, from the engine's own preview JSON."""
        answer = self.pulumi("preview", "--json", "--stack", self.stack).stdout
        return _steps(json.loads(answer)["steps"])

    def up(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.pulumi(
            "up", "--yes", "--skip-preview", "--non-interactive", "--stack", self.stack, *arguments,
            check=check,
        )  # fmt: skip

    def up_steps(self) -> tuple[Step, ...]:
        """Run up; what it did, from the engine's event log."""
        events = [json.loads(line) for line in self.up("--json").stdout.splitlines() if line]
        return _steps(
            event["resOutputsEvent"]["metadata"] for event in events if "resOutputsEvent" in event
        )

    def destroy(self) -> None:
        self.pulumi(
            "destroy", "--yes", "--skip-preview", "--non-interactive", "--stack", self.stack
        )

    def state(self) -> dict[str, dict[str, Any]]:
        """URN -> resource of the exported state."""
        document = json.loads(self.pulumi("stack", "export", "--stack", self.stack).stdout)
        return {item["urn"]: item for item in document["deployment"].get("resources", [])}

    def outputs(self) -> dict[str, Any]:
        answer = self.pulumi("stack", "output", "--json", "--show-secrets", "--stack", self.stack)
        return json.loads(answer.stdout)


def _steps(steps: Any) -> tuple[Step, ...]:
    """The steps that change something; the two halves of a replacement are left out."""
    kept: list[Step] = []
    for step in steps:
        if step["op"] in UNCHANGED | {"create-replacement", "delete-replaced"}:
            continue
        paths = step.get("detailedDiff") or {}
        names = {path.split(".")[0].split("[")[0] for path in paths} or set(step.get("diffs") or ())
        names |= set(step.get("diffReasons") or ()) if not names else set()
        urn = step["urn"]
        kept.append(
            Step(
                type=urn.split("::")[-2].split("$")[-1],
                name=urn.split("::")[-1],
                operation=step["op"],
                properties=tuple(sorted(names)),
            )
        )
    return tuple(sorted(kept))
