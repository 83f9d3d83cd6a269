"""The boot document: what one endpoint's machines must know before anything runs, without a live value.

It is named by its hash in user data, so any change of it rolls machines. Allow lists, address ranges,
limits, scale numbers and tags are in the table's configuration item instead, and have no place here:
an unknown key is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .boot_schema import BOOT_DOCUMENT, complaints

VERSION = 1
NETWORK = {
    # 198.18.0.0/15 is for tests between networks (RFC 2544), so no VPC routes it.
    "subnet": "198.18.0.0/29",
    "machine_address": "198.18.0.1",
    "engine_address": "198.18.0.2",
}


class BootDocumentError(ValueError):
    """Every complaint about the document, one a line: path, found, allowed."""


def render_boot_document(
    *,
    homeport_version: str,
    engine: Mapping[str, Any],
    repositories: Sequence[Mapping[str, Any]],
    hub: Mapping[str, Any],
    machine: Mapping[str, Any],
    stack: Mapping[str, Any],
    gateway: Mapping[str, Any],
) -> str:
    """Canonical JSON: equal content gives equal text. Raises `BootDocumentError`.

    The keys of each part, and what each value may be, are in `boot_schema.BOOT_DOCUMENT`.
    `stack.configuration_key` is the DynamoDB key of the endpoint's configuration item, as the table's
    key attributes and their text values.
    """
    document = {
        "version": VERSION,
        "homeport_version": homeport_version,
        "engine": dict(engine),
        "repositories": [dict(repository) for repository in repositories],
        "hub": dict(hub),
        "machine": dict(machine),
        "stack": {**stack, "configuration_key": _typed_key(stack)},
        "gateway": dict(gateway),
        "network": NETWORK,
    }
    found = complaints(document, BOOT_DOCUMENT)
    roles = [repository.get("role") for repository in repositories]
    if len(set(roles)) < len(roles):
        found.append(f"repositories: found the roles {roles!r}, must be one repository a role")
    if found:
        raise BootDocumentError("\n".join(found))
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


def _typed_key(stack: Mapping[str, Any]) -> str:
    """As the AWS CLI takes it, so that the machine need not know the table's key attributes."""
    key: Mapping[str, str] = stack.get("configuration_key") or {}
    return json.dumps({name: {"S": value} for name, value in key.items()}, sort_keys=True)
