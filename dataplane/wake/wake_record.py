"""What is remembered of a wake: when each of its phases was over, and the same as OpenTelemetry spans."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .model import AWAKE, FAILED, WAKING, State

PHASES = ("machine", "image", "weights", "engine", "answered", "in_service", "first_answer")
"""In the order in which they end, each where the one before it ended; image and weights at the same time."""
SERVED, GAVE_UP = "served", "failed"
LASTS_SECONDS = 90 * 86400
CLOCKS_DIFFER_SECONDS = 5.0
"""A machine's clock and the reconciler's: a step that seems that much too early is still this wake's."""


class WakeRecord(NamedTuple):
    """Times are Unix seconds."""

    asked: float
    phases: Mapping[str, float]
    """Phase -> when it was over; only those that are known."""
    outcome: str


def record_of(
    before: State | None, after: State, replicas: Sequence[Mapping[str, float]], now: float
) -> WakeRecord | None:
    """What this step adds to a wake's record; None where it adds nothing.

    `replicas` holds what each one reports: its phases, and `first_answer` once it has ended a request.
    """
    if before is None:
        return None
    if before.name == WAKING and after.name == AWAKE:
        begin, phases = before.since - CLOCKS_DIFFER_SECONDS, dict[str, float]()
        for replica in sorted(replicas, key=lambda one: one.get("answered", now), reverse=True):
            phases = {name: replica[name] for name in PHASES[:5] if replica.get(name, 0) >= begin}
        return WakeRecord(before.since, {**phases, "in_service": now}, SERVED)
    if before.name == WAKING and after.name == FAILED:
        return WakeRecord(before.since, {}, GAVE_UP)
    if before.answering and not after.answering and after.name == AWAKE:
        ends = [one["first_answer"] for one in replicas if "first_answer" in one]
        if ends:
            phases = {"in_service": after.since, "first_answer": min(ends)}
            return WakeRecord(before.answering, phases, SERVED)
    return None


def spans(endpoint: str, record: WakeRecord) -> dict[str, Any]:
    """The record as one `ExportTraceServiceRequest` of OTLP/JSON: a span for the wake, one for each phase in it.

    The trace's id comes from endpoint and time, so that what is added later belongs to the same trace
    (opentelemetry-proto, trace.proto and its JSON mapping, read 2026-11).
    """
    trace = hashlib.sha256(f"{endpoint} {record.asked:.3f}".encode()).hexdigest()[:32]
    root = trace[:16]
    ends = [record.phases[name] for name in PHASES if name in record.phases]
    found: list[dict[str, Any]] = []
    begin = record.asked
    for name in PHASES:
        if name in record.phases:
            # Image and weights begin together, when the machine is there.
            start = record.phases.get("machine", record.asked) if name == "weights" else begin
            found.append(_span(trace, root, name, (start, record.phases[name])))
            begin = max(begin, record.phases[name])
    found.insert(0, _span(trace, "", "wake", (record.asked, max(ends, default=record.asked)), root))
    attributes = [_attribute("service.name", "homeport"), _attribute("homeport.endpoint", endpoint),
                  _attribute("homeport.outcome", record.outcome)]  # fmt: skip
    scope = {"scope": {"name": "homeport.wake"}, "spans": found}
    return {"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [scope]}]}


def _span(
    trace: str, parent: str, name: str, times: tuple[float, float], own: str = ""
) -> dict[str, Any]:
    identifier = own or hashlib.sha256(f"{trace} {name}".encode()).hexdigest()[:16]
    start, end = (str(int(at * 1000) * 1_000_000) for at in times)
    return {
        "traceId": trace, "spanId": identifier, "parentSpanId": parent, "name": name, "kind": 1,
        "startTimeUnixNano": start, "endTimeUnixNano": end,
    }  # fmt: skip


def _attribute(key: str, value: str) -> dict[str, Any]:
    return {"key": key, "value": {"stringValue": value}}
