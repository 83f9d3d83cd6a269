"""`homeport wake`, `pause`, `resume`, `scale-to-zero`, `url` with an account that says what a test wants."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from homeport.cli import orders
from homeport.operations.endpoint_status import (
    EndpointKey,
    EndpointStatus,
    MachineStatus,
    ReplicaReport,
)
from homeport.operations.orders import Order, Standing
from homeport.operations.wake_state import WakeState
from tests.unit.cli.test_commands import project, run

__all__ = ["project"]

ONE = "stacks/demo/llama-8b.yaml"


class Cloud:
    """Shows one state after another; the last for ever."""

    def __init__(self) -> None:
        self.least, self.paused = 0, False
        self.before: WakeState | None = WakeState(name="ASLEEP", since=1.0)
        self.looks: list[WakeState] = []
        self.given: list[tuple[str, Order]] = []
        self.machine: MachineStatus | None = None

    def endpoint_standings(self, keys: Sequence[EndpointKey], **_: Any) -> tuple[Standing, ...]:
        return tuple(
            Standing(
                endpoint=key.endpoint,
                min_replicas=self.least,
                paused=self.paused,
                state=self.before,
            )
            for key in keys
        )

    def give_order(self, key: EndpointKey, order: Order, judged: Standing, **_: Any) -> None:
        assert judged.endpoint == key.endpoint
        self.given.append((key.endpoint, order))

    def endpoint_statuses(
        self, keys: Sequence[EndpointKey], **_: Any
    ) -> tuple[EndpointStatus, ...]:
        state = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        return tuple(
            EndpointStatus(
                endpoint=key.endpoint,
                wanted=1,
                minimum=0,
                maximum=2,
                machines=[self.machine] if self.machine else [],
                rollout=None,
                wake_state=state,
            )
            for key in keys
        )


@pytest.fixture
def cloud(project: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    del project
    cloud = Cloud()
    minutes = iter(range(0, 60_000, 60))
    monkeypatch.setattr(orders, "operations", lambda _cloud: cloud)
    clock = SimpleNamespace(sleep=lambda _: None, monotonic=lambda: float(next(minutes)))
    monkeypatch.setattr(orders, "time", clock)
    return cloud


def _states(*names: str) -> list[WakeState]:
    return [WakeState(name=name, since=float(2 + at)) for at, name in enumerate(names)]


@pytest.mark.parametrize("order", ["wake", "pause --yes", "scale-to-zero"])
def test_an_order_reaches_every_endpoint_that_was_named(
    cloud: Cloud,
    order: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud.before = WakeState(name="DRAINING", since=1.0, goal="sleep")
    word, *options = order.split()
    assert run(monkeypatch, word, "demo", *options) == 0
    assert cloud.given == [(name, word) for name in ("bge-small", "llama-8b", "qwen-32b")]
    assert f"llama-8b: {word} is asked for" in capsys.readouterr().out


def test_waiting_shows_the_wake_and_ends_when_it_serves(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.looks = _states("ASLEEP", "WAKING", "WAKING", "AWAKE")
    report = ReplicaReport(
        phase="starting", in_flight=None, pending=None, at=3.0, phases={"machine": 1.0, "image": 2.0}
    )  # fmt: skip
    cloud.machine = MachineStatus(
        identifier="i-1",
        lifecycle="Pending:Wait",
        in_service=False,
        target_health="-",
        current=True,
        report=report,
    )
    assert run(monkeypatch, "wake", ONE, "--wait") == 0
    said = capsys.readouterr()
    assert said.out == "llama-8b: AWAKE\n"
    shown = "llama-8b: starting (WAKING since 1970-01-01 00:00:03 UTC), done: machine, image"
    assert said.err.splitlines()[2] == shown
    assert cloud.given == [("llama-8b", Order.WAKE)]


def test_a_wake_that_fails_says_why_and_ends_with_one(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = WakeState(name="FAILED", since=1.0, reason="old")
    cloud.before = before
    again = WakeState(name="FAILED", since=9.0, reason="no g6.2xlarge to be had")
    cloud.looks = [before, *_states("WAKING"), again]
    assert run(monkeypatch, "wake", ONE, "--wait", "--json") == 1
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["given"], told["done"], told["failed"]) == (True, False, True)
    assert told["state"]["reason"] == "no g6.2xlarge to be had"


def test_waiting_has_an_end(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.looks = _states("WAKING")
    assert run(monkeypatch, "wake", ONE, "--wait", "--wait-minutes", "5") == 1
    assert capsys.readouterr().out == "llama-8b: not in time, WAKING\n"


def test_a_pause_asks_first(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def answer(text: str, **_: Any) -> bool:
        asked.append(text)
        raise orders.typer.Abort

    monkeypatch.setattr(orders.typer, "confirm", answer)
    assert run(monkeypatch, "pause", ONE) == 1
    assert cloud.given == []
    assert asked == ["pause llama-8b? Nothing wakes it but `homeport resume`"]
    cloud.looks = _states("DRAINING", "PAUSED")
    assert run(monkeypatch, "pause", ONE, "--yes", "--wait") == 0
    assert capsys.readouterr().out == "llama-8b: PAUSED\n"


def test_what_need_not_be_told_is_not(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.looks = _states("ASLEEP")
    assert run(monkeypatch, "resume", ONE, "--wait") == 0
    assert capsys.readouterr().out == "llama-8b: ASLEEP\n"
    cloud.paused = True
    assert run(monkeypatch, "pause", ONE) == 0  # and asks nothing
    assert capsys.readouterr().out == "llama-8b: is paused already\n"
    assert cloud.given == []


@pytest.mark.parametrize(
    ("command", "paused", "least", "said"),
    [
        ("wake", True, 0, "homeport resume"),
        ("scale-to-zero", False, 1, "homeport pause"),
    ],
)
def test_one_that_cannot_follow_stops_all_before_anything_is_written(
    cloud: Cloud,
    command: str,
    paused: bool,
    least: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud.paused, cloud.least = paused, least
    assert run(monkeypatch, command, "demo") == 1
    errors = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in errors] == ["bge-small", "llama-8b", "qwen-32b"]
    assert all(said in line for line in errors)
    assert cloud.given == []


def test_addresses_come_from_files_alone(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for lock in (project / "stacks" / "demo").glob("*.lock.json"):
        lock.unlink()
    assert run(monkeypatch, "url", ONE) == 0
    assert capsys.readouterr().out == "https://llama-8b.endpoints.example.com\n"
    assert run(monkeypatch, "url", "demo") == 0
    assert capsys.readouterr().out.splitlines()[0] == (
        "bge-small\thttps://bge-small.endpoints.example.com"
    )
    assert run(monkeypatch, "url", ONE, "--json") == 0
    assert json.loads(capsys.readouterr().out) == [
        {"endpoint": "llama-8b", "url": "https://llama-8b.endpoints.example.com"}
    ]
