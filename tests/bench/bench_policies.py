"""What the baseline pack adds to `pulumi preview` of 50 endpoints; the runs alternate, the medians' ratio counts.

python -m pytest -s --timeout=0 tests/bench/bench_policies.py
"""

import statistics
import time
from pathlib import Path

from rich.console import Console

from sandbox.session import Sandbox
from tests.bench.bench_preview import write_stack
from tests.engine.stack_project import ROOT, StackProject

ENDPOINTS, RUNS = 50, 5
PACK = ("--policy-pack", str(ROOT / "policies" / "baseline-pack"))


def bench_policies(tmp_path: Path) -> None:
    """Print both medians and the ratio."""
    with Sandbox() as sandbox:
        project = StackProject(sandbox, tmp_path / "policed")
        write_stack(project, ENDPOINTS)
        seconds: dict[tuple[str, ...], list[float]] = {(): [], PACK: []}
        for _ in range(RUNS):
            for arguments, taken in seconds.items():
                started = time.monotonic()
                project.pulumi("preview", "--non-interactive", "--stack", "test", *arguments)
                taken.append(time.monotonic() - started)
    plain, policed = (statistics.median(taken) for taken in seconds.values())
    Console().print(
        f"preview of {ENDPOINTS} endpoints: {plain:.2f} s, with the baseline pack {policed:.2f} s, "
        f"ratio {policed / plain:.2f} ({RUNS} runs, medians)"
    )
