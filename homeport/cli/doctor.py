"""`homeport doctor`: what only the account knows, asked before a deployment meets it."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from homeport.cli.endpoints import AsJson
from homeport.cli.leftovers import exported_state, state_identifiers
from homeport.cli.output import out, print_json
from homeport.cli.targets import read_targets
from homeport.errors import HomeportError
from homeport.operations import operations
from homeport.operations.examination import FAIL, OK, UNKNOWN, Check
from homeport.planner.build import plan_stack
from homeport.project import load_stack

_STYLES = {"ok": "green", "warn": "yellow", "fail": "red", "unknown": "dim"}


def doctor(
    stack: Annotated[str, typer.Argument(help="The stack to look at.")], *, as_json: AsJson = False
) -> None:
    """Check what only the account knows: quotas, zones, delegation, secrets, gated models, images, leftovers.

    Changes nothing. Each check says what mends it. Ends with 1 where one fails; what could not be told is no failure.
    """
    target = read_targets([stack])
    plan = plan_stack(load_stack(target.root, target.stack))
    known, unread = _state(target.root, target.stack)
    checks = operations(plan.cloud).examine(plan, state_identifiers=known)
    checks = (*checks, *unread)
    if as_json:
        print_json(json.dumps([dataclasses.asdict(one) for one in checks], indent=2))
    else:
        _show(checks)
    if any(one.status == FAIL for one in checks):
        raise typer.Exit(1)


def _state(root: Path, stack: str) -> tuple[frozenset[str] | None, tuple[Check, ...]]:
    """The identifiers in the stack's state; or None, and the check that could not be made."""
    try:
        deployment: dict[str, Any] = exported_state(root, stack).get("deployment") or {}
    except HomeportError as error:
        unread = Check(
            check="leftovers", subject=stack, status=UNKNOWN, found=error.found, fix=error.fix
        )  # fmt: skip
        return None, (unread,)
    return frozenset(state_identifiers(deployment)), ()


def _show(checks: Sequence[Check]) -> None:
    """A line each, and below it what to do about what is not well."""
    for one in checks:
        line = Text(f"{one.status:7}", style=_STYLES[one.status])
        line.append(f"  {one.check}, {one.subject}: {one.found}", style="not bold default")
        out.print(line, highlight=False, soft_wrap=True)
        if one.status != OK and one.fix:
            out.print(f"         {one.fix}", highlight=False, markup=False, soft_wrap=True)
