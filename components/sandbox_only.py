"""Refuses every deployment that could cost money before anything answers in a machine."""

from collections.abc import Mapping

from homeport.errors import PlanError
from homeport.planner.plan import StackPlan

SANDBOX_VARIABLE = "HOMEPORT_SANDBOX_AWS"
"""Address of the running sandbox's account; set by `make sandbox` and `make demo`."""


def refuse_outside_sandbox(plan: StackPlan, environment: Mapping[str, str]) -> None:
    """Raise `PlanError` unless a sandbox stack meets a running sandbox.

    The agent that makes a machine ready is not built yet (docs/adr/0007): in a real account every
    machine would be started, abandoned after ten minutes, and paid for.
    """
    if not plan.sandbox:
        raise PlanError(
            path="sandbox",
            found=f"stack {plan.stack} of account {plan.account}, a real account",
            allowed="stacks with `homeport:sandbox: true`: nothing answers inside a machine yet",
            fix="use `homeport plan` for now, or deploy to the sandbox (`make sandbox`)",
        )
    if not environment.get(SANDBOX_VARIABLE):
        raise PlanError(
            path="sandbox",
            found="no running sandbox",
            allowed="a sandbox stack, where the sandbox runs",
            fix="run `make sandbox` in another terminal and use the environment that it prints",
        )
