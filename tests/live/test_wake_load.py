"""An endpoint that sleeps and is woken, under requests: the functions that ship, behind the stack's own load balancer.

The tests share one stack and go on from where the one before ended, in the order of this file. Each prints its figures;
seconds are real ones, in an account whose time runs `TIME_SCALE` times as fast.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

import pytest
from rich.console import Console

from tests.live.patience import PatientClient, Reply
from tests.live.stack import DOMAIN, STACK, TIME_SCALE, LiveStack, live_stack, wait

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]

T = TypeVar("T")
ENDPOINT = "llama-8b"
GROUP, GATE = f"homeport-{STACK}.{ENDPOINT}", f"homeport-{STACK}-gate"
RECONCILER = f"homeport-{STACK}-reconciler"
JANE = {"authorization": "Bearer hf_jane_0123456789abcdef"}
IDLE_SECONDS = 60.0
HELD, AT_ONCE = 20, int(os.environ.get("HOMEPORT_TEST_AT_ONCE", "1000"))
REQUESTS = int(os.environ.get("HOMEPORT_TEST_REQUESTS", "10000"))
WAKES, CLIENTS = 6, 16
HOLD_SECONDS = "40"
GATE_MEBIBYTES = 256
"""What the function has."""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with live_stack(tmp_path_factory.mktemp("live")) as running:
        for other in ("bge-small", "qwen-32b"):
            for file in running.project.spec_file(other).parent.glob(f"{other}.*"):
                file.unlink()
        running.edit(ENDPOINT, "min: 1", "min: 0\n  scaleToZeroAfter: 1m")
        running.edit(ENDPOINT, "maxRequestSeconds: 900", "maxRequestSeconds: 60")
        running.project.up()
        yield running


@dataclass(frozen=True)
class _Sizes:
    """What the group was asked for while something ran."""

    seen: list[tuple[float, int]]
    """Moment of the monotonic clock and size, at each change."""

    def asked_at(self) -> float:
        return next(at for at, size in self.seen if size == 1)


def _client(stack: LiveStack) -> PatientClient:
    connect = stack.live.door("public", f"{ENDPOINT}.{DOMAIN}")
    return PatientClient(connect, JANE, model=ENDPOINT, time_scale=TIME_SCALE)


def _health(stack: LiveStack) -> str:
    """Of the gate, or what a replica says."""
    connection = stack.live.connect("public", f"{ENDPOINT}.{DOMAIN}")
    try:
        connection.request("GET", "/health")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def _size(stack: LiveStack) -> int:
    found = stack.sandbox.boto3_client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[GROUP]
    )
    return found["AutoScalingGroups"][0]["DesiredCapacity"]


def _launches(stack: LiveStack) -> int:
    pages = stack.sandbox.boto3_client("autoscaling").get_paginator("describe_scaling_activities")
    found = pages.paginate(AutoScalingGroupName=GROUP, IncludeDeletedGroups=True)
    every = [one for page in found for one in page["Activities"]]
    return sum("Launching" in one["Description"] for one in every)


def _sleeps(stack: LiveStack) -> None:
    wait(lambda: '"asleep"' in _health(stack), "asleep")
    wait(lambda: not stack.machines(ENDPOINT), "no machine left")


def _watched(stack: LiveStack, work: Callable[[], T]) -> tuple[T, _Sizes, float]:
    """`work`, with the sizes of the group and the moment its first target was healthy."""
    sizes, healthy = [(time.monotonic(), _size(stack))], 0.0
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(work)
        while not job.done() or not healthy:
            size = _size(stack)
            if size != sizes[-1][1]:
                sizes.append((time.monotonic(), size))
            if not healthy and stack.serving(ENDPOINT):
                healthy = time.monotonic()
            if job.done() and job.exception():
                break
            time.sleep(0.05)
        return job.result(), _Sizes(sizes), healthy


def _doubled(stack: LiveStack) -> list[str]:
    return [name for name, times in stack.executed().items() if times > 1 and name != "-"]


def _gate_mebibytes(stack: LiveStack) -> float:
    """The most that a process of the gate has had, of those that run."""
    folder = str(Path(stack.live.functions()[GATE]["log"]).parent)
    peaks = [0]
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if folder in (process / "cmdline").read_text():
                lines = (process / "status").read_text().splitlines()
                peaks += [int(one.split()[1]) for one in lines if one.startswith("VmHWM")]
        except OSError:  # it has ended
            continue
    return max(peaks) / 1024


def _say(text: str) -> None:
    Console(width=200).print(f"\n  {text}")


def test_asleep_it_lets_in_whom_it_should_and_wakes_for_nobody_else(stack: LiveStack) -> None:
    _sleeps(stack)
    before, client = _launches(stack), _client(stack)
    assert client.ask("unknown", "/metrics").status == 404
    assert client.ask("nobody", authorization="").status == 401
    time.sleep(2 * 60 / TIME_SCALE)  # two of the reconciler's minutes: it would have seen a wake
    assert (_size(stack), _launches(stack) - before) == (0, 0)
    assert '"asleep"' in _health(stack)


def test_a_cold_request_is_told_when_to_come_and_a_held_one_is_answered(stack: LiveStack) -> None:
    client, launched = _client(stack), _launches(stack)

    def work() -> tuple[float, Reply, list[list[Reply]]]:
        began = time.monotonic()
        told = client.ask("told")
        names = [f"held-{number}" for number in range(HELD)]
        return (
            began,
            told,
            client.all_at_once(
                names, lambda name: client.persist(name, X_Scale_Up_Timeout=HOLD_SECONDS)
            ),
        )

    (began, told, trails), sizes, healthy = _watched(stack, work)
    assert told.is_invitation, told
    redirected = [
        reply.at - healthy
        for trail in trails
        for reply in trail
        if reply.status == 307 and reply.at > healthy
    ]
    held = sorted(redirected) or [0.0]
    outcomes = client.outcomes
    _say(
        f"cold: size asked {sizes.asked_at() - began:.2f} s after the request; first healthy {healthy - began:.1f} s;"
        f" then redirected p50 {median(held):.2f} s, p99 {held[int(len(held) * 0.99)]:.2f} s of {len(redirected)};"
        f" {outcomes.sent} held, {len(outcomes.answered)} answered, {len(outcomes.lost)} lost"
        f" {dict(outcomes.statuses)}; Retry-After {told.headers['retry-after']}"
    )
    assert (outcomes.lost, _doubled(stack)) == ({}, [])
    assert outcomes.answered <= set(stack.executed())
    assert outcomes.statuses["307"] >= 1
    assert _launches(stack) - launched == 1


@pytest.mark.parametrize("concurrency", [10, 100, 1000])
def test_a_thousand_cold_requests_are_one_wake(stack: LiveStack, concurrency: int) -> None:
    _sleeps(stack)
    stack.live.set_faults(functions={"concurrency": concurrency})
    client, launched, before = _client(stack), _launches(stack), stack.live.functions()
    names = [f"storm-{concurrency}-{number}" for number in range(AT_ONCE)]

    def work() -> tuple[float, list[Reply]]:
        return time.monotonic(), client.all_at_once(names, client.ask)

    (began, replies), sizes, _ = _watched(stack, work)
    stack.live.set_faults()
    after = stack.live.functions()
    throttled = {name: after[name]["throttles"] - before[name]["throttles"] for name in after}
    statuses = Counter(reply.status for reply in replies)
    mebibytes = _gate_mebibytes(stack)
    _say(
        f"{AT_ONCE} at once, concurrency {concurrency}: {dict(statuses)}, throttled {throttled};"
        f" size asked after {sizes.asked_at() - began:.2f} s, sizes {[size for _, size in sizes.seen]};"
        f" gate {mebibytes:.0f} MiB, at most {after[GATE]['peak']} at a time"
    )
    assert len(replies) == AT_ONCE
    assert set(statuses) <= {200, 307, 502, 503}
    assert statuses[502] == throttled[GATE]
    # No concurrency is reserved for it, so a small account's limit throttles it too; its events come again.
    assert throttled[RECONCILER] == 0 or concurrency < AT_ONCE
    assert [size for _, size in sizes.seen][:2] == [0, 1]
    assert _launches(stack) - launched == 1
    assert 0 < mebibytes < GATE_MEBIBYTES


def test_many_sleeps_under_a_trickle_lose_nothing(stack: LiveStack) -> None:
    """Pauses of about the idle time, so that requests come while it goes to sleep, sleeps and wakes."""
    client, launched = _client(stack), _launches(stack)
    luck = random.Random(6)  # noqa: S311 - the same luck each time
    began, burst = time.monotonic(), REQUESTS // WAKES // CLIENTS
    pauses = [luck.uniform(0.7, 4.0) * IDLE_SECONDS / TIME_SCALE for _ in range(WAKES)]

    def visit(name: str) -> None:
        for number in range(burst):
            client.persist(f"{name}-{number}")

    for turn, pause in enumerate(pauses):
        client.all_at_once([f"trickle-{turn}-{one}" for one in range(CLIENTS)], visit)
        if turn % 2:
            _sleeps(stack)
        else:
            time.sleep(pause)
    outcomes, doubled = client.outcomes, _doubled(stack)
    _say(
        f"trickle: {outcomes.sent} sent, {len(outcomes.answered)} answered, {len(outcomes.lost)} lost,"
        f" {len(doubled)} doubled, {_launches(stack) - launched} launches in {time.monotonic() - began:.0f} s;"
        f" answers {dict(outcomes.statuses)}"
    )
    assert (outcomes.lost, doubled) == ({}, [])
    assert outcomes.answered <= set(stack.executed())
    assert _launches(stack) - launched >= WAKES // 2
