"""Token verdicts in DynamoDB: one item a token, under the endpoint's `token` key, gone by its `expires`.

A write is one conditional UpdateItem: no good answer that is older than an ending takes the place of a row that holds
it. Where no row was there, an ending leaves none, and a good answer of the minute before may still arrive.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from ..shared_verdicts import Kept
from .calls import Aws, ConditionError

_KEEP = "SET accounts = :accounts, good_at = :at, expires = :expires"
_NOT_ENDED = "attribute_not_exists(ended_at) OR ended_at < :before"
_THERE = "attribute_exists(pk) AND (attribute_not_exists(ended_at) OR ended_at < :at)"


class AwsVerdicts:
    """Of one endpoint."""

    def __init__(self, aws: Aws, table: str, prefix: str) -> None:
        self._aws, self._table = aws, table
        self._partition = f"{prefix}token"

    def find_verdict(self, key: str) -> Kept | None:
        """The row of a token's fingerprint, None where there is none that was good."""
        item: dict[str, Any] = self._aws.get_item(self._table, self._key(key)).get("Item") or {}
        if "good_at" not in item:
            return None
        ended = item.get("ended_at")
        return Kept(
            frozenset(one["S"] for one in item["accounts"]["L"]),
            float(item["good_at"]["N"]),
            float(ended["N"]) if ended is not None else None,
        )

    def keep_verdict(self, key: str, kept: Kept, expires: int) -> None:
        """Write a good one; one that was ended since stays ended."""
        values = {
            ":accounts": {"L": [{"S": name} for name in sorted(kept.names)]},
            ":at": _number(kept.good_at),
            ":expires": {"N": str(expires)},
            ":before": _number(kept.ended_at or 0.0),
        }
        self._update(key, _KEEP, _NOT_ENDED, values)

    def end_verdict(self, key: str, ended_at: float) -> None:
        """Mark the row, where there is one."""
        self._update(key, "SET ended_at = :at", _THERE, {":at": _number(ended_at)})

    def _update(self, key: str, update: str, condition: str, values: Mapping[str, Any]) -> None:
        change = {
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        with suppress(ConditionError):
            self._aws.update_item(self._table, self._key(key), change)

    def _key(self, key: str) -> dict[str, Any]:
        return {"pk": {"S": self._partition}, "sk": {"S": key}}


def _number(seconds: float) -> dict[str, str]:
    return {"N": f"{seconds:.3f}"}
