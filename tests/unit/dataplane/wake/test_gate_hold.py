"""Requests that wait: for how long, in how many slots, and what ends it."""

import pytest

from dataplane.wake.model import (
    ASLEEP,
    AWAKE,
    DRAINING,
    FAILED,
    PAUSE,
    PAUSED,
    SLEEP,
    WAKING,
    ZERO,
    State,
)
from dataplane.wake.plain_item import ItemError
from tests.unit.dataplane.wake.gate_world import (
    CHAT,
    INFO,
    NOW,
    World,
    code,
    request,
    retry_after,
    where,
)

ASLEEP_LONG = State(ASLEEP, NOW - 9999)
SLEEPING = State(DRAINING, NOW - 5, goal=SLEEP)
DUE = State(FAILED, NOW - 1000, retry_at=NOW - 1, reason="no machine")


def test_a_held_request_is_redirected_once_a_replica_has_the_route() -> None:
    world = World(ASLEEP_LONG)
    world.cloud.become(2, State(WAKING, 0))
    world.cloud.become(95, State(AWAKE, 0))
    reply = world.ask(f"POST {CHAT}?a=%20b&c", hold="600")
    assert (reply.status, where(reply)) == (307, f"{CHAT}?a=%20b&c")
    assert 95 <= world.waited <= 97  # half a second to see it, one for the load balancer
    assert (world.cloud.wakes, world.cloud.most_slots, world.free_slots) == (1, 1, True)
    assert world.lines[0]["waited_seconds"] == pytest.approx(world.waited)


@pytest.mark.parametrize(
    ("hold", "waits"), [("7", 7), ("7.25", 7.25), ("0", 0), ("0.0", 0), ("  7 ", 7)]
)
def test_never_longer_than_asked(hold: str, waits: float) -> None:
    world = World(State(WAKING, NOW - 20))
    reply = world.ask(hold=hold)
    assert (reply.status, code(reply)) == (503, "scaling_up")
    assert world.waited == pytest.approx(waits)
    assert retry_after(reply) == max(5, round(80 - waits))


@pytest.mark.parametrize("hold", ["900", "1" + "0" * 400])
def test_nor_than_the_function_lives(hold: str) -> None:
    world = World(State(WAKING, NOW - 20))
    assert world.ask(hold=hold).status == 503
    assert world.waited == pytest.approx(840)


@pytest.mark.parametrize(
    "hold",
    [
        "abc",
        "-1",
        "nan",
        "NaN",
        "inf",
        "1e3",
        "10s",
        "",
        " ",
        "+5",
        "0x10",
        "5,5",
        "٣",
        "1.",
        "\n5\n6",
    ],
)
def test_what_is_no_number_of_seconds_is_said_and_wakes_nothing(hold: str) -> None:
    world = World(ASLEEP_LONG)
    asked = request(f"POST {CHAT}")
    reply = world.gate.answer(
        asked._replace(headers={**asked.headers, "x-scale-up-timeout": (hold,)})
    )
    assert (reply.status, world.cloud.wakes, world.waited) == (400, 0, 0)
    assert "X-Scale-Up-Timeout" in reply.body["error"]["message"]


def test_two_numbers_are_none() -> None:
    world = World(ASLEEP_LONG)
    asked = request(f"POST {CHAT}")
    reply = world.gate.answer(
        asked._replace(headers={**asked.headers, "x-scale-up-timeout": ("5", "5")})
    )
    assert (reply.status, world.cloud.wakes) == (400, 0)


def test_only_who_is_known_hears_what_is_wrong_with_a_header() -> None:
    assert World(ASLEEP_LONG).ask(hold="abc", authorization="").status == 401


def test_without_a_free_slot_the_answer_is_at_once() -> None:
    world = World(ASLEEP_LONG)
    for slot in (0, 1):
        world.cloud.take_slot(slot, "another", NOW, NOW + 500)
    reply = world.ask(hold="600")
    assert (reply.status, code(reply), world.waited) == (503, "scaling_up", 0)
    assert world.cloud.wakes == 1  # it woke all the same
    assert {owner for owner, _ in world.cloud.slots.values()} == {"another"}


def test_the_one_slot_that_is_free_is_found() -> None:
    world = World(State(WAKING, NOW), slots=40)
    for slot in range(40):
        if slot != 17:
            world.cloud.take_slot(slot, "another", NOW, NOW + 500)
    assert (world.ask(hold="3").status, world.waited) == (503, pytest.approx(3))


def test_a_slot_of_one_who_crashed_is_free_again_by_its_time() -> None:
    world = World(State(WAKING, NOW))
    for slot in (0, 1):
        world.cloud.take_slot(slot, "crashed", NOW - 100, NOW - 1)
    assert world.ask(hold="3").status == 503
    assert world.waited == pytest.approx(3)


def test_a_table_that_does_not_lend_a_slot_or_take_it_back_is_no_error() -> None:
    world = World(State(WAKING, NOW))
    world.cloud.broken = {"busy_slots"}
    assert (world.ask(hold="3").status, world.waited) == (503, 0)
    world.cloud.broken = {"free_slot"}
    assert (world.ask(hold="3").status, world.waited) == (503, pytest.approx(3))
    (until,) = [until for _, until in world.cloud.slots.values()]
    assert NOW + 3 < until < NOW + 60


@pytest.mark.parametrize("state", [ASLEEP_LONG, None, DUE])
def test_where_no_reconciler_runs_nobody_is_held(state: State | None) -> None:
    world = World(state)
    reply = world.ask(hold="600")
    assert reply.status == 503
    assert world.waited == pytest.approx(10, abs=0.6)
    assert (world.cloud.wakes, world.free_slots) == (1, True)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (State(PAUSED, 0), "paused"),
        (State(DRAINING, 0, goal=PAUSE), "paused"),
        (State(FAILED, 0, retry_at=NOW + 900, reason="no machine"), "failed"),
    ],
)
def test_a_state_without_hope_ends_the_wait(ends: State, said: str) -> None:
    world = World(State(WAKING, NOW - 3))
    world.cloud.become(50, ends)
    reply = world.ask(hold="600")
    assert (reply.status, code(reply)) == (503, said)
    assert world.waited == pytest.approx(50, abs=0.6)
    assert world.free_slots


def test_a_failed_start_is_held_for_only_where_another_is_due() -> None:
    world = World(DUE._replace(retry_at=NOW + 100))
    assert (world.ask(hold="600").status, world.waited) == (503, 0)
    world = World(DUE._replace(retry_at=0.0))
    assert (world.ask(hold="600").status, world.waited) == (503, 0)
    world = World(DUE)
    world.cloud.become(4, State(WAKING, 0))
    world.cloud.become(60, State(AWAKE, 0))
    assert world.ask(hold="600").status == 307


def test_a_second_failure_ends_the_wait() -> None:
    world = World(DUE)
    world.cloud.become(4, State(WAKING, 0))
    world.cloud.become(60, DUE._replace(retry_at=NOW + 3600))
    reply = world.ask(hold="600")
    assert code(reply) == "failed"
    assert world.waited == pytest.approx(60, abs=0.6)


def test_who_is_held_while_a_sleep_wins_asks_again() -> None:
    world = World(State(WAKING, NOW - 3, wakes_seen=1))
    world.cloud.wakes = 1
    world.cloud.become(20, State(ASLEEP, 0))
    world.cloud.become(25, State(WAKING, 0))
    world.cloud.become(80, State(AWAKE, 0))
    assert world.ask(hold="600").status == 307
    assert (world.cloud.wakes, world.cloud.writes) == (2, 1)
    assert world.lines[0]["wake"]


def test_a_look_that_fails_ends_nobodys_wait() -> None:
    world = World(State(WAKING, NOW - 3))
    world.cloud.plan(5, lambda: world.cloud.broken.add("look"))
    world.cloud.plan(20, world.cloud.broken.clear)
    world.cloud.become(10, State(AWAKE, 0))
    assert world.ask(hold="600").status == 307
    assert world.waited == pytest.approx(
        30, abs=2
    )  # awake for ten seconds by then: so long it may take to be so


def test_an_item_that_no_reconciler_wrote_frees_the_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(State(WAKING, NOW - 3))
    look = world.cloud.look

    def spoiled(endpoint: str) -> object:
        if world.waited > 5:
            raise ItemError("state: must be a state's name")
        return look(endpoint)

    monkeypatch.setattr(world.cloud, "look", spoiled)
    reply = world.ask(hold="600")
    assert (reply.status, code(reply), world.free_slots) == (503, "unavailable", True)


def test_an_error_of_our_own_frees_the_slot(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(State(WAKING, NOW - 3))

    def fail(_seconds: float) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(world.cloud, "sleep", fail)
    with pytest.raises(RuntimeError):
        world.ask(hold="600")
    assert world.free_slots


# --- the machine stands there ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "pause"), [(0, 1), (0.5, 1), (3, 3), (9.5, 9.5), (10, 10), (9999, 10), (-60, 1)]
)
def test_awake_and_still_here_waits_the_longer_the_older_it_is(age: float, pause: float) -> None:
    world = World(State(AWAKE, NOW - age))
    assert (world.ask().status, world.waited) == (307, pytest.approx(pause))
    assert (world.cloud.wakes, world.free_slots) == (0, True)


def test_without_a_slot_a_redirect_takes_a_second_and_is_never_refused() -> None:
    world = World(State(AWAKE, NOW - 300))
    for slot in (0, 1):
        world.cloud.take_slot(slot, "another", NOW, NOW + 500)
    assert (world.ask().status, world.waited) == (307, pytest.approx(1))


def test_a_redirect_comes_within_the_time_that_was_asked_for_or_a_second() -> None:
    world = World(State(AWAKE, NOW - 300))
    assert (world.ask(hold="4").status, world.waited) == (307, pytest.approx(4))
    world = World(State(AWAKE, NOW - 300))
    assert (world.ask(hold="0").status, world.waited) == (307, pytest.approx(1))


def test_a_request_between_turning_the_route_and_sleep_cancels_it() -> None:
    world = World(SLEEPING)
    world.cloud.become(4, State(AWAKE, 0))
    reply = world.ask()
    assert (reply.status, world.cloud.wakes) == (307, 1)
    assert world.waited == pytest.approx(5, abs=0.6)
    assert (world.cloud.most_slots, world.free_slots) == (1, True)


def test_it_waits_ten_seconds_for_that_and_no_longer_than_it_asked() -> None:
    world = World(SLEEPING)
    reply = world.ask()
    assert (reply.status, code(reply), retry_after(reply)) == (503, "scaling_up", 2)
    assert world.waited == pytest.approx(10)
    world = World(SLEEPING)
    assert (world.ask(hold="3").status, world.waited) == (503, pytest.approx(3))


def test_a_sleep_that_won_is_a_wake_like_any_other() -> None:
    world = World(SLEEPING)
    world.cloud.become(4, State(ASLEEP, 0))
    reply = world.ask()
    assert (reply.status, code(reply), retry_after(reply)) == (503, "scaling_up", 100)
    assert world.waited == pytest.approx(4, abs=0.6)
    assert world.cloud.wakes == 2  # the first one came too late
    held = World(SLEEPING)
    held.cloud.become(4, State(ASLEEP, 0))
    held.cloud.become(6, State(WAKING, 0))
    held.cloud.become(90, State(AWAKE, 0))
    assert held.ask(hold="600").status == 307


def test_told_to_go_to_zero_it_does_and_wakes_again() -> None:
    world = World(State(DRAINING, NOW - 5, goal=ZERO))
    assert (world.ask().status, world.waited, world.cloud.wakes) == (503, 0, 1)
    world.cloud.become(30, State(ASLEEP, 0))
    world.cloud.become(33, State(WAKING, 0))
    world.cloud.become(90, State(AWAKE, 0))
    assert world.ask(hold="600").status == 307


# --- who asks for the wake alone, and who asks nothing of the model ----------------------------


def test_the_wake_alone_can_be_held_too() -> None:
    world = World(ASLEEP_LONG)
    world.cloud.become(2, State(WAKING, 0))
    world.cloud.become(60, State(AWAKE, 0))
    reply = world.ask("POST /_homeport/wake", hold="600")
    assert (reply.status, reply.body, where(reply)) == (200, {"state": "awake"}, None)
    late = World(State(WAKING, NOW - 20)).ask("POST /_homeport/wake", hold="5")
    assert (late.status, late.body, retry_after(late)) == (202, {"state": "waking"}, 75)


def test_a_question_is_not_held() -> None:
    world = World(State(WAKING, NOW - 20))
    assert (world.ask(f"GET {INFO}", hold="600").status, world.waited) == (503, 0)
