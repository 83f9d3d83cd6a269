"""Requests by status class, and how long they took, from Envoy's own counters (Envoy 1.40, 2026-11)."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from .figures import (
    REQUEST_SECONDS,
    REQUESTS_2XX,
    REQUESTS_4XX,
    REQUESTS_5XX,
    Figures,
    Samples,
    single,
)
from .local_http import unix_get

_WANTED = (
    "cluster%5C.(engine|questions)%5C.upstream_rq_2xx|cluster%5C.ready%5C.upstream_rq_5xx"
    "|http%5C.ingress%5C.downstream_rq_[45]xx|cluster%5C.engine%5C.upstream_rq_time"
)
_TARGET = f"/stats?format=json&histogram_buckets=disjoint&filter=^({_WANTED})$"


class RequestTotals(NamedTuple):
    """Since Envoy started."""

    by_class: dict[str, int]
    by_seconds: Samples
    """Middle of a bucket of the histogram -> requests that made the model work."""
    ever: int
    """A number that only a new Envoy makes smaller."""


def read_totals(admin_socket: str) -> RequestTotals:
    """Raises `OSError` where Envoy does not answer, `ValueError` for nonsense."""
    listed: dict[str, Any] = json.loads(unix_get(admin_socket, _TARGET))
    found = {one["name"]: int(one["value"]) for one in listed["stats"] if "name" in one}
    answered = (
        found.get("cluster.engine.upstream_rq_2xx", 0),
        found.get("cluster.questions.upstream_rq_2xx", 0),
    )
    # A replica that is not ready says so with 503 to the load balancer, each five seconds: no caller's error.
    not_ready = found.get("cluster.ready.upstream_rq_5xx", 0)
    refused, failed = (found.get(f"http.ingress.downstream_rq_{one}xx", 0) for one in (4, 5))
    by_class = {
        REQUESTS_2XX: sum(answered),
        REQUESTS_4XX: refused,
        REQUESTS_5XX: max(0, failed - not_ready),
    }
    return RequestTotals(by_class, _by_seconds(listed), sum(answered) + refused + failed)


def _by_seconds(listed: dict[str, Any]) -> Samples:
    found: Samples = {}
    for one in listed["stats"]:
        for histogram in one.get("histograms", ()):
            lower = 0.0
            for bucket in histogram["buckets"]:
                upper = float(bucket["upper_bound"]) / 1000
                found[round((lower + upper) / 2, 6)] = float(bucket["cumulative"])
                lower = upper
    return found


class RequestFigures:
    """What came since it was last asked: the first time nothing, and all of an Envoy that began since."""

    def __init__(self) -> None:
        self._before: RequestTotals | None = None

    def since(self, now: RequestTotals) -> Figures:
        """Call in order of time."""
        before, self._before = self._before or now, now
        if now.ever < before.ever:
            before = RequestTotals({}, {}, 0)
        figures = single(
            {
                # Counters are read one after another: a difference of two may go back by one.
                name: max(0, count - before.by_class.get(name, 0))
                for name, count in now.by_class.items()
            }
        )
        seconds = {
            value: count - before.by_seconds.get(value, 0.0)
            for value, count in now.by_seconds.items()
            if count > before.by_seconds.get(value, 0.0)
        }
        if seconds:
            figures[REQUEST_SECONDS] = seconds
        return figures
