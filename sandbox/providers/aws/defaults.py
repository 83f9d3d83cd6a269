"""What the provider adds to the inputs: its defaults, and a name where the program gives none.

As in the real provider the keys so added are listed in the input `__defaults` (pulumi-terraform-bridge,
`pkg/tfbridge/schema.go`, defaultsKey), which later decides whether a replacement may be made first.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.providers.aws.declaration import NO_DEFAULT, AutoName
from sandbox.providers.aws.model import Model

DEFAULTS_KEY = "__defaults"
SUFFIX_DIGITS = 7
"""Random hexadecimal digits after an automatic name (pulumi-terraform-bridge, `AutoNameOptions.Randlen`)."""


@dataclass(frozen=True, kw_only=True)
class Naming:
    """What the engine says about automatic names in Check: logical name, seed, and the user's own scheme if any."""

    logical_name: str
    seed: bytes
    proposed_name: str = ""
    must_use_proposal: bool = False
    disabled: bool = False


def with_defaults(
    model: Model, inputs: Mapping[str, Any], old: Mapping[str, Any], naming: Naming
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The inputs completed, and failures (an automatic name that is forbidden or too long)."""
    completed = {key: value for key, value in inputs.items() if key != DEFAULTS_KEY}
    added = set()
    for name, declared in model.resource.properties.items():
        if declared.default is not NO_DEFAULT and name not in completed:
            completed[name] = declared.default
            added.add(name)
    failures = []
    auto_name = model.resource.auto_name
    if auto_name and not _is_named(auto_name, completed):
        name, failure = _automatic(auto_name, old, naming)
        if failure:
            failures.append((auto_name.property, failure))
        completed[auto_name.property] = name
        added.add(auto_name.property)
    completed[DEFAULTS_KEY] = sorted(added)
    return completed, failures


def _is_named(auto_name: AutoName, inputs: Mapping[str, Any]) -> bool:
    return auto_name.property in inputs or bool(
        auto_name.prefix_property and auto_name.prefix_property in inputs
    )


def _automatic(auto_name: AutoName, old: Mapping[str, Any], naming: Naming) -> tuple[str, str]:
    """(name, what is wrong with it). An earlier automatic name is kept; the engine hides it when it replaces."""
    if old.get(auto_name.property) and auto_name.property in old.get(DEFAULTS_KEY, ()):
        return old[auto_name.property], ""
    if naming.disabled:
        return "", "automatic naming is disabled, and the program gives no name"
    name = naming.proposed_name or _random_name(auto_name, naming)
    if len(name) > auto_name.max_length:
        if naming.must_use_proposal:
            return (
                name,
                f"the name that the naming scheme asks for is longer than {auto_name.max_length}",
            )
        return name, (
            f"failed to generate a name for '{naming.logical_name}': with its suffix it is {len(name)} characters "
            f"long, and {auto_name.max_length} are allowed; use a shorter logical name"
        )
    return name, ""


def _random_name(auto_name: AutoName, naming: Naming) -> str:
    digits = hashlib.sha256(naming.seed + naming.logical_name.encode()).hexdigest()[:SUFFIX_DIGITS]
    name = f"{naming.logical_name}{auto_name.separator}{digits}{auto_name.before_suffix}"
    return name.lower() if auto_name.lower_case else name
