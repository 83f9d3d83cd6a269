"""The Pulumi program: read the stack's files, plan, deploy, export."""

import os
from pathlib import Path

import pulumi

from components.deploy import deploy
from components.garbage import collect_rarely
from components.outstanding import await_outputs_together
from components.sandbox_only import refuse_outside_sandbox
from homeport.errors import HomeportError
from homeport.planner.build import plan_stack
from homeport.project import load_stack


def main() -> None:
    """Deploy the stack that the engine named; any error of the user's files ends it with its text."""
    collect_rarely()
    try:
        plan = plan_stack(load_stack(Path(__file__).parent, pulumi.get_stack()))
        refuse_outside_sandbox(plan, os.environ)
    except HomeportError as error:
        raise pulumi.RunError(str(error)) from None
    for name, value in deploy(plan).items():
        pulumi.export(name, value)
    await_outputs_together()


main()
