"""A Pulumi project in a temporary folder, run by the real engine against a sandbox."""

import json
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.session import Sandbox

COMMAND_TIMEOUT_SECONDS = 240


@dataclass(frozen=True, kw_only=True)
class Run:
    """A finished command: exit code, and standard output with standard error behind it."""

    code: int
    output: str


class Project:
    """One stack `test` with one program; `write` replaces the program between commands."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.folder = folder
        self._engine = shutil.which("pulumi", path=sandbox.environment["PATH"]) or "pulumi"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Pulumi.yaml").write_text(
            f"name: {folder.name.replace('_', '-')[:40]}\nruntime: python\n"
        )
        self.write("")
        self.pulumi("stack", "init", "organization/" + folder.name.replace("_", "-")[:40] + "/test")
        self.pulumi("config", "set", "aws:region", sandbox.region)

    def write(self, program: str) -> None:
        """The program, below `import pulumi` and `import pulumi_aws as aws`."""
        text = f"import pulumi\nimport pulumi_aws as aws\n{textwrap.dedent(program)}"
        (self.folder / "__main__.py").write_text(text)

    def pulumi(self, *arguments: str, check: bool = True) -> Run:
        """Run `pulumi <arguments>`; a failure fails the test with all that was printed, unless `check` is False."""
        finished = subprocess.run(
            [self._engine, *arguments],
            cwd=self.folder,
            env={**self.sandbox.environment, "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            timeout=COMMAND_TIMEOUT_SECONDS,
            check=False,
        )
        run = Run(code=finished.returncode, output=finished.stdout + finished.stderr)
        assert not check or run.code == 0, (
            f"pulumi {' '.join(arguments)}:\n{run.output}\n{self.sandbox.log[-3000:]}"
        )
        return run

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """`pulumi <arguments>` in the background, to be interrupted; killed if it is still there at the end."""
        process = subprocess.Popen(
            [self._engine, *arguments],
            cwd=self.folder,
            env={**self.sandbox.environment, "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()

    @staticmethod
    def wait_for_line(process: subprocess.Popen[str], part: str) -> None:
        """Read the process's output up to the first line with this part."""
        assert process.stdout
        seen = []
        for line in process.stdout:
            seen.append(line)
            if part in line:
                return
        raise AssertionError(f"no line with {part!r} in:\n{''.join(seen)}")

    def pending_operations(self) -> list[Any]:
        """Operations of which the engine does not know how they ended."""
        document = json.loads(self.pulumi("stack", "export").output)
        return document["deployment"].get("pending_operations") or []

    def up(self, *arguments: str, check: bool = True) -> Run:
        return self.pulumi(
            "up", "--yes", "--skip-preview", "--non-interactive", *arguments, check=check
        )

    def up_changes_nothing(self) -> None:
        self.up("--expect-no-changes", "--diff")

    def refresh(self) -> Run:
        return self.pulumi("refresh", "--yes", "--skip-preview", "--non-interactive", "--diff")

    def destroy(self) -> Run:
        return self.pulumi("destroy", "--yes", "--skip-preview", "--non-interactive")

    def planned(self) -> dict[str, str]:
        """Logical name -> operation (create, update, replace, ...) of the next up, without what stays the same."""
        document = json.loads(self.pulumi("preview", "--json").output.split("\nwarning:")[0])
        return {
            step["urn"].split("::")[-1]: step["op"]
            for step in document["steps"]
            if step["op"] not in ("same", "create-replacement", "delete-replaced", "read")
        }

    def outputs(self) -> dict[str, Any]:
        return json.loads(self.pulumi("stack", "output", "--json", "--show-secrets").output)

    def state(self) -> dict[str, dict[str, Any]]:
        """Logical name -> resource of the exported state."""
        document = json.loads(self.pulumi("stack", "export").output)
        return {
            item["urn"].split("::")[-1]: item
            for item in document["deployment"].get("resources", [])
        }
