"""`homeport status`, `events` and `logs` with an account that says what a test wants."""

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from homeport.cli import live
from homeport.operations.endpoint_status import (
    EndpointKey,
    EndpointStatus,
    Event,
    LogLine,
    MachineStatus,
    ReplicaReport,
    Rollout,
)
from homeport.operations.wake_state import WakeRecord, WakeState
from tests.unit.cli.test_commands import project, run

__all__ = ["project"]

ONE = "stacks/demo/llama-8b.yaml"
SERVING = MachineStatus(
    identifier="i-0123",
    lifecycle="InService",
    in_service=True,
    target_health="healthy",
    current=True,
    report=ReplicaReport(phase="ready", in_flight=7, pending=2, at=1.0),
)
LOADING = MachineStatus(
    identifier="i-0456",
    lifecycle="Pending:Wait",
    in_service=False,
    target_health="-",
    current=True,
    report=None,
)
OLD = MachineStatus(
    identifier="i-0789",
    lifecycle="InService",
    in_service=True,
    target_health="healthy",
    current=False,
    report=None,
)
FAILED = Rollout(
    status="RollbackSuccessful", running=False, failed=True, percent=0, reason="not healthy"
)


class Cloud:
    """Shows the machines of one look after another; the last for ever."""

    def __init__(self, *looks: Sequence[MachineStatus], rollout: Rollout | None = None) -> None:
        self.looks: list[Sequence[MachineStatus]] = list(looks)
        self.rollout = rollout
        self.states: list[WakeState | None] = [None]
        self.wakes: Sequence[WakeRecord] = ()
        self.asked: list[tuple[Any, ...]] = []

    def endpoint_statuses(
        self, keys: Sequence[EndpointKey], *, region: str, account: str
    ) -> tuple[EndpointStatus, ...]:
        self.asked.append((region, account))
        machines = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return tuple(
            EndpointStatus(
                endpoint=key.endpoint,
                wanted=1,
                minimum=1,
                maximum=2,
                machines=machines,
                rollout=self.rollout,
                wake_state=state,
                wakes=self.wakes,
            )
            for key in keys
        )

    def endpoint_events(self, keys: Sequence[EndpointKey], **_: Any) -> tuple[Event, ...]:
        return tuple(
            Event(at="2026-11-25T10:00:00+00:00", endpoint=key.endpoint, status="Failed",
                  what="Launching", why="no capacity")
            for key in keys
        )  # fmt: skip

    def endpoint_log(self, key: EndpointKey, **_: Any) -> list[LogLine]:
        return [
            LogLine(
                at="2026-11-25T10:00:00+00:00", source="i-1/engine", text=f"[{key.endpoint}]\x1b[2J"
            )
        ]


@pytest.fixture
def cloud(project: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    del project
    cloud = Cloud([SERVING])
    monkeypatch.setattr(live, "operations", lambda _cloud: cloud)
    monkeypatch.setattr(live, "time", SimpleNamespace(sleep=lambda _: None, monotonic=_Clock()))
    return cloud


class _Clock:
    """A minute goes by between two looks at it."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        self._now += 60
        return self._now


def test_a_table_for_people_and_data_for_programs(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "status", ONE) == 0
    text = capsys.readouterr().out
    for part in ("llama-8b", "ready", "1/1", "1..2", "i-0123", "healthy", "7", "2"):
        assert part in text
    assert run(monkeypatch, "status", ONE, "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert (one["endpoint"], one["state"], one["serving"]) == ("llama-8b", "ready", 1)
    assert one["machines"][0]["report"]["pending"] == 2
    assert cloud.asked[0][0] == "us-east-1"


def test_waiting_ends_when_the_machine_serves(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.looks = [[], [LOADING], [SERVING]]
    assert run(monkeypatch, "status", ONE, "--wait") == 0
    assert len(cloud.asked) == 3
    assert "llama-8b: starting 0/1" in capsys.readouterr().err


def test_waiting_has_an_end_and_says_no(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.looks = [[LOADING]]
    assert run(monkeypatch, "status", ONE) == 0
    assert run(monkeypatch, "status", ONE, "--wait", "--wait-minutes", "5") == 1


@pytest.mark.parametrize("wait", [[], ["--wait"]])
def test_a_rollout_that_went_back_is_told_at_once(
    cloud: Cloud,
    wait: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud.looks[:], cloud.rollout = [[OLD]], FAILED
    assert run(monkeypatch, "status", ONE, *wait) == 1
    assert len(cloud.asked) == 1
    text = capsys.readouterr().out
    for part in ("failed (RollbackSuccessful, 0 %: not", "healthy)", "InService, old"):
        assert part in text


@pytest.mark.parametrize(
    ("state", "parts"),
    [
        (WakeState(name="ASLEEP", since=60.0), ["asleep (ASLEEP since 1970-01-01 00:01:00 UTC)"]),
        (
            WakeState(name="WAKING", since=0.0, reason_code="no_capacity", reason="none left"),
            ["starting (WAKING since", "no_capacity: none left"],
        ),
        (WakeState(name="DRAINING", since=0.0, goal="pause"), ["draining (DRAINING", "to pause"]),
        (WakeState(name="PAUSED", since=0.0), ["paused (PAUSED since"]),
        (
            WakeState(name="FAILED", since=0.0, reason_code="quota", reason="0 vCPU", retry_at=900.0),
            ["failed (FAILED", "quota: 0 vCPU", "tries again from 1970-01-01 00:15:00 UTC on"],
        ),
        (WakeState(name="FAILED", since=0.0), ["by `homeport wake` or a new configuration"]),
        (WakeState(name="AWAKE", since=0.0, rollout="rolled_back"), ["ready (rollout rolled_back)"]),
    ],
)  # fmt: skip
def test_the_state_machines_word_is_shown_beside_the_machines(
    cloud: Cloud,
    state: WakeState,
    parts: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloud.states = [state]
    assert run(monkeypatch, "status", ONE) == (1 if state.name == "FAILED" else 0)
    cells = capsys.readouterr().out.splitlines()[3:]
    text = " ".join(" ".join(line.split("│")[2].split()) for line in cells if line.count("│") == 5)
    for part in parts:
        assert part in text


@pytest.mark.parametrize(("states", "code"), [(["PAUSED"], 0), (["DRAINING", "ASLEEP"], 0)])
def test_waiting_ends_with_what_is_at_rest(
    cloud: Cloud, states: list[str], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud.states = [WakeState(name=name, since=0.0) for name in states]
    assert run(monkeypatch, "status", ONE, "--wait") == code
    assert len(cloud.asked) == len(states)


def test_waiting_gives_a_failure_from_before_the_time_to_be_mended(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = WakeState(name="FAILED", since=0.0)
    cloud.states = [failed, WakeState(name="AWAKE", since=9.0)]
    assert run(monkeypatch, "status", ONE, "--wait") == 0
    cloud.states, cloud.asked[:] = [failed], []
    assert run(monkeypatch, "status", ONE, "--wait") == 1
    assert len(cloud.asked) == 3  # a minute apart


def test_how_long_wakes_took_is_shown_by_phase(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.wakes = [
        WakeRecord(
            asked=0.0, phases={"machine": seconds, "in_service": 100.5}, outcome="served"
        )
        for seconds in (20.0, 30.0, 40.0)
    ]  # fmt: skip
    assert run(monkeypatch, "status", ONE, "--wakes") == 0
    rows = [line.split("│") for line in capsys.readouterr().out.splitlines()]
    shown = [[cell.strip() for cell in row[1:-1]] for row in rows if len(row) == 7]
    assert ["llama-8b", "machine", "30.0", "40.0", "3"] in shown
    assert ["llama-8b", "asked to in service", "100.5", "100.5", "3"] in shown
    assert run(monkeypatch, "status", ONE) == 0
    assert "p90" not in capsys.readouterr().out
    assert run(monkeypatch, "status", ONE, "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one["wake_figures"]["machine"]["p90"] == 40.0
    assert one["wakes"][0]["phases"]["machine"] == 20.0


@pytest.mark.usefixtures("cloud")
def test_events_and_logs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "events", "demo", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["endpoint"] for one in found] == ["bge-small", "llama-8b", "qwen-32b"]
    assert run(monkeypatch, "events", "demo") == 0
    assert "no capacity" in capsys.readouterr().out
    assert run(monkeypatch, "logs", ONE) == 0
    assert (
        capsys.readouterr().out
        == "2026-11-25T10:00:00+00:00 i-1/engine [llama-8b]\N{REPLACEMENT CHARACTER}[2J\n"
    )
    assert run(monkeypatch, "logs", ONE, "--json") == 0
    assert json.loads(capsys.readouterr().out)["text"] == "[llama-8b]\x1b[2J"
    assert run(monkeypatch, "logs", "demo") == 1
    assert "found 3 endpoints" in capsys.readouterr().err
