"""The reconciler on AWS: alone it changes a group's size and which way a rule points.

Called by the table's stream (a wake, a command, an edit), by the groups' events and each minute. The minute's run
watches on while something moves; one that a machine's event began does for a moment, so that however many come and go
the runs at a time stay few; one of the stream looks once: the next record waits behind it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any

from ..model import ASLEEP, WAKING, Buy, Refresh, Resize, State, Turn
from ..observe import Answers, config_of, observed, report_of, route_of, target_groups
from ..plain_item import Item, ItemError, text
from ..reconcile import MACHINE_WATCH_SECONDS, WATCH_SECONDS, Look, run
from ..state_item import item_of, state_of
from ..wake_record import LASTS_SECONDS, WakeRecord, spans
from .account import Account
from .table import (
    ConditionError,
    Key,
    Table,
    command_key,
    config_key,
    state_key,
    table,
    wake_key,
)

_KEYS = (config_key, state_key, wake_key, command_key)
_UNCHANGED, _NEW = "#version = :version", "attribute_not_exists(#version)"
_TIMES = (
    "since", "turned_at", "request_end", "unhealthy_since", "retry_at", "on_demand_until", "answering",
)  # fmt: skip
SLEEP_SECONDS_MIN = 0.2


def handler(event: Mapping[str, Any], _context: object) -> None:
    """What Lambda calls."""
    watches = {"aws.events": WATCH_SECONDS, "aws.autoscaling": MACHINE_WATCH_SECONDS}
    run(_cloud(), watch_seconds=watches.get(event.get("source", ""), 0.0))


@lru_cache(maxsize=1)
def _cloud() -> AwsCloud:
    scale = float(os.environ.get("HOMEPORT_TIME_SCALE", "1"))
    return AwsCloud(Account(os.environ["HOMEPORT_STACK"]), table(), scale)


class AwsCloud:
    """`dataplane.wake.reconcile.Cloud`. Its clock runs `scale` times as fast as Unix time, in which items are kept."""

    def __init__(self, account: Account, table: Table, scale: float = 1.0) -> None:
        self._account, self._table, self._scale = account, table, scale
        self._groups: dict[str, str] = {}
        self._configs: dict[str, Item] = {}

    def look(self, only: Collection[str] | None) -> Mapping[str, Callable[[], Look]]:
        """Groups, items and rules are read for all at once; the rest for each that does not sleep."""
        if only is None:
            groups = self._account.groups()
        else:
            groups = self._account.groups_named([self._groups[name] for name in only])
        self._groups |= {name: group["AutoScalingGroupName"] for name, group in groups.items()}
        items = self._table.get_many(key(name) for name in groups for key in _KEYS)
        configs = {name: items[config_key(name)] for name in groups if config_key(name) in items}
        self._configs |= configs
        rules = {name: text(item, "rule_arn") for name, item in configs.items()}
        actions = self._account.rule_actions(sorted(rules.values()))
        return {
            name: lambda name=name: self._look(name, groups[name], actions.get(rules[name]), items)
            for name in configs
        }

    def write(self, endpoint: str, state: State, version: int) -> bool:
        """Compare and set."""
        item = {**item_of(_in_unix_time(state, self._scale)), "version": version + 1}
        try:
            if version:
                self._table.put(state_key(endpoint), item, _UNCHANGED, {"version": version})
            else:
                self._table.put(state_key(endpoint), item, _NEW)
        except ConditionError:
            return False
        return True

    def act(self, endpoint: str, action: Turn | Resize | Refresh | Buy) -> None:
        """One call, tried once."""
        if isinstance(action, Turn):
            item = self._configs[endpoint]
            self._account.turn(text(item, "rule_arn"), action, *target_groups(item))
        else:
            self._account.act(self._groups[endpoint], action)

    def keep(self, endpoint: str, record: WakeRecord) -> None:
        """In the table, and as a line of OTLP/JSON in the function's log."""
        record = WakeRecord(
            record.asked / self._scale,
            {name: at / self._scale for name, at in record.phases.items()},
            record.outcome,
        )
        key = Key(f"{endpoint}#wake-record", f"{record.asked:014.3f}")
        answered = record.phases.get("first_answer")
        if answered is not None:
            change, there = "SET #phases.#first_answer = :first", "attribute_exists(#phases)"
            with suppress(ConditionError):  # a record that was lost is not begun at its end
                self._table.update(key, change, {"first": answered}, there)
        else:
            expires = int(record.asked + LASTS_SECONDS)
            self._table.put(key, {**record._asdict(), "expires": expires})
        sys.stdout.write(json.dumps(spans(endpoint, record)) + "\n")

    def now(self) -> float:
        """Unix seconds times the scale."""
        return time.time() * self._scale

    def sleep(self, seconds: float) -> None:
        """Do nothing for so long."""
        time.sleep(max(SLEEP_SECONDS_MIN, seconds / self._scale))

    def _look(
        self,
        name: str,
        group: Mapping[str, Any],
        actions: list[Mapping[str, Any]] | None,
        items: Mapping[Key, Item],
    ) -> Look:
        if actions is None:
            raise ItemError("rule_arn: there is no such rule")
        item = items[config_key(name)]
        state_item = items.get(state_key(name))
        state = _in_own_time(state_of(state_item), self._scale) if state_item else None
        at_rest = state is not None and state.name == ASLEEP and not group["Instances"]
        rows = [] if at_rest else self._table.query(f"{name}#replica")
        reports = {text(row, "sk"): report_of(row, self._scale) for row in rows}
        group_name, replicas = group["AutoScalingGroupName"], target_groups(item)
        seen = observed(
            config_of(item),
            items.get(wake_key(name), {}),
            items.get(command_key(name), {}),
            Answers(
                group,
                route_of(actions, *replicas),
                0 if at_rest else self._account.healthy(replicas[0]),
                self._account.starts(group_name, self._scale) if _starts(state) else (),
                "" if at_rest else self._account.refresh(group_name),
            ),
            reports,
            state,
            scale=self._scale,
        )
        machines = tuple(
            {**reports[one.identifier].phases,
             **({"first_answer": end} if (end := reports[one.identifier].first_request_end) else {})}
            for one in seen.machines
            if one.identifier in reports
        )  # fmt: skip
        return Look(state, int(state_item["version"]) if state_item else 0, seen, machines)


def _starts(state: State | None) -> bool:
    return state is None or state.name == WAKING


def _in_own_time(state: State, scale: float) -> State:
    wakes = tuple(one * scale for one in state.recent_wakes)
    return state._replace(
        recent_wakes=wakes, **{name: getattr(state, name) * scale for name in _TIMES}
    )


def _in_unix_time(state: State, scale: float) -> State:
    return _in_own_time(state, 1 / scale)
