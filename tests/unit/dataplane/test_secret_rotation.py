"""A secret that changes: read again each hour, and taken by another machine in this one's place."""

import json
import os
from pathlib import Path

import pytest

from dataplane.gateway.agent.secret_rotation import (
    AGAIN_SECONDS,
    MARK_FILE,
    SPREAD_SECONDS,
    SecretRotation,
    own_moment,
)
from sandbox.live.cloud import MachineCloud
from tests.unit.dataplane.machine import ENGINE_SECRET, Machine, configuration_item, new_machine
from tests.unit.dataplane.running_agent import running_alone
from tests.until import until


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    machine = new_machine(tmp_path)
    machine.start()
    assert machine.step("secrets").returncode == 0
    machine.forget_calls()
    return machine


def _kept(machine: Machine) -> str:
    return (machine.root / "run/homeport/secrets/SEARCH_KEY").read_text()


def _marked(machine: Machine) -> bool:
    return (machine.root / "run/homeport" / MARK_FILE).exists()


def test_a_changed_value_is_kept_and_marked(machine: Machine) -> None:
    (machine.world / "secrets/team/search-key").write_text("another one")
    assert machine.step("secrets", "again").returncode == 0
    assert (_kept(machine), _marked(machine)) == ("another one", True)


def test_the_same_value_changes_nothing(machine: Machine) -> None:
    file = machine.root / "run/homeport/secrets/SEARCH_KEY"
    before = file.stat().st_ino
    assert machine.step("secrets", "again").returncode == 0
    assert (file.stat().st_ino, _marked(machine)) == (before, False)


@pytest.mark.parametrize("content", ["", "None"])
def test_what_cannot_be_read_leaves_what_is_in_force(machine: Machine, content: str) -> None:
    (machine.world / "secrets/team/search-key").write_text(content)
    result = machine.step("secrets", "again")
    assert result.returncode == 1
    assert result.stderr == "homeport: secrets: team/search-key holds no text\n"
    assert (_kept(machine), _marked(machine)) == (ENGINE_SECRET, False)


def test_the_hubs_token_is_not_read_again(machine: Machine) -> None:
    (machine.root / "run/homeport/hub/header").unlink()
    assert machine.step("secrets", "again").returncode == 0
    assert "hf-token" not in json.dumps(machine.calls("aws"))
    assert not (machine.root / "run/homeport/hub/header").exists()


def test_that_it_was_not_read_is_said_and_gives_no_launch_up(machine: Machine) -> None:
    assert machine.step("report-failure", "homeport-secrets-again").returncode == 0
    (event,) = json.loads((machine.world / "log-events.json").read_text())
    assert json.loads(event["message"])["event"] == "secrets not read again"
    assert not (machine.root / "run/homeport/failed").exists()


def test_an_engine_that_starts_has_the_values(machine: Machine) -> None:
    (machine.world / "secrets/team/search-key").write_text("another one")
    machine.step("secrets", "again")
    for step in ("scratch", "image", "network", "engine"):
        assert machine.step(step).returncode == 0
    assert not _marked(machine)


def test_replicas_ask_at_moments_of_their_own() -> None:
    moments = sorted(own_moment(f"i-{number:017x}") for number in range(100))
    assert moments[0] >= 0
    assert moments[-1] <= SPREAD_SECONDS
    # Over the whole time, not all at once.
    assert all(any(low <= m < low + 900 for m in moments) for low in (0, 900, 1800, 2700))
    assert own_moment("i-1") == own_moment("i-1")


def test_asked_once_at_its_moment_and_again_after_an_hour(tmp_path: Path) -> None:
    mark = tmp_path / MARK_FILE
    rotation = SecretRotation(mark, "i-1")
    assert not rotation.due(1e9)
    mark.touch()
    os.utime(mark, (1e9, 1e9))
    due_at = 1e9 + own_moment("i-1")
    assert not rotation.due(due_at - 1)
    assert rotation.due(due_at)
    rotation.asked(due_at)
    assert not rotation.due(due_at + AGAIN_SECONDS - 1)
    assert rotation.due(due_at + AGAIN_SECONDS)
    mark.unlink()  # the engine was started anew
    assert not rotation.due(due_at + AGAIN_SECONDS)


def test_a_replica_in_service_asks_for_another_machine(tmp_path: Path) -> None:
    table = MachineCloud(configuration_item())
    mark = tmp_path / MARK_FILE
    mark.touch()
    os.utime(mark, (1e9, 1e9))
    with running_alone(tmp_path, table) as agent:
        until(lambda: "replace" in table.said, "asked for another machine")
        assert agent.state == "ready"  # it serves until that one does
