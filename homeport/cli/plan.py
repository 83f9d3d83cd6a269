"""`homeport plan`: every answer before money is spent."""

import dataclasses
import json
from collections.abc import Sequence
from typing import Annotated

import typer

from homeport.cli.output import out, print_json
from homeport.cli.plan_tables import stack_report
from homeport.cli.targets import Target, read_targets
from homeport.cli.validate import Targets
from homeport.cli.verdicts import Verdict, read_verdicts, verdict_lines
from homeport.planner.build import plan_stack
from homeport.planner.plan import StackPlan
from homeport.planner.plan_json import dump_plan
from homeport.project import load_stack

AsJson = Annotated[
    bool, typer.Option("--json", help="As data, for programs: keys `plan` and `verdicts`.")
]
AskRules = Annotated[bool, typer.Option(help="Ask the policy rules; takes some seconds.")]


def plan(targets: Targets = None, *, as_json: AsJson = False, policies: AskRules = True) -> None:
    """Show what a stack will be: engine, machine, access, price, and which policy rules pass.

    Ends with 1 where a rule is broken: a deployment would be refused.
    """
    target = read_targets(targets or [])
    whole = plan_stack(load_stack(target.root, target.stack))
    verdicts = read_verdicts(whole, target.root) if policies else None
    shown = _shown(whole, target)
    if as_json:
        print_json(_json(shown, verdicts))
    else:
        out.print(stack_report(shown), *(verdict_lines(verdicts) if policies else ()))
    if any(one.violations for one in verdicts or ()):
        raise typer.Exit(1)


def _json(shown: StackPlan, verdicts: Sequence[Verdict] | None) -> str:
    """`verdicts` is null where they were not asked."""
    rules = None if verdicts is None else [dataclasses.asdict(one) for one in verdicts]
    return f'{{"plan": {dump_plan(shown)}, "verdicts": {json.dumps(rules, indent=2)}}}'


def _shown(stack_plan: StackPlan, target: Target) -> StackPlan:
    """The plan with only the endpoints that were named; sums stay those of the whole stack."""
    return dataclasses.replace(
        stack_plan,
        endpoints=tuple(one for one in stack_plan.endpoints if target.includes(one.name)),
    )
