"""Event source mappings of DynamoDB streams: records reach their function in batches, one batch after the other.

Lambda developer guide, "Process DynamoDB records with Lambda" and its pages on filters and on batches (read 2026-11).
A batch whose function fails or is throttled is tried again, and what follows it waits: so records of an item never
overtake each other. Times are seconds of the account's clock.
"""

import json
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.live.aws.events.luck import Luck
from sandbox.live.aws.events.patterns import matches
from sandbox.live.functions.function import Answer, Function, ThrottledError

RECORD_SECONDS_MAX = 86400.0
"""How long a stream keeps a record (DynamoDB guide)."""
RETRY_SECONDS, RETRY_SECONDS_MAX = 1.0, 60.0
"""Between tries of a batch, doubled each time; AWS backs off and says no numbers."""
DONE, FAILED, THROTTLED = "done", "failed", "throttled"
Invoke = Callable[[Function, str], Answer]
"""Raises `ThrottledError`."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Of a mapping."""

    enabled: bool = True
    batch_size: int = 100
    window_seconds: float = 0.0
    from_start: bool = False
    """`TRIM_HORIZON`; otherwise `LATEST`."""
    filters: tuple[Mapping[str, Any], ...] = ()
    """A record that fits one of them; without any, every record."""
    retries: int | None = None
    """After an error of the function; None: until the record is too old."""
    age_seconds: float = RECORD_SECONDS_MAX
    bisects: bool = False
    """After an error each half of the batch is tried by itself."""


@dataclass(frozen=True)
class Waiting:
    """A record that its function has not got yet."""

    arrives: float
    happened: float
    record: Mapping[str, Any]


class StreamReader:
    """Of one mapping; `look` at its stream many times a second."""

    def __init__(self, invoke: Invoke, luck: Luck) -> None:
        self._invoke, self._luck = invoke, luck
        self._position: int | None = None
        self._waiting: list[Waiting] = []
        self._batch: list[Waiting] = []
        self._thread: threading.Thread | None = None
        self._outcome = DONE
        self._tries = self._errors = 0
        self._retry_at = 0.0

    def look(self, now: float, settings: Settings, function: Function | None, shard: Any) -> None:
        """Take new records of moto's shard, and begin a batch that is due; `function` None: it does not exist."""
        if self._position is None:
            first = shard.starting_sequence_number
            self._position = first + (0 if settings.from_start else len(shard.items))
        if not settings.enabled:
            return
        self._take_new(now, settings, shard)
        if self._thread is not None:
            if self._thread.is_alive():
                return
            self._finish(now, settings)
        if not self._batch:
            self._batch = self._take_due(now, settings)
        if self._batch and function is not None and now >= self._retry_at:
            event = json.dumps({"Records": [one.record for one in self._batch]})
            self._thread = threading.Thread(target=self._run, args=(function, event), daemon=True)
            self._thread.start()

    def size(self) -> int:
        """Records that are not done with."""
        return len(self._waiting) + len(self._batch)

    def _take_new(self, now: float, settings: Settings, shard: Any) -> None:
        assert self._position is not None
        begin = max(0, self._position - shard.starting_sequence_number)
        for found in shard.items[begin:]:
            record = record_of(found.record, shard.table)
            if not settings.filters or any(matches(one, record) for one in settings.filters):
                for arrives in self._luck.arrivals(now):
                    self._waiting.append(Waiting(arrives, now, record))
        self._position = shard.starting_sequence_number + len(shard.items)
        self._waiting.sort(key=lambda one: one.arrives)

    def _take_due(self, now: float, settings: Settings) -> list[Waiting]:
        due = [one for one in self._waiting if one.arrives <= now][: settings.batch_size]
        is_full = len(due) == settings.batch_size
        if due and not is_full and now - due[0].arrives < settings.window_seconds:
            return []
        self._waiting = self._waiting[len(due) :]
        return due

    def _finish(self, now: float, settings: Settings) -> None:
        """The last try is over: the batch is done with, or waits for the next one."""
        self._thread = None
        self._tries += 1
        self._errors += self._outcome == FAILED
        too_old = now - self._batch[0].happened > settings.age_seconds
        if self._outcome == FAILED and settings.bisects and len(self._batch) > 1 and not too_old:
            half = len(self._batch) // 2
            self._waiting[:0] = self._batch[half:]
            self._batch, self._errors = self._batch[:half], 0  # halving is no retry
        given_up = settings.retries is not None and self._errors > settings.retries
        if self._outcome == DONE or given_up or too_old:
            self._batch, self._tries, self._errors, self._retry_at = [], 0, 0, 0.0
            return
        pause = RETRY_SECONDS * 2.0 ** min(self._tries - 1, 10)
        self._retry_at = now + min(pause, RETRY_SECONDS_MAX)

    def _run(self, function: Function, event: str) -> None:
        self._outcome = FAILED
        try:
            self._outcome = FAILED if self._invoke(function, event).is_error else DONE
        except ThrottledError:
            self._outcome = THROTTLED
        except Exception:  # noqa: BLE001 - the account goes on; the emulator's log says what was wrong
            traceback.print_exc()


def record_of(record: Mapping[str, Any], table: Any) -> dict[str, Any]:
    """A record of moto's stream as Lambda hands it over."""
    content = dict(record["dynamodb"])
    content["ApproximateCreationDateTime"] = content["ApproximateCreationDateTime"].timestamp()
    return {
        **record,
        "awsRegion": table.region_name,
        "dynamodb": content,
        "eventSourceARN": f"{table.table_arn}/stream/{table.latest_stream_label}",
    }


def settings_of(mapping: Any) -> Settings:
    """Of moto's mapping."""
    filters = (mapping.filter_criteria or {}).get("Filters", [])
    retries, age = mapping.max_retry_attempts, mapping.max_record_age
    return Settings(
        enabled=bool(mapping.enabled),
        batch_size=int(mapping.batch_size),
        window_seconds=float(mapping.max_batch_window or 0),
        from_start=mapping.starting_position == "TRIM_HORIZON",
        filters=tuple(json.loads(one["Pattern"]) for one in filters),
        retries=None if retries in (None, -1) else int(retries),
        bisects=bool(mapping.bisect_on_error),
        age_seconds=RECORD_SECONDS_MAX if age in (None, -1) else float(age),
    )
