"""Asynchronous invocations: an event waits in Lambda's own queue, and is tried again where it fails.

Lambda developer guide, "How Lambda handles errors and retries with asynchronous invocation" (read 2026-11): after an
error again in one minute and then in two; throttled, again from one second on, doubled up to five minutes, for six
hours. What is given up is gone: dead-letter queues and destinations are not served.
"""

import heapq
import itertools
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.live.aws.function_store import FunctionStore
from sandbox.live.functions.function import Answer, Function, ThrottledError

ERROR_WAITS = (60.0, 120.0)
THROTTLE_WAIT, THROTTLE_WAIT_MAX = 1.0, 300.0
Invoke = Callable[[Function, str], Answer]
"""Raises `ThrottledError`."""


@dataclass
class Queued:
    """Times are of the account's clock."""

    arn: str
    """The function's."""
    event: str
    asked_at: float
    errors: int = 0
    throttle_wait: float = THROTTLE_WAIT


class EventQueue:
    """`put` an event, and `look` many times a second; each invocation is a thread."""

    def __init__(self, store: FunctionStore, invoke: Invoke, now: Callable[[], float]) -> None:
        self._store, self._invoke, self._now = store, invoke, now
        self._waiting: list[tuple[float, int, Queued]] = []
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._running = 0

    def put(self, arn: str, event: str, at: float) -> None:
        """It is there from this time on."""
        self._push(at, Queued(arn, event, at))

    def look(self, now: float) -> None:
        """Begin what is due. Called in a turn of the emulator."""
        while queued := self._pop_due(now):
            function = self._store.find(queued.arn)
            if function is None:
                continue  # deleted: its events are too
            retries, age = self._store.retries(queued.arn)
            threading.Thread(
                target=self._run, args=(queued, function, retries, age), daemon=True
            ).start()

    def size(self) -> int:
        """Events that are not done with: waiting, or running."""
        with self._lock:
            return len(self._waiting) + self._running

    def _pop_due(self, now: float) -> Queued | None:
        with self._lock:
            if not self._waiting or self._waiting[0][0] > now:
                return None
            self._running += 1
            return heapq.heappop(self._waiting)[2]

    def _push(self, at: float, queued: Queued) -> None:
        with self._lock:
            heapq.heappush(self._waiting, (at, next(self._numbers), queued))

    def _run(self, queued: Queued, function: Function, retries: int, age: float) -> None:
        try:
            wait = self._try(queued, function, retries)
            if wait is not None and self._now() + wait - queued.asked_at <= age:
                self._push(self._now() + wait, queued)
        except Exception:  # noqa: BLE001 - the account goes on; the emulator's log says what was wrong
            traceback.print_exc()
        finally:
            with self._lock:
                self._running -= 1

    def _try(self, queued: Queued, function: Function, retries: int) -> float | None:
        """Seconds until it is tried again; None where it is not."""
        try:
            if not self._invoke(function, queued.event).is_error or queued.errors >= retries:
                return None
        except ThrottledError:
            wait = queued.throttle_wait
            queued.throttle_wait = min(2 * wait, THROTTLE_WAIT_MAX)
            return wait
        queued.errors += 1
        return ERROR_WAITS[min(queued.errors, len(ERROR_WAITS)) - 1]
