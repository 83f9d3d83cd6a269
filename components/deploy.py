"""The one way in: a plan becomes the resources of its cloud."""

import importlib
from collections.abc import Mapping
from typing import Any

from homeport.errors import PlanError
from homeport.planner.plan import Cloud, StackPlan

_TRANSLATORS: Mapping[Cloud, str] = {"aws": "components.aws.stack"}
"""Modules with `deploy_stack(plan) -> outputs`; loaded only for the plan's own cloud."""


def deploy(plan: StackPlan) -> dict[str, Any]:
    """Registers every resource of the plan and returns the stack's outputs.

    Called once, inside a Pulumi program. Raises `PlanError` for a cloud without translators.
    """
    module = _TRANSLATORS.get(plan.cloud)
    if module is None:
        raise PlanError(
            path="homeport:cloud",
            found=plan.cloud,
            allowed=", ".join(_TRANSLATORS),
            fix="deploy to a cloud that is built, or wait for a version that has this one",
        )
    return importlib.import_module(module).deploy_stack(plan)
