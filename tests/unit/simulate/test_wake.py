"""Sleep and wake by the plan's own times: never early, late by minutes at most, and a bound of cost."""

from typing import Any

import pytest

from dataplane.wake.decide import STARTS_MAX
from dataplane.wake.model import ASLEEP, AWAKE, FAILED, PAUSED, WAKING, Config
from homeport.simulate.wake import Circumstances, Request, WakeWorld, every

HOUR = 3600
STARTUP_SECONDS = 600
LATE_SECONDS = 180
LONGEST = 3600


def world(min_replicas: int = 0, **circumstances: Any) -> WakeWorld:
    idle = HOUR if min_replicas == 0 else None
    config = Config("1", min_replicas, idle, STARTUP_SECONDS, LONGEST, "t:1")
    return WakeWorld(config, Circumstances(**circumstances))


def entered(found: WakeWorld, name: str) -> list[int]:
    return [at for at, state in found.states if state == name]


@pytest.mark.parametrize("last", [0, 1, 7, 19, 59, 61, 600])
@pytest.mark.parametrize("lasts", [1, 30, 2400])
def test_zero_is_never_early_and_late_by_three_minutes_at_most(last: int, lasts: int) -> None:
    found = world()
    requests = [Request(10, 1), Request(300 + last, lasts)]
    found.run(300 + last + lasts + HOUR + 600, requests)
    end = 300 + last + lasts
    (slept,) = entered(found, ASLEEP)[1:]
    assert end + HOUR <= slept <= end + HOUR + LATE_SECONDS
    assert (found.lost, found.desired) == (0, 0)


def test_a_stream_of_forty_minutes_keeps_it_awake() -> None:
    found = world()
    found.run(HOUR + 2600, [Request(10, 1), Request(300, 2400)])
    assert entered(found, ASLEEP) == [0]
    assert found.state is not None
    assert found.state.name == AWAKE


def test_probes_scanners_and_bad_tokens_neither_wake_nor_keep_awake() -> None:
    found = world()
    found.run(2 * HOUR, every(5, 2 * HOUR, counts=False))
    assert found.machine_seconds == 0
    awake = world()
    awake.run(3 * HOUR, [Request(10, 1), *every(5, 3 * HOUR, counts=False)])
    assert len(entered(awake, ASLEEP)) == 2


def test_a_thousand_at_once_change_the_size_once() -> None:
    found = world()
    found.run(HOUR // 2, [Request(100, 1)] * 1000)
    assert [action.desired for _, action in found.resizes] == [1]
    assert found.resizes[0][0] - 100 <= 2
    assert found.refused == 1000


@pytest.mark.parametrize("pause_seconds", [3601, 3640, 3665, 3690, 3720, 7000])
def test_a_trickle_around_the_idle_time_loses_nothing(pause_seconds: int) -> None:
    found = world(startup_seconds=60)
    requests = [Request(at, 3) for at in range(0, 40 * HOUR, pause_seconds)]
    retries = [Request(one.at + 120, 3) for one in requests]
    found.run(40 * HOUR + 300, [*requests, *retries])
    assert found.lost == 0
    assert found.served + found.refused == 2 * len(requests)


@pytest.mark.parametrize("minimum", [0, 1])
def test_pause_and_resume(minimum: int) -> None:
    found = world(minimum)
    found.run(600, [Request(10, 1)])
    found.paused = True
    found.run(600, every(10, 1200))
    assert (found.state.name if found.state else "", found.desired, found.lost) == (PAUSED, 0, 0)
    found.paused = False
    found.run(600)
    assert (found.state.name if found.state else "", found.lost) == (AWAKE, 0)


def test_pausing_waits_for_the_longest_request() -> None:
    found = world()
    found.run(400, [Request(10, 1), Request(300, 1800)])
    found.paused = True
    found.run(600)
    assert found.in_flight == 1
    assert found.desired == 1
    found.run(1800)
    assert (found.in_flight, found.desired) == (0, 0)


@pytest.mark.parametrize("minimum", [0, 1])
def test_an_engine_that_is_never_ready_costs_three_wakes_of_three_starts(minimum: int) -> None:
    found = world(minimum, never_ready=True)
    found.run(48 * HOUR, every(60, 48 * HOUR))
    bound = 3 * STARTS_MAX * (STARTUP_SECONDS + 60)
    assert 2 * STARTS_MAX * STARTUP_SECONDS < found.machine_seconds <= bound
    assert found.state is not None
    assert (found.state.name, found.state.retry_at) == (FAILED, 0.0)


def test_a_group_without_capacity_costs_nothing_and_is_tried_again() -> None:
    found = world(no_capacity=True)
    found.run(12 * HOUR, every(60, 12 * HOUR))
    assert found.machine_seconds == 0
    assert len(entered(found, WAKING)) > 5


def test_a_metric_that_is_stuck_costs_the_maximum_until_the_endpoint_is_idle() -> None:
    found = world(wanted_replicas=4)
    found.run(6 * HOUR, [Request(10, 1)])
    awake = sum(end - begin for begin, end in found.seconds_in(AWAKE))
    assert len(entered(found, ASLEEP)) == 2
    assert found.machine_seconds <= 4 * (awake + 300) + 300


def test_a_minimum_of_one_never_sleeps() -> None:
    found = world(1)
    found.run(12 * HOUR)
    assert entered(found, ASLEEP) == []
    assert found.desired == 1
