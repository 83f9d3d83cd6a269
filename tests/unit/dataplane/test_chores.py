"""The agent's chores: each in its time, none in the way of another."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from dataplane.gateway.agent.chores import LONG_SECONDS, Chore, Chores, next_time
from tests.until import until


@contextmanager
def _running(*chores: Chore) -> Iterator[tuple[Chores, list[str]]]:
    logged: list[str] = []
    running = Chores(chores, logged.append)
    running.start()
    try:
        yield running, logged
    finally:
        running.stop()


@pytest.mark.parametrize(
    ("began", "now", "due"), [(0, 1, 10), (0, 10, 10), (0, 35, 35), (35, 36, 45)]
)
def test_a_chore_that_is_late_runs_once(began: float, now: float, due: float) -> None:
    assert next_time(began, now, 10) == due


def test_one_that_hangs_holds_up_no_other_and_is_named_once() -> None:
    go_on, ran = threading.Event(), list[float]()

    def hang(_now: float) -> None:
        go_on.wait(60)

    hanging = Chore("gpu", 1, hang)
    with _running(hanging, Chore("item", 0.001, ran.append)) as (chores, logged):
        until(lambda: len(ran) > 10, "the other chore's turns")
        chores.name_those_that_hang(time.monotonic())
        assert logged == []
        for _ in range(3):
            chores.name_those_that_hang(time.monotonic() + LONG_SECONDS)
        assert [line for line in logged if line.startswith("gpu: not done")] == logged
        assert len(logged) == 1
        go_on.set()


def test_one_that_fails_is_due_again_and_says_so_once() -> None:
    ran: list[float] = []
    answers = threading.Event()

    def run(now: float) -> None:
        ran.append(now)
        if not answers.is_set():
            raise OSError("no answer")

    with _running(Chore("item", 0.001, run)) as (_, logged):
        until(lambda: len(ran) > 3, "more than one try")
        assert logged == ["item: OSError: no answer"]
        answers.set()
        until(lambda: len(logged) > 1, "an answer")
        assert logged == ["item: OSError: no answer", "item: done again"]


def test_none_begins_after_the_end() -> None:
    ran: list[float] = []
    with _running(Chore("item", 0.001, ran.append)):
        until(lambda: len(ran) > 3, "some turns")
    after = len(ran)
    assert not [thread for thread in threading.enumerate() if thread.name == "item"]
    assert len(ran) == after
