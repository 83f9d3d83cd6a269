"""Reading an inventory: what the translators registered for a plan."""

import json
from functools import cache
from typing import Any

from components.inventory import inventory
from homeport.planner.plan import StackPlan
from homeport.planner.plan_json import dump_plan, read_plan

Entry = dict[str, Any]


class Registered:
    """The resources of one plan, found by type and name."""

    def __init__(self, plan: StackPlan) -> None:
        self.entries = _inventory(dump_plan(plan))

    @property
    def resources(self) -> list[Entry]:
        """Everything but components and the provider."""
        return [
            entry
            for entry in self.entries
            if entry["custom"] and not entry["type"].startswith("pulumi:")
        ]

    def of(self, kind: str) -> list[Entry]:
        """All resources of a type, by the last part of its token."""
        return [entry for entry in self.resources if entry["type"].rpartition(":")[2] == kind]

    def one(self, kind: str, name: str) -> Entry:
        """The only resource of that type and logical name."""
        (entry,) = (entry for entry in self.of(kind) if entry["name"] == name)
        return entry

    def inputs(self, kind: str, name: str) -> dict[str, Any]:
        """Its inputs, as the engine sees them."""
        return self.one(kind, name)["inputs"]

    def counts(self) -> dict[str, int]:
        """How many of each type, by the last part of its token."""
        kinds = [entry["type"].rpartition(":")[2] for entry in self.resources]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}

    def statements(self) -> list[tuple[str, dict[str, Any]]]:
        """Every statement of every role's policy, with the role policy's name."""
        return [
            (entry["name"], statement)
            for entry in self.of("RolePolicy")
            for statement in json.loads(entry["inputs"]["policy"])["Statement"]
        ]


def registered(plan: StackPlan) -> Registered:
    """What `deploy` registers for the plan."""
    return Registered(plan)


@cache
def _inventory(text: str) -> list[Entry]:
    return inventory(read_plan(text))


def arn(kind: str, name: str) -> str:
    """The ARN that the inventory makes up."""
    return f"arn:aws:recorded:::{kind}/{name}"
