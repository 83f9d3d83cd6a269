"""What a replica is busy with, from Envoy's own counters.

*pending* is Hugging Face's measure: requests without a status line yet. Envoy has no such gauge, and the
plain difference of its counters leaks: up for each request that ends without an answer of the engine, which an
access log of their own counts, and down for each that never reached it (seen with Envoy 1.40, 2026-11).
"""

from __future__ import annotations

from typing import NamedTuple


class Counters(NamedTuple):
    """Of requests that make the model work, since Envoy started."""

    total: int
    """`cluster.engine.upstream_rq_total`."""
    completed: int
    """`cluster.engine.upstream_rq_completed`: an answer began, Envoy's own for `never_sent` among them."""
    active: int
    """`cluster.engine.upstream_rq_active`: on their way, streams that are being answered among them."""
    abandoned: int
    """Requests that reached the engine and ended before an answer began, by their client's doing."""
    never_sent: int = 0
    """`upstream_rq_pending_failure_eject` and `_overflow`: answered by Envoy, and never in `total`."""


class Activity(NamedTuple):
    """One look."""

    in_flight: int
    pending: int
    last_request_end: float
    """Seconds of the caller's clock; the start of watching where there was none yet."""
    has_ended: bool = False
    """Whether any request came to its end since this Envoy started."""


def unanswered(counters: Counters) -> int:
    """Requests that nobody has begun to answer. Counters are read one after another, so it may be off by a few."""
    answered = counters.completed - counters.never_sent
    return counters.total - answered - counters.abandoned


def has_ended(counters: Counters) -> bool:
    """Whether one did: an answer began or a client left, and fewer are on their way than ever came."""
    return unanswered(counters) < counters.total and counters.active < counters.total


def pending(counters: Counters) -> int:
    """The same, never less than none and never more than are on their way."""
    return max(0, min(unanswered(counters), counters.active))


class ActivityTracker:
    """When the last request ended, as exactly as it is looked at: late by one look at most, never early."""

    def __init__(self, now: float) -> None:
        self._last_end = now
        self._total = 0

    def observe(self, counters: Counters, now: float) -> Activity:
        """Call at each look, in order of time."""
        # Another total is work that came and went between two looks; a smaller one, another Envoy.
        if counters.active > 0 or counters.total != self._total:
            self._last_end = now
        self._total = counters.total
        return Activity(counters.active, pending(counters), self._last_end, has_ended(counters))
