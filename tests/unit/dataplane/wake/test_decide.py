"""What is decided beside sleep and wake: rolling updates, kinds of machines, tries after a failure, crossing orders."""

from collections.abc import Iterator

import pytest

from dataplane.wake.decide import (
    ON_DEMAND_SECONDS,
    REFRESHES_MAX,
    RETRY_SECONDS,
    SPOT_SECONDS,
    STARTS_MAX,
    decide,
)
from dataplane.wake.model import (
    ASLEEP,
    AWAKE,
    DRAINING,
    FAILED,
    GATE,
    NEVER_READY,
    NO_CAPACITY,
    PAUSED,
    REPLICAS,
    ROLLED_BACK,
    ROLLOUT_FAILED,
    RUNNING,
    SLEEP,
    WAKING,
    ZERO,
    Buy,
    Config,
    Machine,
    Observed,
    Refresh,
    State,
)

NOW = 1_000_000.0
CONFIG = Config("c", 0, 3600.0, 600.0, 900.0, "t:2")
OLD, NEW = Machine("i-1", True, "t:1", NOW, 0), Machine("i-2", True, "t:2", NOW, 0)
SERVES = Observed(
    CONFIG, route=REPLICAS, minimum=1, desired=1, group_template="t:2", machines=(NEW,), healthy=1
)
STARTS = SERVES._replace(route=GATE, machines=(), healthy=0)
SPOT = CONFIG._replace(falls_back=True)


def state(name: str, **fields: float | str) -> State:
    return State(name, NOW - 60, config="c", template="t:2")._replace(**fields)


# --- rolling updates -----------------------------------------------------------------------------


def test_an_old_machine_that_nothing_replaces_is_replaced() -> None:
    found = decide(state(AWAKE), SERVES._replace(machines=(OLD, NEW)), NOW)
    assert (found.state.rollout, found.state.refreshes) == (RUNNING, 1)
    assert found.actions == (Refresh(),)


def test_one_that_runs_is_left_alone() -> None:
    found = decide(state(AWAKE), SERVES._replace(machines=(OLD,), refresh=RUNNING), NOW)
    assert (found.state.rollout, found.state.refreshes, found.actions) == (RUNNING, 0, ())


def test_it_is_asked_for_so_often_and_then_has_failed() -> None:
    seen, now = SERVES._replace(machines=(OLD,), refresh="failed"), state(AWAKE)
    asked = 0
    for _ in range(REFRESHES_MAX + 2):
        found = decide(now, seen, NOW)
        asked += found.actions.count(Refresh())
        now = found.state
    assert (asked, now.rollout) == (REFRESHES_MAX, ROLLOUT_FAILED)


def test_another_template_begins_anew() -> None:
    failed = state(AWAKE, rollout=ROLLOUT_FAILED, refreshes=REFRESHES_MAX, template="t:1")
    found = decide(failed, SERVES._replace(machines=(OLD,)), NOW)
    assert (found.state.template, found.state.rollout, found.state.refreshes) == ("t:2", RUNNING, 1)


def test_a_group_that_went_back_is_the_users_to_mend() -> None:
    back = SERVES._replace(machines=(OLD,), group_template="t:1", refresh="rolled_back")
    found = decide(state(AWAKE), back, NOW)
    assert (found.state.rollout, found.actions) == (ROLLED_BACK, ())


def test_a_deployment_that_has_not_reached_the_group_yet_is_no_rollback() -> None:
    found = decide(state(AWAKE), SERVES._replace(machines=(OLD,), group_template="t:1"), NOW)
    assert (found.state.rollout, found.actions) == ("", ())


def test_nothing_sleeps_while_machines_are_replaced() -> None:
    idle = state(AWAKE, since=NOW - 9000)
    assert decide(idle, SERVES, NOW).state.name == DRAINING
    assert decide(idle, SERVES._replace(refresh=RUNNING), NOW).state.name == AWAKE


# --- spot machines, and on-demand ones where there are none --------------------------------------


@pytest.mark.parametrize(
    ("seen", "since"),
    [
        (STARTS._replace(config=SPOT, trouble="no spot capacity"), NOW),
        (STARTS._replace(config=SPOT), NOW - SPOT_SECONDS),
    ],
    ids=["refused", "none came"],
)
def test_without_spot_machines_others_are_bought(seen: Observed, since: float) -> None:
    found = decide(state(WAKING, since=since), seen, NOW)
    assert Buy(on_demand=True) in found.actions
    assert found.state.on_demand_until == NOW + ON_DEMAND_SECONDS


def test_spot_machines_are_bought_again_after_an_hour() -> None:
    seen = SERVES._replace(config=SPOT, on_demand=True)
    until = state(AWAKE, on_demand_until=NOW + 1)
    assert decide(until, seen, NOW).actions == ()
    assert decide(until, seen, NOW + 1).actions == (Buy(on_demand=False),)


def test_who_did_not_ask_to_fall_back_never_does() -> None:
    found = decide(state(WAKING), STARTS._replace(trouble="no spot capacity"), NOW)
    assert not [one for one in found.actions if isinstance(one, Buy)]
    assert (found.state.reason_code, found.state.reason) == (NO_CAPACITY, "no spot capacity")


# --- tries after a failure -----------------------------------------------------------------------


def _failures(seen: Observed, count: int) -> Iterator[State]:
    """The states after one failed wake after the other, each tried as soon as it may be."""
    now, at = state(WAKING), NOW
    for _ in range(count):
        now = decide(now, seen._replace(failed_starts=STARTS_MAX), at).state
        yield now
        now = now._replace(name=WAKING, since=at)


def test_an_engine_that_is_never_ready_is_tried_thrice() -> None:
    found = list(_failures(STARTS._replace(machines=(NEW,)), 3))
    assert [one.reason_code for one in found] == [NEVER_READY] * 3
    assert [one.retry_at for one in found] == [*(NOW + wait for wait in RETRY_SECONDS), 0.0]


def test_want_of_capacity_is_tried_for_ever() -> None:
    found = list(_failures(STARTS._replace(trouble="none"), 5))
    last = NOW + RETRY_SECONDS[-1]
    assert [one.retry_at for one in found] == [NOW + RETRY_SECONDS[0], last, last, last, last]


def test_a_reason_goes_with_the_state_that_had_it() -> None:
    failed = state(FAILED, attempts=1, reason_code=NEVER_READY, reason="no replica was ready")
    paused = decide(failed, Observed(CONFIG, paused=True), NOW).state
    assert (paused.name, paused.reason_code, paused.reason) == (PAUSED, "", "")


@pytest.mark.parametrize(
    "change", [{"retries": 1}, {"config": CONFIG._replace(digest="d")}], ids=["command", "edit"]
)
def test_a_command_or_a_new_configuration_tries_again(change: dict[str, object]) -> None:
    failed = state(FAILED, attempts=3)
    at_rest = Observed(CONFIG, wakes=1)
    assert decide(failed, at_rest, NOW).state.name == FAILED
    again = decide(failed, at_rest._replace(**change), NOW).state
    assert (again.name, again.attempts) == (WAKING, 0)


def test_an_awake_endpoint_without_a_healthy_replica_wakes_anew_after_a_minute() -> None:
    ill = SERVES._replace(healthy=0)
    first = decide(state(AWAKE), ill, NOW).state
    assert (first.name, decide(first, SERVES, NOW + 30).state.unhealthy_since) == (AWAKE, 0.0)
    assert decide(first, ill, NOW + 59).state.name == AWAKE
    assert decide(first, ill, NOW + 60).state.name == WAKING


# --- orders that cross ---------------------------------------------------------------------------


def test_an_order_to_sleep_during_a_sleep_stays_one_whatever_comes() -> None:
    draining = state(DRAINING, goal=SLEEP, turned_at=NOW - 5)
    told = decide(draining, SERVES._replace(route=GATE, sleeps=1), NOW).state
    assert told.goal == ZERO
    asked = decide(told, SERVES._replace(route=GATE, sleeps=1, wakes=1), NOW + 1).state
    assert (asked.name, asked.goal) == (DRAINING, ZERO)
    at_the_end = SERVES._replace(
        route=GATE, sleeps=1, wakes=1, machines=(NEW._replace(counted_at=NOW + 30),)
    )
    asleep = decide(asked, at_the_end, NOW + 31).state
    assert asleep.name == ASLEEP
    assert decide(asleep, at_the_end, NOW + 32).state.name == WAKING


def test_an_order_given_asleep_does_not_end_the_next_wake() -> None:
    woken = decide(state(ASLEEP), Observed(CONFIG, wakes=1, sleeps=1), NOW).state
    assert woken.name == WAKING
    assert decide(woken, STARTS._replace(wakes=1, sleeps=1), NOW + 1).state.name == WAKING


def test_a_pause_during_a_sleep_ends_paused() -> None:
    draining = state(DRAINING, goal=SLEEP, turned_at=NOW - 5)
    paused = SERVES._replace(route=GATE, paused=True)
    told = decide(draining, paused, NOW).state
    quiet = paused._replace(machines=(NEW._replace(counted_at=NOW + 30),))
    assert decide(told, quiet, NOW + 31).state.name == PAUSED


def test_a_minimum_of_one_ends_a_sleep() -> None:
    draining = state(DRAINING, goal=ZERO, turned_at=NOW - 5)
    edited = SERVES._replace(route=GATE, config=CONFIG._replace(min_replicas=1))
    assert decide(draining, edited, NOW).state.name == AWAKE


def test_a_lost_state_is_made_up_from_what_runs() -> None:
    assert decide(None, SERVES._replace(sleeps=3), NOW).state.name == WAKING
    assert decide(None, Observed(CONFIG, sleeps=3), NOW).state.name == ASLEEP
