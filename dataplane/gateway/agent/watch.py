"""Looks at Envoy and at the engine."""

from __future__ import annotations

import errno
import http.client
import json
from pathlib import Path
from typing import Any, NamedTuple

from .activity import Counters
from .local_http import exchange, unix_get
from .readiness import GONE, HEALTHY, UNHEALTHY

_NAMES = "total|completed|active|pending_failure_eject|pending_overflow"
_STATS = f"/stats?format=json&filter=^cluster%5C.engine%5C.upstream_rq_({_NAMES})$"
_IN_FLIGHT = "http.ingress.downstream_rq_active"
NOBODY_THERE = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH)
"""No process behind the port, or no container behind the address."""
HEALTH_SECONDS = 5.0
ANSWER_SECONDS = 120.0
"""For the engine's first real answer: kernels may be compiled for it."""


class FirstRequest(NamedTuple):
    """A real request of the engine's own kind; None as body where only the route can be asked."""

    method: str
    path: str
    body: str | None


def read_counters(admin_socket: str, abandoned_file: Path) -> Counters:
    """Envoy's counters now. Raises `OSError` where Envoy does not answer, `ValueError` for nonsense."""
    listed: dict[str, Any] = json.loads(unix_get(admin_socket, _STATS))
    found = {one["name"]: int(one["value"]) for one in listed["stats"] if "name" in one}
    prefix = "cluster.engine.upstream_rq_"
    return Counters(
        total=found.get(prefix + "total", 0),
        completed=found.get(prefix + "completed", 0),
        active=found.get(prefix + "active", 0),
        # Envoy writes one byte for each of them.
        abandoned=abandoned_file.stat().st_size if abandoned_file.exists() else 0,
        never_sent=found.get(prefix + "pending_failure_eject", 0)
        + found.get(prefix + "pending_overflow", 0),
    )


def read_in_flight(admin_socket: str) -> int:
    """Requests of every kind that Envoy has not finished. Raises `OSError` where it does not answer, `ValueError`
    where it does not say."""
    text = unix_get(admin_socket, f"/stats?filter=^{_IN_FLIGHT}$").decode()
    return int(text.rpartition(":")[2])


def look_at_engine(address: str, port: int, health_route: str) -> str:
    """`healthy`, `unhealthy`, or `gone` where nothing listens."""
    try:
        connection = http.client.HTTPConnection(address, port, timeout=HEALTH_SECONDS)
        status, _ = exchange(connection, "GET", health_route, None)
    except OSError as error:
        return GONE if error.errno in NOBODY_THERE else UNHEALTHY
    return HEALTHY if status == 200 else UNHEALTHY


def real_answer(address: str, port: int, first: FirstRequest) -> bool:
    """Whether the engine answers a real request: 200 and something in it.

    Where only a route can be asked, 200 has to do: health routes, vLLM's among them, say nothing more.
    """
    connection = http.client.HTTPConnection(address, port, timeout=ANSWER_SECONDS)
    body = first.body.encode() if first.body is not None else None
    try:
        status, answer = exchange(connection, first.method, first.path, body)
    except OSError:
        return False
    return status == 200 and (body is None or len(answer) > 0)
