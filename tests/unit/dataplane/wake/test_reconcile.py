"""One run among clouds that do not answer, answer late, or have been told something else meanwhile."""

import json
from collections.abc import Callable, Collection, Mapping

import pytest

from dataplane.wake.model import (
    AWAKE,
    GATE,
    REPLICAS,
    WAKING,
    Buy,
    Config,
    Observed,
    Refresh,
    Resize,
    State,
    Turn,
)
from dataplane.wake.reconcile import CALL_SECONDS, WATCH_SECONDS, Look, run
from dataplane.wake.wake_record import WakeRecord

CONFIG = Config("c", 0, 3600.0, 600.0, 900.0, "t:1")
COLD = Look(
    State("ASLEEP", 0.0, turned_at=9.0, config="c", template="t:1"), 3, Observed(CONFIG, wakes=1)
)
AT_REST = COLD._replace(seen=Observed(CONFIG))


class Cloud:
    """Says what a test tells it to, by a clock of its own."""

    def __init__(self, looks: Mapping[str, Look]) -> None:
        self.looks = dict(looks)
        self.at = 1000.0
        self.silent, self.deaf, self.first = False, False, True
        self.write_takes = 0.0
        self.broken: set[str] = set()
        self.written: list[tuple[str, str, int]] = []
        self.acted: list[tuple[str, object]] = []
        self.kept: list[WakeRecord] = []
        self.asked: list[Collection[str] | None] = []

    def look(self, only: Collection[str] | None) -> Mapping[str, Callable[[], Look]]:
        self.asked.append(only)
        if self.silent:
            raise OSError("throttled")
        return {name: lambda name=name: self._one(name) for name in only or self.looks}

    def _one(self, name: str) -> Look:
        if name in self.broken:
            raise ValueError("min_replicas: must be a number")
        return self.looks[name]

    def write(self, endpoint: str, state: State, version: int) -> bool:
        self.at += self.write_takes
        if self.first:
            self.written.append((endpoint, state.name, version))
        return self.first

    def act(self, endpoint: str, action: Turn | Resize | Refresh | Buy) -> None:
        if self.deaf:
            raise OSError("throttled")
        self.acted.append((endpoint, action))

    def keep(self, endpoint: str, record: WakeRecord) -> None:
        del endpoint
        self.kept.append(record)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += seconds


def test_the_state_is_written_and_then_the_calls_are_made() -> None:
    cloud = Cloud({"chat": COLD})
    run(cloud, watch_seconds=0)
    assert cloud.written == [("chat", WAKING, 3)]
    assert cloud.acted == [("chat", Resize(1, 1))]


def test_where_nothing_is_to_do_nothing_is_written() -> None:
    cloud = Cloud({"chat": AT_REST})
    run(cloud, watch_seconds=WATCH_SECONDS)
    assert (cloud.written, cloud.acted, cloud.asked) == ([], [], [None])


def test_a_cloud_that_does_not_answer_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    cloud = Cloud({"chat": COLD})
    cloud.silent = True
    run(cloud, watch_seconds=WATCH_SECONDS)
    assert (cloud.written, cloud.acted) == ([], [])
    assert json.loads(capsys.readouterr().out)["reason"] == "throttled"


def test_an_endpoint_that_cannot_be_read_hides_no_other() -> None:
    cloud = Cloud({"broken": COLD, "chat": COLD})
    cloud.broken.add("broken")
    run(cloud, watch_seconds=0)
    assert cloud.written == [("chat", WAKING, 3)]


def test_what_cannot_be_read_is_not_read_again_each_second() -> None:
    cloud = Cloud({"broken": COLD})
    cloud.broken.add("broken")
    run(cloud, watch_seconds=WATCH_SECONDS)
    assert (cloud.asked, cloud.at) == ([None], 1000.0)


def test_who_is_second_makes_no_call() -> None:
    cloud = Cloud({"chat": COLD})
    cloud.first = False
    run(cloud, watch_seconds=0)
    assert cloud.acted == []


def test_a_call_that_would_be_late_is_left_to_the_next_run() -> None:
    cloud = Cloud({"chat": COLD})
    cloud.act = lambda endpoint, action: pytest.fail("it is too late")
    real = cloud.write

    def slow(endpoint: str, state: State, version: int) -> bool:
        done = real(endpoint, state, version)
        moments = iter((cloud.at, cloud.at, cloud.at + CALL_SECONDS + 1))
        cloud.now = lambda: next(moments, cloud.at + CALL_SECONDS + 1)
        return done

    cloud.write = slow
    run(cloud, watch_seconds=0)
    assert cloud.written == [("chat", WAKING, 3)]


def test_a_call_that_is_refused_is_made_again_while_it_watches() -> None:
    cloud = Cloud({"chat": COLD})
    cloud.deaf = True
    run(cloud, watch_seconds=WATCH_SECONDS)
    assert len(cloud.written) > WATCH_SECONDS / 2
    assert cloud.asked[:2] == [None, ["chat"]]
    assert 1000 + WATCH_SECONDS <= cloud.at < 1000 + WATCH_SECONDS + 2


def test_it_watches_only_what_moves_and_until_it_does_not() -> None:
    cloud = Cloud({"chat": COLD, "rest": AT_REST})

    def look(only: Collection[str] | None) -> Mapping[str, Callable[[], Look]]:
        if len(cloud.asked) == 3:
            cloud.looks["chat"] = AT_REST
        return Cloud.look(cloud, only)

    cloud.look = look
    run(cloud, watch_seconds=WATCH_SECONDS)
    assert cloud.asked == [None, ["chat"], ["chat"], ["chat"]]


def test_a_wake_that_came_to_its_end_is_kept() -> None:
    seen = Observed(CONFIG, route=GATE, minimum=1, desired=1, healthy=1)
    waking = State(WAKING, 900.0, config="c", template="t:1")
    cloud = Cloud({"chat": Look(waking, 4, seen, ({"machine": 930.0, "answered": 990.0},))})
    run(cloud, watch_seconds=0)
    assert cloud.written == [("chat", AWAKE, 4)]
    assert cloud.acted == [("chat", Turn(REPLICAS))]
    (record,) = cloud.kept
    assert record.phases == {"machine": 930.0, "answered": 990.0, "in_service": 1000.0}
