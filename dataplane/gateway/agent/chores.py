"""The agent's chores, each in a thread of its own: one that hangs holds up no other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

LONG_SECONDS = 60.0
"""A chore that takes longer than this is named in the log, once."""
STOP_SECONDS = 2.0
"""For chores in their middle when the agent ends; what hangs ends with the process."""


class Chore(NamedTuple):
    """Something to do again and again."""

    name: str
    every_seconds: float
    run: Callable[[float], None]
    """Gets the time. What it raises is logged, once until it changes: the chore is due again at its time."""


def next_time(began: float, now: float, every_seconds: float) -> float:
    """When a chore is due that began then and is done now: late ones run once, not once for each time missed."""
    return max(now, began + every_seconds)


class Chores:
    """Threads from `start` to `stop`."""

    def __init__(self, chores: Sequence[Chore], log: Callable[[str], None]) -> None:
        self._chores, self._log = tuple(chores), log
        self._stop = threading.Event()
        self._began: dict[str, float] = {}
        self._named: set[str] = set()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Every chore begins at once."""
        for chore in self._chores:
            thread = threading.Thread(
                target=self._again_and_again, args=(chore,), name=chore.name, daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """No chore begins any more; those in their middle get a moment."""
        self._stop.set()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def name_those_that_hang(self, now: float) -> None:
        """In the log, once for each time that one hangs."""
        for name, began in list(self._began.items()):
            if now - began < LONG_SECONDS:
                self._named.discard(name)
            elif name not in self._named:
                self._named.add(name)
                self._log(f"{name}: not done after {LONG_SECONDS:.0f} s; the other chores go on")

    def _again_and_again(self, chore: Chore) -> None:
        wait_seconds, said = 0.0, ""
        while not self._stop.wait(wait_seconds):
            began = self._began[chore.name] = time.monotonic()
            try:
                chore.run(began)
                text = ""
            except Exception as error:  # noqa: BLE001 - whatever a chore is answered, it is due again
                text = f"{chore.name}: {type(error).__name__}: {error}"
            if text != said:
                self._log(text or f"{chore.name}: done again")
            said = text
            self._began.pop(chore.name, None)
            now = time.monotonic()
            wait_seconds = next_time(began, now, chore.every_seconds) - now
