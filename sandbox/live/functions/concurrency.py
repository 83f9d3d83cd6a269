"""How many invocations run at a time: the account's limit, and each function's reserved share of it.

Lambda developer guide, "Understanding Lambda function scaling" (read 2026-11): a reservation is the most that its
function gets, and is taken from what all the others share. How fast environments may grow is not counted here.
"""

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sandbox.live.functions.function import ThrottledError

LIMIT = 1000
"""Of an account that is not new; new ones may have 10."""
OF_FUNCTION = "ReservedFunctionConcurrentInvocationLimitExceeded"
OF_ACCOUNT = "ConcurrentInvocationLimitExceeded"


@dataclass
class Counts:
    """Of one function, since the sandbox began."""

    invocations: int = 0
    """That began; a throttled one is none."""
    errors: int = 0
    timeouts: int = 0
    """These are errors too."""
    throttles: int = 0
    running: int = 0
    peak: int = 0
    """The most that ran at a time."""
    calls: int = 0
    """To APIs of AWS."""


class Concurrency:
    """Asked from many threads."""

    def __init__(self) -> None:
        self.limit = LIMIT
        self.peak = 0
        self._reserved: Mapping[str, int] = {}
        self._counts: dict[str, Counts] = {}
        self._lock = threading.Lock()

    def follow(self, shares: Mapping[str, int | None]) -> None:
        """These functions exist, each with the share that is reserved for it, if any."""
        with self._lock:
            self._reserved = {name: one for name, one in shares.items() if one is not None}
            for name in shares:
                self._of(name)

    def enter(self, function: str) -> None:
        """One more runs. Raises `ThrottledError` where it may not."""
        with self._lock:
            counts = self._of(function)
            reason = self._full(function, counts.running)
            if reason:
                counts.throttles += 1
                raise ThrottledError(reason)
            counts.invocations += 1
            counts.running += 1
            counts.peak = max(counts.peak, counts.running)
            self.peak = max(self.peak, self._running())

    def leave(self, function: str, *, is_error: bool, timed_out: bool) -> None:
        """It is over."""
        with self._lock:
            counts = self._of(function)
            counts.running -= 1
            counts.errors += is_error
            counts.timeouts += timed_out

    def count_call(self, function: str) -> None:
        """It has called an API."""
        with self._lock:
            self._of(function).calls += 1

    def describe(self) -> dict[str, dict[str, int]]:
        """Function -> its counts."""
        with self._lock:
            return {name: asdict(counts) for name, counts in self._counts.items()}

    def _full(self, function: str, running: int) -> str:
        share = self._reserved.get(function)
        if share is not None:
            return OF_FUNCTION if running >= min(share, self.limit) else ""
        shared = self.limit - sum(self._reserved.values())
        others = [one for name, one in self._counts.items() if name not in self._reserved]
        return OF_ACCOUNT if sum(one.running for one in others) >= shared else ""

    def _running(self) -> int:
        return sum(one.running for one in self._counts.values())

    def _of(self, function: str) -> Counts:
        return self._counts.setdefault(function, Counts())
