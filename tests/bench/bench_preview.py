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
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from sandbox.session import Sandbox
from tests.engine.edits import SETTINGS, SPECS
from tests.engine.stack_project import ROOT, StackProject

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
    pulumi.CustomResource(leaf["type"], f"{leaf['name']}-{number}", leaf["inputs"], options)
'''


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Of several runs of one program."""

    seconds: tuple[float, ...]
    largest_process_mib: float


def _stack(project: StackProject, endpoints: int) -> None:
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


def _flat(project: StackProject, folder: Path) -> None:
    """The recorded leaves of the same plan, as a program of their own."""
    plan = project.homeport("plan", project.stack, "--json").stdout
    recorded = subprocess.run(
        [sys.executable, "-m", "components.inventory"],
        input=plan, capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    leaves = [
        {key: entry[key] for key in ("type", "name", "inputs")}
        for entry in json.loads(recorded.stdout)
        if entry["type"].startswith("aws:")
    ]
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
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, output.decode()[-4000:]
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
    with Sandbox() as sandbox:
        project = StackProject(sandbox, tmp_path / "ours")
        _stack(project, endpoints)
        _flat(project, tmp_path / "flat")
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
