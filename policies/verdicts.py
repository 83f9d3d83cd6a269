"""The baseline rules on an inventory of resources, without an engine.

    python -m components.inventory < plan.json | python -m policies.verdicts

prints a JSON list, one entry a rule: name, description, and violations with urn and text. `homeport plan`
shows it.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from policies.baseline import RULES
from policies.rule import Resource


def verdicts(inventory: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What every rule says of the resources of an inventory."""
    resources = [
        Resource(
            urn=one["urn"],
            type=one["type"],
            inputs=one["inputs"],
            dependencies=tuple(one["dependencies"]),
        )
        for one in inventory
    ]
    return [
        {
            "rule": rule.name,
            "description": rule.description,
            "violations": [asdict(violation) for violation in rule.violations(resources)],
        }
        for rule in RULES
    ]


if __name__ == "__main__":
    json.dump(verdicts(json.load(sys.stdin)), sys.stdout, indent=1)
    sys.stdout.write("\n")
