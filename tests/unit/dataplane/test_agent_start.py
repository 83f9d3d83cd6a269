"""How a replica comes into service, or does not: the agent beside an engine, without an Envoy."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataplane.gateway.agent.agent import ANSWERED_FILE, DRAIN_FILE, PHASES_FOLDER
from dataplane.gateway.agent.launch import FAILED_FILE
from sandbox.live.cloud import MachineCloud
from tests.unit.dataplane.envoy_process import Seen
from tests.unit.dataplane.machine import configuration_item
from tests.unit.dataplane.running_agent import running_alone
from tests.until import until


def test_a_start_up_step_that_failed_ends_the_launch_at_once(tmp_path: Path) -> None:
    (tmp_path / FAILED_FILE).write_text("")
    table = MachineCloud(configuration_item(), silent=True)
    with running_alone(tmp_path, table):
        until(lambda: "abandon" in table.said, "given up")
    assert table.said.count("abandon") == 1
    assert "continue" not in table.said
    assert table.published == [{"FailedStarts": {1.0: 1.0}}]


def test_a_start_is_given_up_at_the_deadline_that_the_item_says(tmp_path: Path) -> None:
    """What an engine that is never ready costs is bounded by it."""
    table = MachineCloud(configuration_item(startup_seconds={"N": "60"}))
    with running_alone(tmp_path, table):
        until(lambda: "abandon" in table.said, "given up")
    assert "continue" not in table.said


def test_not_ready_before_it_is_known_who_may_call(tmp_path: Path) -> None:
    table = MachineCloud(configuration_item(), silent=True)
    with running_alone(tmp_path, table) as agent:
        until(lambda: "heartbeat" in table.said, "more time asked for")
        assert (agent.state, table.said.count("continue")) == ("starting", 0)
        table.silent = False
        until(lambda: agent.state == "ready", "ready")


def test_an_engine_without_a_gateway_is_not_in_service(tmp_path: Path) -> None:
    table = MachineCloud(configuration_item())
    with running_alone(tmp_path, table) as agent:
        until(lambda: agent.state == "ready", "ready")
        until(lambda: table.said.count("heartbeat") > 2, "more time asked for")
        assert "continue" not in table.said
        (tmp_path / FAILED_FILE).write_text("")
        until(lambda: "abandon" in table.said, "given up: the gateway's unit failed")


def test_without_envoy_a_replica_reports_its_start_and_no_counts(tmp_path: Path) -> None:
    """A zero that nobody counted would let an endpoint sleep."""
    table = MachineCloud(configuration_item())
    with running_alone(tmp_path, table) as agent:
        until(lambda: agent.state == "ready", "ready")
        until(lambda: agent.activity_age > 1.0, "no news of Envoy")
        before = len(table.published)
        seen = len(table.reports)
        until(lambda: len(table.reports) > seen + 2, "several reports later")
        assert len(table.published) == before
    for report in table.reports:
        assert report["phase"] == "starting"
        assert not {"in_flight", "pending", "last_request_end"} & report.keys()


def test_the_steps_of_a_start_are_reported_as_they_are_done_and_known_to_the_next_agent(
    tmp_path: Path,
) -> None:
    steps = tmp_path / PHASES_FOLDER
    steps.mkdir()
    (steps / "machine").write_text("1790000000\n")
    (steps / "image").write_text("1790000005.250\n")
    (steps / "weights.new").write_text("17")  # a script writes it just now
    table = MachineCloud(configuration_item(), silent=True)
    with running_alone(tmp_path, table):
        until(lambda: bool(table.reports), "a report")
        first = table.reports[0]["phases"]
        assert (first["machine"], first["image"]) == (1790000000.0, 1790000005.25)
        assert not {"weights", "answered"} & first.keys()
        assert "first_request_end" not in table.reports[0]
        (steps / "weights").write_text("1790000020.5\n")
        table.silent = False
        until(lambda: "answered" in table.reports[-1]["phases"], "an answer")
    phases = table.reports[-1]["phases"]
    assert phases["weights"] == 1790000020.5 < phases["engine"] <= phases["answered"]
    with running_alone(tmp_path, later := MachineCloud(configuration_item())):
        until(lambda: bool(later.reports), "a report of the next agent")
    assert later.reports[-1]["phases"] == phases


class Naming(MachineCloud):
    """Keeps with each report which chore made it."""

    def report(self, values: Mapping[str, Any]) -> None:
        super().report({**values, "by": threading.current_thread().name})


def test_the_first_answer_is_reported_by_whoever_got_it(tmp_path: Path) -> None:
    """A wake's record is made of the reports when the replica comes into service, seconds later."""
    table = Naming(configuration_item())
    with running_alone(tmp_path, table):
        until(lambda: "engine" in {one["by"] for one in table.reports}, "reported at once")
        until(lambda: {one["by"] for one in table.reports[-3:]} == {"report"}, "and as before")
    (told,) = (one for one in table.reports if one["by"] == "engine")
    assert "answered" in told["phases"]


def test_a_starting_replica_is_not_in_the_mean(tmp_path: Path) -> None:
    """The group scales by the mean over replicas; a zero of one that cannot serve would hide a queue."""
    table = MachineCloud(configuration_item(), silent=True)
    with running_alone(tmp_path, table):
        until(lambda: "heartbeat" in table.said, "some chores done")
    assert not [figures for figures in table.published if "PendingRequests" in figures]


def test_a_restarted_agent_judges_by_the_item_on_disk_while_the_table_is_silent(
    tmp_path: Path,
) -> None:
    table = MachineCloud(configuration_item())
    with running_alone(tmp_path, table) as agent:
        until(lambda: agent.state == "ready", "ready")
    table.silent = True
    with running_alone(tmp_path, table) as agent:
        until(lambda: agent.state == "ready", "ready again, without the table")


def test_a_restarted_agent_asks_no_second_real_request_of_an_engine_that_answered(
    tmp_path: Path,
) -> None:
    table, seen = MachineCloud(configuration_item()), Seen()
    for _ in range(2):
        with running_alone(tmp_path, table, seen=seen) as agent:
            until(lambda: agent.state == "ready", "ready")
    assert seen.lines.count("POST /v1/completions") == 1
    (tmp_path / ANSWERED_FILE).unlink()  # as a start of the engine does
    with running_alone(tmp_path, table, seen=seen) as agent:
        until(lambda: agent.state == "ready", "ready")
    assert seen.lines.count("POST /v1/completions") == 2


def test_while_the_gateway_stops_the_replica_is_not_ready(tmp_path: Path) -> None:
    table = MachineCloud(configuration_item())
    with running_alone(tmp_path, table) as agent:
        until(lambda: agent.state == "ready", "ready")
        (tmp_path / DRAIN_FILE).touch()
        assert agent.state == "draining"
        (tmp_path / DRAIN_FILE).unlink()  # another gateway
        assert agent.state == "ready"
