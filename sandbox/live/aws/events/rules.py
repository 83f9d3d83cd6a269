"""Rules of the default event bus: schedules, and patterns for what happens to Auto Scaling groups.

EventBridge user guide, "Schedule expressions" and "Targets" (read 2026-11). A rule invokes a function asynchronously,
where the function's policy lets it. Times are seconds of the account's clock.
"""

import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from moto.core.utils import utcnow

from sandbox.emulator import ACCOUNT_ID
from sandbox.live.aws.events.luck import Luck
from sandbox.live.aws.events.patterns import matches
from sandbox.live.aws.events.queue import EventQueue
from sandbox.live.aws.function_store import RULE, FunctionStore

RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
UNIT_SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}
ENABLED = "ENABLED"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class RuleBoard:
    """`look` many times a second, `publish` what happens."""

    def __init__(
        self, region: str, store: FunctionStore, queue: EventQueue, luck: Mapping[str, Luck]
    ) -> None:
        """`luck` of the sources `schedule` and `group`."""
        self._region, self._store, self._queue, self._luck = region, store, queue, luck
        self._next: dict[tuple[str, str], float] = {}
        self.refused = 0
        """Events whose function did not let the rule invoke it."""

    def look(self, now: float, rules: Mapping[str, Any]) -> None:
        """What of moto's rules is due: a schedule begins when it is made or enabled, a period later it is due first."""
        live: dict[tuple[str, str], float] = {}
        for rule in rules.values():
            if not rule.scheduled_expression or rule.state != ENABLED:
                continue
            key, period = (rule.name, rule.scheduled_expression), rate_seconds(rule)
            due = self._next.get(key, now + period)
            if due <= now:
                self._send(rule, self._event("schedule", rule), "schedule", now)
                due += period * (1 + (now - due) // period)  # a loop that is late misses some
            live[key] = due
        self._next = live

    def publish(self, now: float, rules: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        """To the targets of each rule whose pattern it fits; `event` without what every event has."""
        full = {**self._event("group"), **event}
        for rule in rules.values():
            pattern = rule.event_pattern.get_pattern()
            if pattern and rule.state == ENABLED and matches(pattern, full):
                self._send(rule, full, "group", now)

    def _event(self, source: str, rule: Any = None) -> dict[str, Any]:
        scheduled = {
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "resources": [rule.arn] if rule else [],
            "detail": {},
        }
        return {
            "version": "0",
            "id": str(uuid.uuid4()),
            "account": ACCOUNT_ID,
            "time": utcnow().strftime(TIME_FORMAT),
            "region": self._region,
            **(scheduled if source == "schedule" else {}),
        }

    def _send(self, rule: Any, event: Mapping[str, Any], source: str, now: float) -> None:
        text = json.dumps(event)
        for target in rule.targets:
            if not self._store.permits(target["Arn"], RULE, rule.arn):
                self.refused += 1
                continue
            for arrives in self._luck[source].arrivals(now):
                self._queue.put(target["Arn"], target.get("Input") or text, arrives)


def rate_seconds(rule: Any) -> float:
    """Of a rule's `rate(1 minute)`. Raises `ValueError` for another expression."""
    found = RATE.fullmatch(rule.scheduled_expression)
    if found is None:
        raise ValueError(
            f"rule {rule.name}: found {rule.scheduled_expression}, the live tier knows rate(...)"
        )
    return int(found[1]) * UNIT_SECONDS[found[2]]
