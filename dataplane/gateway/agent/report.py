"""A replica's report, as it stands in the table: what it is busy with, and how far its start has come.

phase                starting, ready, draining
in_flight, pending   only where Envoy said so just now: a report without them is no idle replica's
counts_at            with them: when Envoy was asked, which is before the report was written
last_request_end     the newest that is known, or the start of watching; absent before Envoy said anything
first_request_end    absent until a first client's request came to its end
phases               step -> when it was done; the steps so far (`phases.py`)
secrets              "in force", or "changed" where the engine runs with older ones
at, expires          when this was written, and when the table may forget it

Every time is in seconds since 1970.
"""

from __future__ import annotations

from typing import Any

from .activity import Activity
from .phases import FIRST_REQUEST_END, Phases

LASTS_SECONDS = 600


def report_of(
    phase: str,
    activity: Activity | None,
    phases: Phases,
    *,
    looked_at: float,
    counts_are_old: bool,
    secrets_changed: bool,
    wall: float,
    now: float,
) -> dict[str, Any]:
    """`activity` is as of `looked_at`, None before the first look at Envoy. `wall` makes seconds since 1970 of the
    agent's own clock, which all other times are in."""
    report: dict[str, Any] = {
        "phase": phase,
        "phases": phases.steps(),
        "secrets": "changed" if secrets_changed else "in force",
        "at": round(wall + now, 3),
        "expires": int(wall + now + LASTS_SECONDS),
    }
    if activity is not None:
        report["last_request_end"] = round(wall + activity.last_request_end, 3)
        if not counts_are_old:
            report["in_flight"] = activity.in_flight
            report["pending"] = activity.pending
            report["counts_at"] = round(wall + looked_at, 3)
    first_end = phases.when(FIRST_REQUEST_END)
    if first_end is not None:
        report["first_request_end"] = first_end
    return report
