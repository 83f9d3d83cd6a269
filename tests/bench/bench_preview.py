"""`pulumi preview` of our program beside a flat script that registers the same recorded resources.

The flat script holds leaves only, with literal inputs; interpreter, engine and provider are the same, and
the runs alternate. Prints a ratio measured in one run, and the largest process of each.

    make bench                        10, 50 and 90 endpoints
"""

import json
import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from sandbox.session import Sandbox
from tests.engine.edits import SETTINGS, SPECS
from tests.engine.stack_project import StackProject

SIZES = (10, 50, 90)
RUNS = 5
FLAT_PROGRAM = '''\
"""Registers what `resources.json` records: leaves only, literal inputs."""

import json
from pathlib import Path

import pulumi
import pulumi_aws as aws

provider = aws.Provider("aws", region="us-east-1", allowed_account_ids=["123456789012"])
options = pulumi.ResourceOptions(provider=provider)
for number, leaf in enumerate(json.loads(Path("resources.json").read_text())):
    module, _, class_name = leaf["type"].removeprefix("aws:").replace("/", ":").split(":")
    getattr(getattr(aws, module), class_name)  # what a script with typed resources would load
    pulumi.CustomResource(leaf["type"], f"{leaf['name']}-{number}", leaf["inputs"], options)
'''


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Of several runs of one program."""

    seconds: tuple[float, ...]
    largest_process_mib: float


def write_stack(project: StackProject, endpoints: int) -> None:
    """A fifth public, three fifths protected, a fifth private."""
    project.settings_file.write_text(SETTINGS)
    kinds = ("embed", "chat", "chat", "chat", "vault")
    for number in range(endpoints):
        kind = kinds[number % len(kinds)]
        name = f"{kind}-{number:03}"
        text = SPECS[kind].replace(f"name: {kind}", f"name: {name}")
        project.spec_file(name).write_text(text)
    project.lock()
    project.init()


def _recorded_leaves(folder: Path, endpoints: int) -> list[dict[str, object]]:
    """Type, name and literal inputs of every resource that the same stack has once it is deployed."""
    with Sandbox() as sandbox:
        project = StackProject(sandbox, folder)
        sandbox.create_hosted_zone("endpoints.example.com", "ZSANDBOX000000000001")
        write_stack(project, endpoints)
        project.up()
        return [
            {
                "type": one["type"],
                "name": urn.rpartition("::")[2],
                "inputs": {key: item for key, item in one["inputs"].items() if key != "__defaults"},
            }
            for urn, one in project.state().items()
            if one["type"].startswith("aws:")
        ]


def _flat(project: StackProject, folder: Path, leaves: list[dict[str, object]]) -> None:
    """The recorded leaves as a program of their own."""
    folder.mkdir()
    (folder / "resources.json").write_text(json.dumps(leaves))
    (folder / "__main__.py").write_text(FLAT_PROGRAM)
    (folder / "Pulumi.yaml").write_text("name: flat\nruntime: python\n")
    _pulumi(project, folder, "stack", "init", "test")


def _pulumi(project: StackProject, folder: Path, *arguments: str) -> tuple[float, float]:
    """Wall seconds, and the largest process of the run in MiB."""
    pulumi = shutil.which("pulumi", path=project.environment()["PATH"]) or "pulumi"
    started = time.monotonic()
    process = subprocess.Popen(
        [pulumi, *arguments], cwd=folder, env=project.environment(),
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(
        status
    )  # it was waited for here, not by subprocess
    assert process.returncode == 0, output.decode()[-4000:]
    return time.monotonic() - started, usage.ru_maxrss / 1024


def _measure(project: StackProject, folders: Mapping[str, Path]) -> dict[str, Measured]:
    seconds: dict[str, list[float]] = {name: [] for name in folders}
    memory = dict.fromkeys(folders, 0.0)
    for _ in range(RUNS):
        for name, folder in folders.items():
            took, largest = _pulumi(
                project, folder, "preview", "--non-interactive", "--stack", "test"
            )
            seconds[name].append(took)
            memory[name] = max(memory[name], largest)
    return {
        name: Measured(seconds=tuple(seconds[name]), largest_process_mib=memory[name])
        for name in folders
    }


@pytest.mark.parametrize("endpoints", SIZES)
def bench_preview(endpoints: int, tmp_path: Path) -> None:
    """Print seconds, ratio and memory for one size."""
    leaves = _recorded_leaves(tmp_path / "recorded", endpoints)
    with Sandbox() as sandbox:
        project = StackProject(sandbox, tmp_path / "ours")
        write_stack(project, endpoints)
        _flat(project, tmp_path / "flat", leaves)
        measured = _measure(project, {"homeport": project.folder, "flat": tmp_path / "flat"})
    table = Table(title=f"pulumi preview of {endpoints} endpoints, {RUNS} runs, medians")
    for column in ("program", "seconds", "spread", "largest process MiB"):
        table.add_column(column)
    for name, one in measured.items():
        spread = f"{min(one.seconds):.2f} .. {max(one.seconds):.2f}"
        table.add_row(name, f"{statistics.median(one.seconds):.2f}", spread,
                      f"{one.largest_process_mib:.0f}")  # fmt: skip
    ratio = statistics.median(measured["homeport"].seconds) / statistics.median(
        measured["flat"].seconds
    )
    Console().print(table, f"ratio {ratio:.2f}")
