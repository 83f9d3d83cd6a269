"""Sleep and wake, live: the functions that ship, before real machines, under clients that do what they are told."""

import json
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest

from sandbox.live.traffic import CHAT
from tests.live.stack import DOMAIN, STACK, LiveStack, live_stack, wait

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]

ENDPOINT = "llama-8b"
SPEC = f"stacks/{STACK}/{ENDPOINT}.yaml"
JANE = {"authorization": "Bearer hf_jane_0123456789abcdef"}
GATE, RECONCILER = f"homeport-{STACK}-gate", f"homeport-{STACK}-reconciler"
TRICKLE, TRIES_MAX = 2000, 400


class Answer(NamedTuple):
    """Of one request."""

    status: int
    headers: dict[str, str]
    text: str


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with live_stack(tmp_path_factory.mktemp("wake")) as running:
        for other in ("bge-small", "qwen-32b"):
            for file in running.project.spec_file(other).parent.glob(f"{other}.*"):
                file.unlink()
        running.edit(ENDPOINT, "min: 1", "min: 0\n  scaleToZeroAfter: 5m")
        running.project.up()
        wait(lambda: state(running) == "ASLEEP", "asleep")
        yield running
        running.project.destroy()


def state(stack: LiveStack) -> str:
    """As the reconciler wrote it; empty before its first run."""
    answer = stack.sandbox.boto3_client("dynamodb").get_item(
        TableName=f"homeport-{STACK}", Key={"pk": {"S": f"{ENDPOINT}#state"}, "sk": {"S": "state"}}
    )
    return answer["Item"]["state"]["S"] if "Item" in answer else ""


def group(stack: LiveStack) -> dict[str, Any]:
    """As Auto Scaling describes it."""
    answer = stack.sandbox.boto3_client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[f"homeport-{STACK}.{ENDPOINT}"]
    )
    return answer["AutoScalingGroups"][0]


def desired(stack: LiveStack) -> int:
    return group(stack)["DesiredCapacity"]


def launches(stack: LiveStack) -> int:
    """How often a machine was asked for."""
    answer = stack.sandbox.boto3_client("autoscaling").describe_scaling_activities(
        AutoScalingGroupName=f"homeport-{STACK}.{ENDPOINT}"
    )
    return sum(one["Description"].startswith("Launching") for one in answer["Activities"])


def ask(stack: LiveStack, path: str = CHAT, method: str = "POST", **headers: str) -> Answer:
    """One request, one answer; nothing is followed."""
    connection = stack.live.connect("public", f"{ENDPOINT}.{DOMAIN}")
    question = {"model": ENDPOINT, "messages": [{"role": "user", "content": "hello"}]}
    body = json.dumps(question) if method == "POST" else None
    sent = {"content-type": "application/json", **JANE, **headers}
    try:
        connection.request(method, path, body, {key: value for key, value in sent.items() if value})
        answer = connection.getresponse()
        found = {key.lower(): value for key, value in answer.getheaders()}
        return Answer(answer.status, found, answer.read().decode())
    finally:
        connection.close()


def insist(stack: LiveStack, identifier: str, seen: Counter[str]) -> bool:
    """As a patient client does: come back when told to, follow a redirect. False where it was lost."""
    for _ in range(TRIES_MAX):
        answer = ask(stack, **{"x-test-id": identifier})
        told = answer.status == 307 or (answer.status == 503 and "retry-after" in answer.headers)
        seen[f"{answer.status}" if answer.status == 200 or told else f"bare {answer.status}"] += 1
        if answer.status == 200:
            return True
        if not told:
            return False
        time.sleep(0 if answer.status == 307 else 0.5)
    return False


def tell(text: str) -> None:
    sys.stdout.write(f"\n  {text}\n")


def sleep_again(stack: LiveStack) -> None:
    wait(lambda: state(stack) == "ASLEEP" and not stack.machines(ENDPOINT), "asleep again")


def test_what_does_not_wake(stack: LiveStack) -> None:
    assert ask(stack, authorization="").status == 401
    assert ask(stack, authorization="Bearer hf_nobody_0123456789").status in (401, 403)
    assert ask(stack, "/v1/pause").status == 404
    assert ask(stack, "/health", "GET", authorization="").text.count("asleep") == 1
    assert ENDPOINT in ask(stack, "/v1/models", "GET").text
    assert (state(stack), desired(stack)) == ("ASLEEP", 0)


def test_a_cold_request_and_held_ones(stack: LiveStack) -> None:
    began = time.monotonic()
    cold = ask(stack)
    answered = time.monotonic() - began
    assert cold.status == 503
    assert int(cold.headers["retry-after"]) >= 1
    wait(lambda: desired(stack) == 1, "capacity asked for")
    asked = time.monotonic() - began
    healthy_at: list[float] = []

    def watch() -> None:
        wait(lambda: bool(stack.serving(ENDPOINT)), "healthy")
        healthy_at.append(time.monotonic())

    def hold(_: int) -> tuple[int, float]:
        answer = ask(stack, **{"x-scale-up-timeout": "600"})
        return answer.status, time.monotonic()

    watcher = threading.Thread(target=watch)
    watcher.start()
    with ThreadPoolExecutor(12) as pool:
        held = list(pool.map(hold, range(12)))
    watcher.join()
    assert {status for status, _ in held} == {307}
    waits = [at - healthy_at[0] for _, at in held]
    assert ask(stack).status == 200
    tell(
        f"cold answer {answered:.2f} s, capacity asked for after {asked:.2f} s; 12 held, healthy to redirected"
        f" p50 {statistics.median(waits):.2f} s, max {max(waits):.2f} s (real time)"
    )


def test_the_record_of_the_wake(stack: LiveStack) -> None:
    def phases() -> dict[str, Any]:
        answer = stack.sandbox.boto3_client("dynamodb").query(
            TableName=f"homeport-{STACK}", KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"{ENDPOINT}#wake-record"}},
        )  # fmt: skip
        return answer["Items"][-1]["phases"]["M"] if answer["Items"] else {}

    wait(lambda: "first_answer" in phases(), "the record is complete")
    found = {name: float(value["N"]) for name, value in phases().items()}
    assert {"machine", "image", "weights", "engine", "answered", "in_service"} <= found.keys()
    after = {name: round(at - found["machine"], 1) for name, at in found.items()}
    tell(f"phases, seconds after the machine: {after}")


def test_pause_and_resume(stack: LiveStack) -> None:
    stack.project.homeport("pause", SPEC, "--yes", "--wait")
    assert (state(stack), ask(stack).status) == ("PAUSED", 503)
    assert desired(stack) == 0
    stack.project.homeport("resume", SPEC, "--wait")
    assert insist(stack, "resumed", Counter())


def test_an_up_changes_neither_size_nor_route(stack: LiveStack) -> None:
    """Whatever it finds: with a load beside it awake, without one perhaps asleep by its end."""
    assert insist(stack, "before-up", Counter())
    stack.project.up("--expect-no-changes")
    assert insist(stack, "after-up", Counter())


def test_it_sleeps_when_idle_and_an_up_does_not_wake_it(stack: LiveStack) -> None:
    sleep_again(stack)
    stack.project.up("--expect-no-changes")
    assert (state(stack), desired(stack)) == ("ASLEEP", 0)


@pytest.mark.parametrize("concurrency", [10, 100, 1000])
def test_a_thousand_cold_requests_at_once(stack: LiveStack, concurrency: int) -> None:
    sleep_again(stack)
    stack.live.set_faults(functions={"concurrency": concurrency})
    before, counts = launches(stack), stack.live.functions()
    began = time.monotonic()
    with ThreadPoolExecutor(250) as pool:
        asking = pool.map(lambda _: ask(stack), range(1000))
        wait(lambda: desired(stack) == 1, "capacity asked for")
        asked = time.monotonic() - began
        statuses = Counter(
            "503"
            if "retry-after" in one.headers
            else f"bare {one.status}"
            if one.status != 200
            else "200"
            for one in asking
        )
    stack.live.set_faults()
    wait(lambda: state(stack) == "AWAKE", "awake")
    after = stack.live.functions()
    throttled = after[GATE]["throttles"] - counts[GATE]["throttles"]
    tell(
        f"concurrency {concurrency}: {dict(statuses)}, {throttled} throttled, capacity asked for after"
        f" {asked:.2f} s, {launches(stack) - before} machine asked for"
    )
    assert sum(statuses.values()) == 1000
    assert launches(stack) - before == 1
    assert statuses["bare 502"] <= throttled
    assert insist(stack, f"after-{concurrency}", Counter())


def test_a_trickle_over_sleeps_and_wakes_loses_nothing(stack: LiveStack) -> None:
    seen: Counter[str] = Counter()
    lost: list[str] = []
    wakes = launches(stack)

    def client(number: int) -> None:
        for turn in range(TRICKLE // 8):
            identifier = f"trickle-{number}-{turn}"
            if not insist(stack, identifier, seen):
                lost.append(identifier)
            if turn % 50 == 49:
                time.sleep(19)  # longer than it takes to sleep

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(client, range(8)))
    executed = stack.executed().items()
    doubled = [one for one, times in executed if one.startswith("trickle") and times > 1]
    tell(
        f"trickle: {TRICKLE} requests, {len(lost)} lost, {len(doubled)} doubled, {dict(seen)},"
        f" {launches(stack) - wakes} wakes"
    )
    assert (lost, doubled) == ([], [])


def test_min_0_to_1_and_back_under_load(stack: LiveStack) -> None:
    lost: list[str] = []
    seen: Counter[str] = Counter()
    over = threading.Event()

    def client(number: int) -> None:
        turn = 0
        while not over.is_set():
            if not insist(stack, f"edit-{number}-{turn}", seen):
                lost.append(f"{number}-{turn}")
            turn += 1
            time.sleep(0.05)

    with ThreadPoolExecutor(6) as pool:
        clients = [pool.submit(client, number) for number in range(6)]
        try:
            stack.edit(ENDPOINT, "min: 0\n  scaleToZeroAfter: 5m", "min: 1")
            stack.project.up()
            wait(lambda: bool(stack.serving(ENDPOINT)), "one serves")
            stack.edit(ENDPOINT, "min: 1", "min: 0\n  scaleToZeroAfter: 5m")
            stack.project.up()
            wait(lambda: group(stack)["MinSize"] == 1, "the floor of an awake endpoint")
        finally:
            over.set()
        for one in clients:
            one.result()
    tell(f"min 0 -> 1 -> 0: {sum(seen.values())} answers {dict(seen)}, {len(lost)} lost")
    assert lost == []


def test_the_reconciler_is_killed_after_each_call(stack: LiveStack) -> None:
    """In a sleep or in the wake after it, at its first call to AWS, its third, and so on; the next run goes on."""
    for calls in range(1, 16, 2):
        sleep_again(stack)
        errors = stack.live.functions()[RECONCILER]["errors"]
        stack.live.set_faults(functions={"crash": {"function": RECONCILER, "after_calls": calls}})
        ask(stack)
        wait(lambda before=errors: killed(stack) > before, f"killed after {calls} calls")
        stack.live.set_faults()
        assert insist(stack, f"killed-{calls}", Counter())
    executed = stack.executed()
    assert all(executed[f"killed-{calls}"] == 1 for calls in range(1, 16, 2))
    tell("killed after its first, third, ... fifteenth call: woken and answered each time, once")


def killed(stack: LiveStack) -> int:
    return stack.live.functions()[RECONCILER]["errors"]
