"""Planning of many specs beside parsing their YAML with the C loader, in one run.

Files are read, checked, joined with their locks and planned; a stack carries at most 95 public endpoints,
so the specs are spread over stacks of 90. Twice: with specs of six lines, and with every field written.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from rich.console import Console
from rich.table import Table

from homeport.planner.build import plan_stack
from homeport.project import load_stack
from tests.engine.edits import SETTINGS, SPECS
from tests.locks import write_locks

SIZES = (100, 250, 500, 1000)
ENDPOINTS_A_STACK = 90
RUNS = 5
SHORT = (SPECS["chat"], "chat")
FULL = (
    """\
version: 1
name: chat
model:
  repository: meta-llama/Llama-3.1-8B-Instruct
  revision: main
  task: text-generation
  weights: hub
engine:
  name: auto
  image: null
  port: null
  healthRoute: null
  args: [--enable-prefix-caching]
  env: {VLLM_LOGGING_LEVEL: WARNING}
  secrets: {SEARCH_KEY: my-secret}
  contextLength: 8192
  quantization: auto
  speculative: null
compute:
  cloud: aws
  region: us-east-1
  accelerator: nvidia-l4
  count: 1
  instanceType: null
  capacity: on-demand
replicas:
  min: 0
  max: 2
  scaleOn: {gpu: 80}
  scaleToZeroAfter: 1h
access:
  mode: protected
  allow: [org/acme, user/jane]
  consumers: []
  cidrs: [203.0.113.0/24]
  maxRequestSeconds: 900
  maxBodyMebibytes: 32
compliance: []
tags: {team: search}
""",
    "chat",
)


def _write(root: Path, count: int, spec: tuple[str, str] = SHORT) -> list[str]:
    (root / "Pulumi.yaml").write_text("name: homeport\nruntime: python\n")
    stacks: list[str] = []
    for start in range(0, count, ENDPOINTS_A_STACK):
        stack = f"stack-{start:04}"
        folder = root / "stacks" / stack
        folder.mkdir(parents=True)
        (root / "stacks" / f"Pulumi.{stack}.yaml").write_text(SETTINGS)
        for number in range(start, min(start + ENDPOINTS_A_STACK, count)):
            text, own_name = spec
            name = f"{own_name}-{number:04}"
            text = text.replace(f"name: {own_name}", f"name: {name}")
            (folder / f"{name}.yaml").write_text(text)
        write_locks(root, stack)
        stacks.append(stack)
    return stacks


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


@pytest.mark.parametrize("spec", [SHORT, FULL], ids=["six lines", "every field"])
def bench_plan(tmp_path: Path, spec: tuple[str, str], request: pytest.FixtureRequest) -> None:
    """Print both times and their ratio for each size."""
    table = Table(title=f"{request.node.name}: medians of {RUNS} runs")
    for column in ("specs", "parse s", "load and plan s", "ratio", "ms a spec"):
        table.add_column(column, justify="right")
    for count in SIZES:
        root = tmp_path / str(count)
        root.mkdir()
        stacks = _write(root, count, spec)
        texts = [path.read_bytes() for path in sorted(root.glob("stacks/*/*.yaml"))]
        parse, plan = [], []
        for _ in range(RUNS):
            parse.append(
                _seconds(lambda texts=texts: [yaml.load(t, yaml.CSafeLoader) for t in texts])
            )
            plan.append(
                _seconds(
                    lambda root=root, stacks=stacks: [
                        plan_stack(load_stack(root, s)) for s in stacks
                    ]
                )
            )
        parsed, planned = statistics.median(parse), statistics.median(plan)
        table.add_row(str(count), f"{parsed:.3f}", f"{planned:.3f}", f"{planned / parsed:.1f}",
                      f"{planned / count * 1000:.2f}")  # fmt: skip
    Console().print(table)
