"""Which rules of the baseline pack a plan's resources pass: asked of child processes, as of a plan's user.

The resources come from `python -m components.inventory`, the verdicts from `python -m policies.verdicts`;
neither is part of the package, so that a copy of it alone can still plan.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from homeport.errors import HomeportError
from homeport.planner.plan import StackPlan
from homeport.planner.plan_json import dump_plan

SECONDS_MAX = 300
_MISSING = "No module named"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one rule says."""

    rule: str
    description: str
    violations: tuple[tuple[str, str], ...]
    """Name of the resource, and what is wrong with it."""


def read_verdicts(plan: StackPlan, root: Path) -> tuple[Verdict, ...] | None:
    """Every rule's verdict; None where the project has no `components` or no `policies`.

    Raises `HomeportError` where a child fails otherwise.
    """
    inventory = _child("components.inventory", dump_plan(plan), root)
    answer = None if inventory is None else _child("policies.verdicts", inventory, root)
    if answer is None:
        return None
    return tuple(
        Verdict(
            rule=one["rule"],
            description=one["description"],
            violations=tuple(
                (found["urn"].rpartition("::")[2], found["text"]) for found in one["violations"]
            ),
        )
        for one in json.loads(answer)
    )


def _child(module: str, text: str, root: Path) -> str | None:
    done = subprocess.run(
        [sys.executable, "-m", module],
        cwd=root,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        input=text,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    if done.returncode == 0:
        return done.stdout
    last = (done.stderr.strip().splitlines() or ["no word of why"])[-1]
    if _MISSING in last:
        return None
    raise HomeportError(
        path="",
        found=f"{module} ended with {done.returncode}: {last[:300]}",
        allowed="an answer",
        fix=f"run `homeport plan --json` and `python -m {module}` by hand to see all of it",
    )


def verdict_lines(verdicts: Sequence[Verdict] | None) -> Iterator[RenderableType]:
    """For people: one line while all is well, otherwise each violation."""
    if verdicts is None:
        yield Text(
            "\nPolicy rules: not asked, this project has no policies/ or components/", "cyan"
        )
        return
    broken = [one for one in verdicts if one.violations]
    passed = f"\nPolicy rules: {len(verdicts) - len(broken)} of {len(verdicts)} pass"
    yield Text(passed, style="bold red" if broken else "bold green")
    for verdict in broken:
        yield Text(f"- {verdict.rule}: {verdict.description}", style="red")
        for name, text in verdict.violations:
            yield Text(f"    {name}: {text}")
