"""Good verdicts about tokens in the stack's table, so that a new or restarted replica knows the callers of the others.

    written   by whoever the Hub told that a token is good, behind the request, by SHA-256, never the token
    read      where this replica does not know a token and the Hub is silent, or may not be asked for now
    ended     by whoever the Hub told that it knows no such token; bad answers are not shared otherwise. A replica that
              holds a good answer of its own goes by that one, until it is stale or the Hub speaks to it

Times in the table are wall time of machines that may differ by a minute: what is read counts as a minute older
than it says, and a good answer outlives an ending only where it is more than a minute younger.
"""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from typing import Callable, NamedTuple, Protocol

from .in_time import in_time
from .log import log
from .verdicts import BAD, GOOD, GOOD_SECONDS, Accounts, HubSays

CLOCKS_DIFFER_SECONDS = 60.0
READ_SECONDS_MAX = 2.0
"""With the Hub's 5 s below the time for which a request waits."""
READS_PER_MINUTE = 600
"""A flood of made-up tokens costs no more reads than these."""
WAITING_MAX = 1000
"""Verdicts that wait to be written; beyond it they are dropped: another replica, or the next refresh, writes them."""


class Kept(NamedTuple):
    """A row of the table."""

    names: frozenset[str]
    good_at: float
    """Seconds since 1970, by the clock of the machine that wrote it; so is `ended_at`."""
    ended_at: float | None


class VerdictTable(Protocol):
    """The calls; each raises `OSError` where the table does not answer."""

    def find_verdict(self, key: str) -> Kept | None:
        """The row of a token's fingerprint."""
        ...

    def keep_verdict(self, key: str, kept: Kept, expires: int) -> None:
        """Write a good one, unless it was ended later than `kept.ended_at`."""
        ...

    def end_verdict(self, key: str, ended_at: float) -> None:
        """Mark a row that is there; nothing where none is."""
        ...


class SharedVerdicts:
    """One replica's access; threads may ask at once."""

    def __init__(self, table: VerdictTable, wall: Callable[[], float] = time.time) -> None:
        self._table = table
        self._wall = wall
        self._lock = threading.Lock()
        self._reads: list[float] = []
        self._waiting: queue.Queue[tuple[str, HubSays, float, float]] = queue.Queue(WAITING_MAX)

    def find(self, key: str) -> tuple[Accounts, float] | None:
        """Whose token it is, and how many seconds ago the Hub said so. None where it is not known; never raises."""
        if not self._may_read():
            return None
        try:
            kept = in_time(READ_SECONDS_MAX, lambda: self._table.find_verdict(key))
        except (OSError, ValueError, KeyError) as error:
            log(f"verdicts: not read: {type(error).__name__}")
            return None
        return None if kept is None else told(kept, self._wall())

    def tell(self, key: str, said: HubSays, stale_seconds: float) -> None:
        """The Hub's answer, to be written by `write_waiting`; never waits."""
        if said.kind in (GOOD, BAD):
            self._put((key, said, self._wall(), stale_seconds))

    def write_waiting(self) -> None:
        """Write what waits. Raises `OSError` where the table does not answer: the next refresh writes a good one
        again, an ending waits on."""
        while True:
            try:
                key, said, at, stale_seconds = self._waiting.get_nowait()
            except queue.Empty:
                return
            if said.kind == BAD:
                self._end(key, said, at)
                continue
            lasts = GOOD_SECONDS + stale_seconds + 2 * CLOCKS_DIFFER_SECONDS
            kept = Kept(said.accounts.names, at, at - CLOCKS_DIFFER_SECONDS)
            self._table.keep_verdict(key, kept, int(at + lasts))

    def _end(self, key: str, said: HubSays, at: float) -> None:
        try:
            self._table.end_verdict(key, at)
        except OSError:
            self._put((key, said, at, 0.0))
            raise

    def _put(self, one: tuple[str, HubSays, float, float]) -> None:
        with suppress(queue.Full):
            self._waiting.put_nowait(one)

    def _may_read(self) -> bool:
        now = self._wall()
        with self._lock:
            self._reads = [at for at in self._reads if now - at < 60]
            if len(self._reads) >= READS_PER_MINUTE:
                return False
            self._reads.append(now)
            return True


def told(kept: Kept, now: float) -> tuple[Accounts, float] | None:
    """Whose token a row says it is, and how many seconds ago the Hub said so at most; None where it was ended since."""
    age = now - kept.good_at
    if not _in_force(kept) or age < -CLOCKS_DIFFER_SECONDS:
        return None  # ended, or by a clock that is wrong by more than it may
    return Accounts(kept.names), max(age, 0.0) + CLOCKS_DIFFER_SECONDS


def _in_force(kept: Kept) -> bool:
    return kept.ended_at is None or kept.good_at > kept.ended_at + CLOCKS_DIFFER_SECONDS
