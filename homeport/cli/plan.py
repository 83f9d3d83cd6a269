"""`homeport plan`: every answer before money is spent."""

import dataclasses
from typing import Annotated

import typer

from homeport.cli.output import out, print_json
from homeport.cli.plan_tables import stack_report
from homeport.cli.targets import Target, read_targets
from homeport.cli.validate import Targets
from homeport.planner.build import plan_stack
from homeport.planner.plan import StackPlan
from homeport.planner.plan_json import dump_plan
from homeport.project import load_stack

AsJson = Annotated[bool, typer.Option("--json", help="The plan as data, for programs.")]


def plan(targets: Targets = None, json: AsJson = False) -> None:
    """Show what a stack will be: engine, machine, access, price, and what is not known."""
    target = read_targets(targets or [])
    shown = _shown(plan_stack(load_stack(target.root, target.stack)), target)
    if json:
        print_json(dump_plan(shown))
    else:
        out.print(stack_report(shown))


def _shown(stack_plan: StackPlan, target: Target) -> StackPlan:
    """The plan with only the endpoints that were named; sums stay those of the whole stack."""
    if target.endpoints is None:
        return stack_plan
    wanted = target.endpoints
    return dataclasses.replace(
        stack_plan,
        endpoints=tuple(one for one in stack_plan.endpoints if one.name in wanted),
    )
