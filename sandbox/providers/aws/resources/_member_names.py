"""Pulumi's property names (`spotAllocationStrategy`) as the members of AWS's API (`SpotAllocationStrategy`), and back.

For nested blocks that the provider passes on one to one; where a name does not follow the rule, the caller says so.
"""

from collections.abc import Mapping
from typing import Any

NO_EXCEPTIONS: Mapping[str, str] = {}


def to_members(value: Any, exceptions: Mapping[str, str] = NO_EXCEPTIONS) -> Any:
    """The value with every key as the API has it; `exceptions` are property -> member. None is left out."""
    if isinstance(value, Mapping):
        return {
            exceptions.get(name) or name[0].upper() + name[1:]: to_members(item, exceptions)
            for name, item in value.items()
            if item is not None
        }
    if isinstance(value, list):
        return [to_members(item, exceptions) for item in value]
    return value


def to_properties(value: Any, exceptions: Mapping[str, str] = NO_EXCEPTIONS) -> Any:
    """The opposite of `to_members`, with the same exceptions."""
    reverse = {member: name for name, member in exceptions.items()}
    if isinstance(value, Mapping):
        return {
            reverse.get(member) or member[0].lower() + member[1:]: to_properties(item, exceptions)
            for member, item in value.items()
            if item is not None
        }
    if isinstance(value, list):
        return [to_properties(item, exceptions) for item in value]
    return value
