"""What the gate says in each state, to whom, and whether it wakes: a table, on a clock of its own."""

from typing import Any

import pytest

from dataplane.gateway.agent.verdicts import HubSays
from dataplane.wake.model import (
    ASLEEP,
    AWAKE,
    DRAINING,
    FAILED,
    NEVER_READY,
    NO_CAPACITY,
    PAUSE,
    PAUSED,
    SLEEP,
    WAKING,
    ZERO,
    State,
)
from tests.unit.dataplane.wake.gate_world import (
    CHAT,
    CONFIG,
    INFO,
    JANE,
    MODELS,
    NOW,
    World,
    code,
    retry_after,
    where,
)

WAKE = "POST /_homeport/wake"
FRESH = State(AWAKE, NOW - 0.2)
SLEEPING = State(DRAINING, NOW - 5, goal=SLEEP)
TRIED = State(FAILED, NOW - 100, retry_at=NOW + 800, reason_code="no_capacity", reason="no machine")
GIVEN_UP = TRIED._replace(retry_at=0.0)


@pytest.mark.parametrize(
    ("state", "line", "status", "said", "wakes", "retry"),
    [
        # The route that works the model.
        (None, CHAT, 503, "scaling_up", 1, 100),
        (State(ASLEEP, NOW - 9999), CHAT, 503, "scaling_up", 1, 100),
        (State(WAKING, NOW - 30), CHAT, 503, "scaling_up", 0, 70),
        (State(WAKING, NOW - 3000), CHAT, 503, "scaling_up", 0, 5),
        (FRESH, CHAT, 307, None, 0, None),
        (SLEEPING, CHAT, 503, "scaling_up", 1, 2),
        (State(DRAINING, NOW - 5, goal=ZERO), CHAT, 503, "scaling_up", 1, 100),
        (State(DRAINING, NOW - 5, goal=PAUSE), CHAT, 503, "paused", 0, None),
        (State(PAUSED, NOW - 5), CHAT, 503, "paused", 0, None),
        (TRIED, CHAT, 503, "failed", 1, 800),
        (TRIED._replace(retry_at=NOW - 1), CHAT, 503, "failed", 1, 5),
        (GIVEN_UP, CHAT, 503, "failed", 1, None),
        # The wake alone.
        (None, WAKE, 202, None, 1, 100),
        (State(ASLEEP, NOW - 9999), WAKE, 202, None, 1, 100),
        (State(WAKING, NOW - 30), WAKE, 202, None, 0, 70),
        (FRESH, WAKE, 200, None, 0, None),
        (SLEEPING, WAKE, 202, None, 1, 2),
        (State(PAUSED, NOW - 5), WAKE, 503, "paused", 0, None),
        (TRIED, WAKE, 503, "failed", 1, 800),
        # A question about the server.
        (None, INFO, 503, "asleep", 0, None),
        (State(ASLEEP, NOW - 9999), INFO, 503, "asleep", 0, None),
        (State(WAKING, NOW - 30), INFO, 503, "scaling_up", 0, 70),
        (FRESH, INFO, 307, None, 0, None),
        (SLEEPING, INFO, 503, "asleep", 0, None),
        (State(PAUSED, NOW - 5), INFO, 503, "paused", 0, None),
        (GIVEN_UP, INFO, 503, "failed", 0, None),
    ],
)
def test_each_state(
    state: State | None, line: str, status: int, said: str | None, wakes: int, retry: int | None
) -> None:
    world = World(state)
    asked = {CHAT: f"POST {CHAT}", INFO: f"GET {INFO}"}.get(line, line)
    reply = world.ask(asked)
    assert (reply.status, code(reply), world.cloud.wakes) == (status, said, wakes)
    assert retry_after(reply) == retry
    assert where(reply) == (line if status == 307 else None)
    assert world.free_slots
    assert world.lines[0]["wake"] is (wakes == 1)


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (None, "asleep"), (State(ASLEEP, NOW), "asleep"), (State(WAKING, NOW), "waking"), (FRESH, "awake"),
        (SLEEPING, "draining"), (State(PAUSED, NOW), "paused"), (GIVEN_UP, "failed"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("line", ["GET /health", "HEAD /health"])
def test_health_is_anybodys_and_wakes_nothing(state: State | None, word: str, line: str) -> None:
    world = World(state)
    reply = world.ask(line, authorization="")
    assert (reply.status, reply.body) == (200, {"state": word})
    assert (world.cloud.wakes, world.waited, world.cloud.asked) == (0, 0, [])


@pytest.mark.parametrize(
    "state", [None, State(WAKING, NOW), FRESH, SLEEPING, State(PAUSED, NOW), GIVEN_UP]
)
def test_a_model_exists_while_it_sleeps(state: State | None) -> None:
    world = World(state)
    reply = world.ask(f"GET {MODELS}")
    assert reply.status == 200
    assert [one["id"] for one in reply.body["data"]] == ["llama", "meta/llama"]
    assert (world.cloud.wakes, world.waited) == (0, 0)
    assert world.ask(f"GET {MODELS}", authorization="").status == 401


def test_a_wake_that_waits_is_not_asked_for_again() -> None:
    world = World(State(ASLEEP, NOW - 50, wakes_seen=4))
    world.cloud.wakes = 4
    assert [world.ask().status for _ in range(5)] == [503] * 5
    assert (world.cloud.wakes, world.cloud.writes) == (5, 1)
    assert all(line["wake"] for line in world.lines)


def test_retry_after_is_the_middle_of_the_wakes_that_were_measured() -> None:
    slept = State(ASLEEP, NOW - 50, recent_wakes=(30.0, 44.5, 900.0))
    assert retry_after(World(slept).ask()) == 45
    assert retry_after(World(slept._replace(name=WAKING, since=NOW - 20)).ask()) == 25
    assert retry_after(World(slept._replace(recent_wakes=(700.0,))).ask()) == 120
    assert retry_after(World(slept._replace(recent_wakes=(0.5,))).ask()) == 5


def test_times_are_divided_in_a_sandbox_and_retry_after_is_never_zero() -> None:
    slept = State(ASLEEP, NOW - 50)
    assert retry_after(World(slept, scale=20).ask()) == 5  # 100 s of the plan
    assert retry_after(World(slept._replace(recent_wakes=(3.2,)), scale=20).ask()) == 4  # measured
    assert retry_after(World(slept._replace(recent_wakes=(0.1,)), scale=20).ask()) == 1
    draining = World(SLEEPING, scale=20)
    draining.cloud.become(0.3, State(AWAKE, 0))
    assert draining.ask().status == 307
    assert draining.waited < 0.5


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (NO_CAPACITY, "the cloud has no machine"),
        (NEVER_READY, "no replica became"),
        ("", "owner can"),
    ],
)
def test_of_a_failed_start_the_kind_is_told_and_none_of_the_clouds_words(
    code: str, told: str
) -> None:
    reason = "i-0abc1234def of 123456789012 may not. Encoded authorization failure message: 4GIOHl"
    error = World(GIVEN_UP._replace(reason_code=code, reason=reason)).ask().body["error"]
    assert error["type"] == "unavailable"
    assert told in error["message"]
    assert not any(word in error["message"] for word in reason.split())


@pytest.mark.parametrize("call", ["first_look", "add_wake", "claim_token", "hub_calls"])
def test_a_table_that_does_not_answer_is_503_and_nothing_else(call: str) -> None:
    world = World(State(ASLEEP, NOW))
    world.cloud.broken = {call}
    reply = world.ask()
    assert (reply.status, code(reply), retry_after(reply)) == (503, "unavailable", 5)
    assert world.cloud.wakes == 0
    assert world.lines[0]["error"] == "CloudError: ThrottlingException"


def test_what_the_table_said_before_a_slow_token_check_is_read_again() -> None:
    world = World(State(ASLEEP, NOW))

    def hub(_token: str) -> HubSays:
        world.cloud.become(1, State(AWAKE, NOW))
        world.cloud.sleep(4)
        return JANE

    world.cloud.hub = hub
    assert (world.ask().status, world.cloud.wakes) == (307, 0)
    world.cloud.broken = {"look"}
    assert (
        world.ask().status == 307
    )  # what is known of the token, and the state with it, came at once


def test_the_log_names_the_route_and_nothing_that_the_caller_wrote() -> None:
    world = World(State(ASLEEP, NOW))
    world.ask(f"POST {CHAT}?secret=hunter2", cookie="hunter2", x_api_key="hunter2")
    world.ask("BREW /hunter2")
    world.ask("GET /hunter2?hunter2", host="hunter2.endpoints.test")
    assert world.lines[0] == {
        "endpoint": "llama", "method": "POST", "route": f"POST {CHAT}", "status": 503, "code": "scaling_up",
        "waited_seconds": 0.0, "wake": True,
    }  # fmt: skip
    assert world.lines[1]["method"] == "other"
    assert [line["status"] for line in world.lines] == [503, 404, 404]
    assert "hunter2" not in str(world.lines)
    assert "hf_" not in str(world.lines)


def _message(reply: Any) -> str:
    return reply.body["error"]["message"]


def test_every_answer_says_what_to_do() -> None:
    assert "X-Scale-Up-Timeout" in _message(World(None).ask())
    assert "resumes" in _message(World(State(PAUSED, NOW)).ask())
    assert "does not wake" in _message(World(None).ask(f"GET {INFO}"))
    assert f"POST {CHAT}" in _message(World(None).ask("POST /nothing"))
    assert CONFIG.endpoint not in str(World(None).ask("GET /", host="b.endpoints.test").body)
