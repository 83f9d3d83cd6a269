"""When the load balancer may send requests: after one real answer of the engine, and again after each restart.

A health route that says 200 is not enough: engines say so before their first graph is compiled, and some while
their workers are dead. Pure: the caller looks, and says what it saw.
"""

from __future__ import annotations

import threading
from typing import NamedTuple

FAILURES_MAX = 3
"""Looks in a row that find the engine unhealthy before a busy engine is taken for a broken one."""

STARTING, READY, DRAINING = "starting", "ready", "draining"
HEALTHY, UNHEALTHY, GONE = "healthy", "unhealthy", "gone"
"""What a look sees; `gone`: nothing listens, so the process ended and what it had loaded is lost."""


class Step(NamedTuple):
    """What to do after a look."""

    state: str
    ask_for_an_answer: bool = False
    """True: send the engine its first real request, and say with `answered` how it went."""


class Readiness:
    """The state of one replica; threads may tell it something at once."""

    def __init__(self) -> None:
        self.state = STARTING
        self._failures = 0
        self._lock = threading.Lock()

    def look(self, health: str) -> Step:
        """One look at the engine's health route."""
        with self._lock:
            if self.state == DRAINING:
                return Step(DRAINING)
            if health == HEALTHY:
                self._failures = 0
                return Step(self.state, ask_for_an_answer=self.state == STARTING)
            self._failures += 1
            if health == GONE or self._failures >= FAILURES_MAX:
                self.state = STARTING
            return Step(self.state)

    def answered(self, real: bool) -> None:
        """How the real request went that the last step asked for."""
        with self._lock:
            if self.state == STARTING and real:
                self.state = READY

    def drain(self) -> None:
        """The machine is about to go; there is no way back."""
        with self._lock:
            self.state = DRAINING
