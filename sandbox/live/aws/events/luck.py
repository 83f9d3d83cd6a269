"""What a test lets happen to events on their way: lost, doubled, late, overtaken."""

import random

from sandbox.live.aws.faults import EventFaults

OVERTAKING_SECONDS = 5.0
"""Of the account's clock: within such a time events that are reordered swap places."""


class Luck:
    """Of one source; every event asks once."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._faults = EventFaults()
        self._random = random.Random(0)  # noqa: S311 - the same luck each time
        self._latest = 0.0

    def set_faults(self, faults: EventFaults) -> None:
        """From now on: what is late already may be overtaken."""
        self._faults = faults if self._source in faults.sources else EventFaults()
        self._random = random.Random(f"{faults.seed} {self._source}")  # noqa: S311
        self._latest = 0.0

    def arrivals(self, now: float) -> list[float]:
        """When an event that happens now arrives: never, once or twice. In order, unless they are reordered."""
        if self._random.random() < self._faults.lost:
            return []
        times = 2 if self._random.random() < self._faults.doubled else 1
        return [self._arrival(now) for _ in range(times)]

    def _arrival(self, now: float) -> float:
        at = now + self._random.uniform(*self._faults.delay_seconds)
        if self._faults.reordered:
            return at + self._random.uniform(0, OVERTAKING_SECONDS)
        self._latest = max(self._latest, at)
        return self._latest
