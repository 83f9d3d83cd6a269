"""What the table's state and wake records mean: one word for an endpoint, seconds for each phase of a wake."""

import dataclasses
from typing import Any

import pytest

from homeport.operations.endpoint_status import EndpointStatus, MachineStatus, Rollout
from homeport.operations.wake_state import (
    TOTAL,
    WakeRecord,
    WakeState,
    wake_figures,
)

MACHINE = MachineStatus(
    identifier="i-1", lifecycle="InService", in_service=True, target_health="healthy", current=True, report=None
)  # fmt: skip
OLD = dataclasses.replace(MACHINE, current=False)
BROKEN = Rollout(status="Failed", running=False, failed=True, percent=0, reason="")


def _seen(name: str, **changes: Any) -> EndpointStatus:
    state = WakeState(
        name=name,
        since=1.0,
        rollout=changes.pop("judged", ""),
        rollout_template=changes.pop("about", "2"),
    )
    values: dict[str, Any] = {"wanted": 1, "machines": [MACHINE], "rollout": None} | changes
    return EndpointStatus(
        endpoint="chat", minimum=0, maximum=2, template="2", wake_state=state, **values
    )


@pytest.mark.parametrize(
    ("name", "changes", "word"),
    [
        ("ASLEEP", {"wanted": 0, "machines": []}, "asleep"),
        ("ASLEEP", {"wanted": 0}, "asleep"),  # the machine's last requests end
        ("WAKING", {"wanted": 0, "machines": []}, "starting"),
        ("WAKING", {}, "starting"),
        ("AWAKE", {}, "ready"),
        ("AWAKE", {"wanted": 2}, "starting"),
        ("AWAKE", {"wanted": 0, "machines": []}, "starting"),  # repaired by the next look
        ("DRAINING", {}, "draining"),
        ("PAUSED", {"wanted": 0, "machines": []}, "paused"),
        ("FAILED", {"wanted": 0, "machines": []}, "failed"),
        ("AWAKE", {"machines": [OLD], "judged": "running", "rollout": BROKEN}, "rolling"),
        ("AWAKE", {"machines": [OLD], "judged": "failed", "rollout": BROKEN}, "failed"),
        ("AWAKE", {"machines": [OLD], "judged": "rolled_back"}, "failed"),
        ("AWAKE", {"machines": [OLD], "judged": "", "rollout": BROKEN}, "outdated"),
        ("AWAKE", {"machines": [OLD], "judged": "failed", "about": "1"}, "outdated"),
    ],
)
def test_one_word_from_the_state_and_the_machines(
    name: str, changes: dict[str, Any], word: str
) -> None:
    assert _seen(name, **changes).state == word


def _wake(begin: float, *, outcome: str = "served", **phases: float) -> WakeRecord:
    times = {name: begin + seconds for name, seconds in phases.items()}
    return WakeRecord(asked=begin, phases=times, outcome=outcome)


def test_a_phase_begins_when_what_it_needs_is_done() -> None:
    wake = _wake(
        1000, machine=20, image=80, weights=140, engine=200, answered=205, in_service=210, first_answer=214
    )  # fmt: skip
    assert wake.seconds() == {
        "machine": 20, "image": 60, "weights": 120, "engine": 60, "answered": 5, "in_service": 5,
        "first_answer": 4, TOTAL: 210,
    }  # fmt: skip


def test_what_is_not_known_has_no_length_and_two_clocks_make_none_negative() -> None:
    assert _wake(1000, machine=-1, weights=9, engine=12).seconds() == {"machine": 0, "weights": 10}


def test_percentiles_are_of_wakes_that_served() -> None:
    wakes = [_wake(0, machine=seconds, in_service=10 * seconds) for seconds in range(1, 11)]
    wakes.append(_wake(0, machine=999, outcome="failed"))
    wakes.append(_wake(0, in_service=1000))
    machine, whole = wake_figures(wakes)
    assert (machine.phase, machine.count, machine.p50, machine.p90) == ("machine", 10, 5, 9)
    assert (whole.phase, whole.count, whole.p50, whole.p90) == (TOTAL, 11, 60, 100)
    assert wake_figures([]) == ()
