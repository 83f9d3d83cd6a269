"""Refuses a deployment that costs money, unless its user says that he is the first to try it there."""

from collections.abc import Mapping

from homeport.errors import PlanError
from homeport.planner.plan import StackPlan

SANDBOX_VARIABLE = "HOMEPORT_SANDBOX_AWS"
"""Address of the running sandbox's account; set by `make sandbox` and `make demo`."""
UNPROVEN_VARIABLE = "HOMEPORT_UNPROVEN"
"""Holds the id of the account in which somebody tries what nobody has seen there: docs/unproven.md."""


def refuse_outside_sandbox(plan: StackPlan, environment: Mapping[str, str]) -> None:
    """Raise `PlanError` unless a sandbox stack meets a running sandbox, or the account is named as one to try it in.

    In the sandbox machines boot and serve; in a real account none has (docs/adr/0007). One that cannot would be
    started, abandoned after ten minutes, and paid for.
    """
    if not plan.sandbox:
        if environment.get(UNPROVEN_VARIABLE) == plan.account:
            return
        raise PlanError(
            path="sandbox",
            found=f"stack {plan.stack} of account {plan.account}, a real one, where nobody has seen a machine boot",
            allowed="stacks with `homeport:sandbox: true`, or an account whose owner tries what docs/unproven.md lists",
            fix="deploy to the sandbox (`make sandbox`); to be the first in this account:"
            f" `export {UNPROVEN_VARIABLE}={plan.account}`, and watch `homeport status --wait`",
        )
    if not environment.get(SANDBOX_VARIABLE):
        raise PlanError(
            path="sandbox",
            found="no running sandbox",
            allowed="a sandbox stack, where the sandbox runs",
            fix="run `make sandbox` in another terminal and use the environment that it prints",
        )
