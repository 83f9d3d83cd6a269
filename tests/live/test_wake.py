"""Sleep and wake, live: the functions that ship, before real machines, under clients that do what they are told."""

import json
import random
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest

from sandbox.live.traffic import CHAT
from tests.live.patient import PatientClients
from tests.live.sleeper import (
    ENDPOINT,
    JANE,
    QUESTION,
    RECONCILER,
    SLEEPS,
    SPEC,
    Sleeper,
    sleeper,
    tell,
)
from tests.live.stack import STACK, wait

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]

REQUESTS = 10_000
HOLD_SLOTS = 20
SLEEPS_OF_THE_TRICKLE = 16
CALLS_OF_A_WAKE = 16
"""By the reconciler, from a request to a replica that serves and what it does next."""


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sleeper]:
    with sleeper(tmp_path_factory.mktemp("wake")) as found:
        yield found


def test_what_does_not_wake(one: Sleeper) -> None:
    assert one.ask(authorization="").status == 401
    assert one.ask(authorization="Bearer hf_nobody_0123456789").status in (401, 403)
    assert one.ask("/v1/pause").status == 404
    assert one.ask(method="GET").status == 404
    assert one.ask("/.env", "GET", authorization="").status == 404
    assert one.ask("/health", "GET", authorization="").text.count("asleep") == 1
    assert ENDPOINT in one.ask("/v1/models", "GET").text
    assert (one.state, one.size()) == ("ASLEEP", (0, 0))


def test_cold_requests_and_held_ones(one: Sleeper) -> None:
    """Five wakes, each with as many held as there are slots."""
    cold, asked, waits = [], [], []
    for _ in range(5):
        one.sleep_again()
        began = time.monotonic()
        answer = one.ask()
        cold.append(time.monotonic() - began)
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) >= 1
        waits += _held_until_healthy(one)
        seconds = one.seconds_to_capacity()
        assert seconds is not None
        asked.append(seconds)
        assert one.ask().status == 200
        if len(cold) < 5:
            one.project.homeport("scale-to-zero", SPEC)
    tell(
        f"cold answer {_figures(cold)}; seen by the gate to capacity asked for {_figures(asked)};"
        f" {len(waits)} held, healthy to redirected {_figures(waits)}"
    )


def _held_until_healthy(one: Sleeper) -> list[float]:
    """Real seconds from the first healthy replica to each redirect."""
    healthy_at: list[float] = []

    def watch() -> None:
        wait(lambda: bool(one.stack.serving(ENDPOINT)), "healthy")
        healthy_at.append(time.monotonic())

    def hold(_: int) -> tuple[int, float]:
        answer = one.ask(**{"x-scale-up-timeout": "600"})
        return answer.status, time.monotonic()

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(HOLD_SLOTS) as pool:
        held = list(pool.map(hold, range(HOLD_SLOTS)))
    watcher.join()
    assert {status for status, _ in held} == {307}
    return [at - healthy_at[0] for _, at in held]


def _figures(seconds: list[float]) -> str:
    """In real time."""
    whole = sorted(seconds)
    p99 = whole[min(len(whole) - 1, int(len(whole) * 0.99))]
    return f"p50 {statistics.median(whole):.2f} s, p99 {p99:.2f} s of {len(whole)}"


def test_the_record_of_the_wake(one: Sleeper) -> None:
    def phases() -> dict[str, Any]:
        answer = one.stack.sandbox.boto3_client("dynamodb").query(
            TableName=f"homeport-{STACK}", KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"{ENDPOINT}#wake-record"}},
        )  # fmt: skip
        return answer["Items"][-1]["phases"]["M"] if answer["Items"] else {}

    wait(lambda: "first_answer" in phases(), "the record is complete")
    found = {name: float(value["N"]) for name, value in phases().items()}
    assert {"machine", "image", "weights", "engine", "answered", "in_service"} <= found.keys()
    after = {name: round(at - found["machine"], 1) for name, at in found.items()}
    tell(f"phases, seconds after the machine: {after}")


def test_it_sleeps_when_idle(one: Sleeper) -> None:
    one.sleep_again()
    assert one.size() == (0, 0)


def test_a_trickle_over_sleeps_and_wakes(one: Sleeper) -> None:
    """Pauses end before, while and after it goes to sleep."""
    luck = random.Random(6)  # noqa: S311
    clients, asked = PatientClients(one, "trickle"), set[float]()
    turned = one.acts().count("Turn {'route': 'gate'}")
    for _ in range(SLEEPS_OF_THE_TRICKLE):
        clients.send(REQUESTS // SLEEPS_OF_THE_TRICKLE)
        asked |= {seconds for seconds in (one.seconds_to_capacity(),) if seconds is not None}
        time.sleep(luck.uniform(14, 20))
    sleeps = one.acts().count("Turn {'route': 'gate'}") - turned
    tell(f"{sleeps} times turned to the gate; capacity asked for {_figures(list(asked))}")
    clients.check()
    assert sleeps >= SLEEPS_OF_THE_TRICKLE // 2


def test_pause_and_resume(one: Sleeper) -> None:
    clients = PatientClients(one, "pause")
    with clients.sending(REQUESTS):
        wait(lambda: clients.answered > REQUESTS // 10, "some are answered")
        one.project.homeport("pause", SPEC, "--yes", "--wait")
        assert (one.state, one.size()) == ("PAUSED", (0, 0))
        wait(lambda: clients.seen["paused"] > 0, "clients are told")
        one.project.homeport("resume", SPEC, "--wait")
    clients.check()


def test_min_0_to_1_and_back(one: Sleeper) -> None:
    one.sleep_again()
    clients = PatientClients(one, "edit")
    with clients.sending(REQUESTS):
        one.stack.edit(ENDPOINT, SLEEPS, "min: 1")
        one.project.up()
        wait(lambda: bool(one.stack.serving(ENDPOINT)), "one serves")
        one.stack.edit(ENDPOINT, "min: 1", SLEEPS)
        one.project.up()
        assert one.size()[0] == 1  # the floor of an awake endpoint
    clients.check()
    one.sleep_again()


def test_an_up_changes_neither_size_nor_route(one: Sleeper) -> None:
    """Asleep, waking, scaled out and draining; also where `up` reads first how everything stands."""

    def up(state: str, option: str = "--refresh") -> None:
        before = (one.state, one.size(), one.route())
        began = time.monotonic()
        one.project.up(option)
        seconds = time.monotonic() - began
        assert (one.state, one.size(), one.route()) == before
        assert before[0] == state
        tell(f"up while {state} took {seconds:.0f} s: size {before[1]}, route {before[2]}")

    one.sleep_again()
    up("ASLEEP")
    clients = PatientClients(one, "up")
    one.live.set_faults(engine={"load_seconds": 40.0, "first_token_seconds": 1.0, "concurrency": 4})
    with clients.sending(REQUESTS):
        one.wait_for("WAKING")
        wait(lambda: one.size() == (1, 1), "capacity asked for")
        up("WAKING")
        one.wait_for("AWAKE")
        one.live.set_faults(engine={"first_token_seconds": 1.0, "concurrency": 4})
        wait(lambda: one.stack.has(ENDPOINT, 2), "scaled out")
        up("AWAKE")
        one.live.set_faults()
    calm = PatientClients(one, "calm", count=2)
    with calm.sending(1):  # enough to stay awake
        wait(lambda: one.stack.has(ENDPOINT, 1), "scaled in")
    with _long_stream(one) as ended:
        one.project.homeport("scale-to-zero", SPEC)
        one.wait_for("DRAINING")
        up("DRAINING", "--expect-no-changes")  # which is over before the stream is
        assert not ended.is_set()
    clients.send(REQUESTS // 100)
    clients.check()
    calm.check()


@contextmanager
def _long_stream(one: Sleeper) -> Iterator[threading.Event]:
    """One answer that goes on during the block, and comes whole; the event says that it has ended."""
    began, ended = threading.Event(), threading.Event()

    def read() -> str:
        connection = one.door()
        question = {**QUESTION, "stream": True, "max_tokens": 7000}
        headers = {"content-type": "application/json", **JANE}
        connection.request("POST", CHAT, json.dumps(question), headers)
        answer = connection.getresponse()
        assert answer.status == 200
        began.set()
        try:
            return answer.read().decode()
        finally:
            ended.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        text = pool.submit(read)
        assert began.wait(30)
        yield ended
        assert text.result().count("data: {") == 7000
        assert text.result().endswith("data: [DONE]\n\n")


def test_the_reconciler_is_killed_after_each_call(one: Sleeper) -> None:
    """In a sleep or in the wake after it, at its first call to AWS, its second, and so on; the next run goes on."""

    def killed() -> int:
        return one.live.functions()[RECONCILER]["errors"]

    clients = PatientClients(one, "killed")
    for calls in range(1, CALLS_OF_A_WAKE + 1):
        one.sleep_again()
        errors = killed()
        one.live.set_faults(functions={"crash": {"function": RECONCILER, "after_calls": calls}})
        clients.send(REQUESTS // CALLS_OF_A_WAKE)
        wait(lambda before=errors: killed() > before, f"killed after {calls} calls")
        one.live.set_faults()
    clients.check()
