"""What is remembered of a wake, and the spans that it becomes."""

from typing import Any

from dataplane.wake.model import AWAKE, FAILED, WAKING, State
from dataplane.wake.wake_record import PHASES, WakeRecord, record_of, spans

ASKED = 1_800_000_000.0
WAKES = State(WAKING, ASKED)
SERVES = State(AWAKE, ASKED + 200, answering=ASKED)
FULL = {name: ASKED + 10.0 * (place + 1) for place, name in enumerate(PHASES)}


def _spans(record: WakeRecord) -> dict[str, dict[str, Any]]:
    (resource,) = spans("chat", record)["resourceSpans"]
    (scope,) = resource["scopeSpans"]
    return {one["name"]: one for one in scope["spans"]}


def _seconds(span: dict[str, Any]) -> tuple[float, float]:
    start, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
    return start / 1e9 - ASKED, end / 1e9 - ASKED


def test_a_wake_has_the_phases_of_the_replica_that_answered_first() -> None:
    late = {"machine": ASKED + 20, "answered": ASKED + 190}
    soon = {"machine": ASKED + 30, "answered": ASKED + 150}
    record = record_of(WAKES, SERVES, (late, soon), ASKED + 200)
    assert record == WakeRecord(ASKED, {**soon, "in_service": ASKED + 200}, "served")


def test_phases_of_before_it_was_asked_for_are_another_wakes() -> None:
    steps = {"machine": ASKED - 500, "image": ASKED - 1, "engine": ASKED + 90}
    record = record_of(WAKES, SERVES, (steps,), ASKED + 99)
    assert record is not None
    assert record.phases == {
        "image": ASKED - 1,  # by another clock
        "engine": ASKED + 90,
        "in_service": ASKED + 99,
    }


def test_the_first_answer_comes_later() -> None:
    answered = SERVES._replace(answering=0.0)
    replicas = ({"first_answer": ASKED + 230}, {"first_answer": ASKED + 210}, {})
    record = record_of(SERVES, answered, replicas, ASKED + 240)
    assert record is not None
    assert (record.asked, record.phases["first_answer"]) == (ASKED, ASKED + 210)


def test_one_that_failed_says_so_and_other_steps_add_nothing() -> None:
    assert record_of(WAKES, State(FAILED, ASKED + 9), (), ASKED + 9) == WakeRecord(
        ASKED, {}, "failed"
    )
    assert record_of(None, WAKES, (), ASKED) is None
    assert record_of(SERVES, SERVES, ({"first_answer": ASKED},), ASKED) is None


def test_a_span_for_the_wake_and_one_for_each_phase_in_it() -> None:
    found = _spans(WakeRecord(ASKED, FULL, "served"))
    assert list(found) == ["wake", *PHASES]
    assert _seconds(found["wake"]) == (0, 70)
    assert _seconds(found["machine"]) == (0, 10)
    assert _seconds(found["image"]) == (10, 20)
    assert _seconds(found["weights"]) == (10, 30)  # beside the image
    assert _seconds(found["engine"]) == (30, 40)
    assert {one["parentSpanId"] for name, one in found.items() if name != "wake"} == {
        found["wake"]["spanId"]
    }
    assert found["wake"]["parentSpanId"] == ""
    assert len({one["spanId"] for one in found.values()}) == len(found)


def test_what_is_added_later_belongs_to_the_same_trace() -> None:
    first = _spans(WakeRecord(ASKED, {"in_service": ASKED + 60}, "served"))
    later = _spans(
        WakeRecord(ASKED, {"in_service": ASKED + 60, "first_answer": ASKED + 70}, "served")
    )
    assert later["first_answer"]["traceId"] == first["wake"]["traceId"]
    assert later["in_service"]["spanId"] == first["in_service"]["spanId"]
    assert len(first["wake"]["traceId"]) == 32
    assert len(first["wake"]["spanId"]) == 16


def test_a_failed_wake_has_a_span_of_its_own() -> None:
    assert list(_spans(WakeRecord(ASKED, {}, "failed"))) == ["wake"]
