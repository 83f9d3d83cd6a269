"""`homeport doctor` with an account that finds what a test wants."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest

from homeport.cli import doctor
from homeport.errors import HomeportError
from homeport.operations.examination import Check
from homeport.planner.plan import StackPlan
from tests.unit.cli.test_commands import project, run

__all__ = ["project"]

WELL = Check(check="secret", subject="hf-token", status="ok", found="there", fix="")
SHORT = Check(
    check="machine quota",
    subject="Running On-Demand G and VT instances",
    status="fail",
    found="0 vCPU, 8 at replicas.max of all endpoints, 16 while they roll",
    fix="aws service-quotas request-service-quota-increase --quota-code L-DB2E81BA [x]",
)
DIM = Check(check="delegation", subject="x", status="unknown", found="[no] answer", fix="dig")


class Cloud:
    def __init__(self) -> None:
        self.checks: tuple[Check, ...] = (WELL, DIM)
        self.asked: list[tuple[str, Collection[str] | None]] = []

    def examine(
        self, plan: StackPlan, *, state_identifiers: Collection[str] | None
    ) -> tuple[Check, ...]:
        self.asked.append((plan.stack, state_identifiers))
        return self.checks


@pytest.fixture
def cloud(project: Path, monkeypatch: pytest.MonkeyPatch) -> Cloud:
    del project
    cloud = Cloud()
    monkeypatch.setattr(doctor, "operations", lambda _cloud: cloud)
    _state(monkeypatch, {"deployment": {"resources": [{"id": "vpc-1", "outputs": {"arn": "a"}}]}})
    return cloud


def _state(monkeypatch: pytest.MonkeyPatch, state: dict[str, Any] | HomeportError) -> None:
    def exported(_root: Path, _stack: str) -> dict[str, Any]:
        if isinstance(state, HomeportError):
            raise state
        return state

    monkeypatch.setattr(doctor, "exported_state", exported)


def test_what_is_well_or_cannot_be_told_is_no_failure(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "doctor", "demo") == 0
    text = capsys.readouterr().out
    assert text.splitlines() == [
        "ok       secret, hf-token: there",
        "unknown  delegation, x: [no] answer",
        "         dig",
    ]
    assert cloud.asked == [("demo", {"vpc-1", "a"})]


def test_a_failure_ends_with_one_and_says_what_mends_it(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cloud.checks = (WELL, SHORT)
    assert run(monkeypatch, "doctor", "demo") == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"         {SHORT.fix}"
    assert run(monkeypatch, "doctor", "demo", "--json") == 1
    well, short = json.loads(capsys.readouterr().out)
    assert (well["status"], short["status"], short["fix"]) == ("ok", "fail", SHORT.fix)


def test_a_stack_without_a_state_has_no_leftovers_that_could_be_told(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    none = HomeportError(path="", found="no stack named demo", allowed="x", fix="pulumi stack ls")
    _state(monkeypatch, none)
    assert run(monkeypatch, "doctor", "demo", "--json") == 0
    assert cloud.asked == [("demo", None)]
    last = json.loads(capsys.readouterr().out)[-1]
    assert (last["check"], last["status"], last["fix"]) == (
        "leftovers",
        "unknown",
        "pulumi stack ls",
    )
