"""A `StackPlan` as JSON and back.

The inventory runs the translators in a child process and gets the plan this way; `homeport plan
--json` prints the same text. Reading refuses unknown fields and wrong types.
"""

import json
from functools import cache

from pydantic import TypeAdapter, ValidationError

from homeport.errors import PlanError
from homeport.planner.plan import StackPlan


@cache
def _adapter() -> TypeAdapter[StackPlan]:
    return TypeAdapter(StackPlan)


def dump_plan(plan: StackPlan) -> str:
    """The plan as indented JSON, keys in the order of the dataclasses."""
    return _adapter().dump_json(plan, indent=2).decode()


def read_plan(text: str | bytes) -> StackPlan:
    """The plan that `dump_plan` wrote. Raises `PlanError` where it is not one."""
    try:
        plan = _adapter().validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise _unreadable(".".join(str(part) for part in first["loc"]), first["msg"]) from error
    # Plain dataclasses ignore unknown keys; a plan of another version must not lose them silently.
    if json.loads(dump_plan(plan)) != json.loads(text):
        raise _unreadable("", "fields that this version does not know")
    return plan


def _unreadable(path: str, found: str) -> PlanError:
    return PlanError(
        path=path,
        found=found,
        allowed="the output of `homeport plan --json` of this version",
        fix="make the plan again with this version of homeport",
    )
