"""When the agent's chores are due: a list of intervals and no clock of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Chore(NamedTuple):
    """Something to do again and again."""

    name: str
    every_seconds: float
    run: Callable[[float], None]
    """Gets the time. What it raises is the caller's to log: the chore is due again at its time."""


class Schedule:
    """Chores that are late run once, not once for each interval that was missed."""

    def __init__(self, chores: tuple[Chore, ...], now: float) -> None:
        self._chores = chores
        self._next = dict.fromkeys((chore.name for chore in chores), now)

    def due(self, now: float) -> Iterator[Chore]:
        """Those whose time has come, in their order."""
        for chore in self._chores:
            if now >= self._next[chore.name]:
                self._next[chore.name] = now + chore.every_seconds
                yield chore
