"""What the gate asks of its cloud, on AWS."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from typing import Any

from ...gateway.agent.shared_verdicts import CLOCKS_DIFFER_SECONDS, Kept
from ...gateway.agent.verdicts import BAD, GOOD, HubSays
from ...gateway.agent.whoami import hub_asker
from ..gate_cloud import FirstLook, Look, TokenRow
from ..gate_config import gate_config
from ..plain_item import Item, number, text, texts, whole
from ..state_item import state_of
from .table import (
    HOLD_PARTITION,
    HUB_CALLS_PARTITION,
    ConditionError,
    Key,
    Table,
    config_key,
    state_key,
    token_key,
    wake_key,
)

HUB = "https://huggingface.co"
NEW_ROW_SECONDS = 300
"""How long a row is kept that holds no good verdict."""
_NOT_CLAIMED = "(attribute_not_exists(#claimed_until) OR #claimed_until <= :now)"
_NOT_ANSWERED = "(attribute_not_exists(#answers) OR #answers <= :seen)"
_UNCLAIM = "REMOVE #claimed_until"
_ANSWERED = f"{_UNCLAIM} ADD #answers :one"


class GateTable:
    """A `GateCloud`; threads may use it at once."""

    def __init__(
        self,
        table: Table,
        ask_hub: Callable[[str], HubSays] | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._table = table
        self.ask_hub = ask_hub or hub_asker(os.environ.get("HOMEPORT_HUB", HUB))
        self.now, self.sleep = now, sleep

    def first_look(self, endpoint: str, fingerprint: str) -> FirstLook:
        """A thousand at once make a thousand calls, and not three thousand."""
        config = config_key(endpoint)
        tokens = (token_key(endpoint, fingerprint),) if fingerprint else ()
        found = self._table.get_many((config, *_look_keys(endpoint), *tokens))
        if config not in found:
            return FirstLook(None)
        row = _row(found.get(tokens[0], {})) if tokens else TokenRow()
        return FirstLook(gate_config(found[config]), _look(endpoint, found), row)

    def look(self, endpoint: str) -> Look:
        """State and wakes by one call; each is as young as the read."""
        return _look(endpoint, self._table.get_many(_look_keys(endpoint)))

    def add_wake(self, endpoint: str, seen: int, now: float) -> None:
        """One write for each wake that nobody has acted on."""
        with suppress(ConditionError):
            self._table.update(
                wake_key(endpoint),
                "ADD #count :one SET #at = :now",
                {"one": 1, "now": now, "seen": seen},
                "attribute_not_exists(#count) OR #count <= :seen",
            )

    def read_token(self, endpoint: str, key: str) -> TokenRow:
        """As it is now; replicas write into the same row."""
        return _row(self._table.get(token_key(endpoint, key)) or {})

    def claim_token(self, endpoint: str, key: str, seen: int, now: float, until: float) -> bool:
        """A row that is there keeps its time to go."""
        change = "SET #claimed_until = :until, #expires = if_not_exists(#expires, :expires)"
        expires = int(now) + NEW_ROW_SECONDS
        values = {"until": until, "now": now, "seen": seen, "expires": expires}
        condition = f"{_NOT_CLAIMED} AND {_NOT_ANSWERED}"
        return self._holds(token_key(endpoint, key), change, values, condition)

    def settle_token(self, endpoint: str, key: str, said: HubSays, now: float, last: float) -> None:
        """By the rules of the replicas' verdicts: no good answer takes the place of an ending of the minute before."""
        where = token_key(endpoint, key)
        if said.kind == GOOD:
            values = {
                "accounts": sorted(said.accounts.names),
                "now": now,
                "expires": int(now + last),
                "before": now - CLOCKS_DIFFER_SECONDS,
                "one": 1,
            }
            change = f"SET #accounts = :accounts, #good_at = :now, #expires = :expires {_ANSWERED}"
            condition = "attribute_not_exists(#ended_at) OR #ended_at < :before"
            if not self._holds(where, change, values, condition):
                self.release_token(endpoint, key)
            return
        attribute = "#ended_at" if said.kind == BAD else "#silent_at"
        self._table.update(where, f"SET {attribute} = :now {_ANSWERED}", {"now": now, "one": 1})

    def release_token(self, endpoint: str, key: str) -> None:
        """Without an answer."""
        self._table.update(token_key(endpoint, key), _UNCLAIM, {})

    def hub_calls(self, minute: int) -> int:
        """Of the whole stack."""
        item = self._table.get(_minute_key(minute))
        return whole(item, "calls", 0) if item else 0

    def count_hub_call(self, minute: int, most: int) -> bool:
        """False where `most` were counted."""
        change = "ADD #calls :one SET #expires = :expires"
        values = {"one": 1, "most": most, "expires": 60 * (minute + 1) + NEW_ROW_SECONDS}
        condition = "attribute_not_exists(#calls) OR #calls < :most"
        return self._holds(_minute_key(minute), change, values, condition)

    def busy_slots(self, now: float) -> Collection[int]:
        """Leased ones, whose owners live or crashed lately."""
        slots = self._table.query(HOLD_PARTITION)
        leased = [one for one in slots if number(one, "expires") > now]
        return {int(name) for one in leased if (name := text(one, "sk")).isdecimal()}

    def take_slot(self, slot: int, owner: str, now: float, until: float) -> bool:
        """False where another has it."""
        change = "SET #owner = :owner, #expires = :until"
        values = {"owner": owner, "until": int(until), "now": now}
        condition = "attribute_not_exists(#expires) OR #expires <= :now"
        return self._holds(_slot_key(slot), change, values, condition)

    def free_slot(self, slot: int, owner: str, now: float) -> None:
        """Nothing where it is another owner's by now."""
        values = {"owner": owner, "now": int(now)}
        self._holds(_slot_key(slot), "SET #expires = :now", values, "#owner = :owner")

    def _holds(self, key: Key, change: str, values: Mapping[str, Any], condition: str) -> bool:
        try:
            self._table.update(key, change, values, condition)
        except ConditionError:
            return False
        return True


def _look_keys(endpoint: str) -> tuple[Key, Key]:
    return state_key(endpoint), wake_key(endpoint)


def _look(endpoint: str, found: Mapping[Key, Item]) -> Look:
    state, wake = _look_keys(endpoint)
    wakes = whole(found[wake], "count", 0) if wake in found else 0
    return Look(state_of(found[state]) if state in found else None, wakes)


def _slot_key(slot: int) -> Key:
    return Key(HOLD_PARTITION, f"{slot:02}")


def _minute_key(minute: int) -> Key:
    return Key(HUB_CALLS_PARTITION, str(minute))


def _row(item: Item) -> TokenRow:
    ended_at = _time(item, "ended_at")
    kept = None
    if item.get("good_at") is not None:
        kept = Kept(frozenset(texts(item, "accounts")), number(item, "good_at"), ended_at)
    claimed_until, answers = _time(item, "claimed_until"), whole(item, "answers", 0)
    return TokenRow(kept, ended_at, _time(item, "silent_at"), claimed_until, answers)


def _time(item: Item, name: str) -> float | None:
    return None if item.get(name) is None else number(item, name)
