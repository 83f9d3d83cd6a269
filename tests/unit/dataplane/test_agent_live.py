"""The agent beside a real Envoy, an engine and the sandbox's Hub, on loopback and faster than on a machine."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dataplane.bootstrap.boot_document import render_boot_document
from dataplane.gateway.agent.agent import Agent, Place
from dataplane.gateway.agent.figures import IN_FLIGHT, PENDING
from dataplane.gateway.agent.whoami import hub_asker
from dataplane.gateway.live_settings import gateway_settings
from sandbox.hub.server import hub_server
from sandbox.live.cloud import TIME_SCALE, MachineCloud
from tests.unit.dataplane.envoy_process import (
    Gateway,
    Seen,
    certificate,
    running_engine,
    running_envoy,
)
from tests.unit.dataplane.machine import boot_parts, configuration_item
from tests.until import until

CHAT = "/v1/chat/completions"
JANE = {"authorization": "Bearer hf_jane_0123456789abcdef"}
JOE = {"authorization": "Bearer hf_joe_0123456789abcdef"}
NOBODY = {"authorization": "Bearer hf_nobody_0123456789abcdef"}


@dataclass
class Replica:
    gateway: Gateway
    agent: Agent
    table: MachineCloud
    seen: Seen

    def status(self, headers: dict[str, str] | None = None, body: bytes = b"{}") -> int:
        return self.gateway.call("POST", CHAT, headers, body)[0]

    def ready(self) -> int:
        return self.gateway.call("GET", "/_homeport/ready")[0]


@contextmanager
def replica(folder: Path, go_on: threading.Event | None = None) -> Iterator[Replica]:
    """Envoy, agent and engine of one machine."""
    table, seen = MachineCloud(configuration_item()), Seen()
    certificate(folder)
    with running_engine(seen, go_on) as port, hub_server() as hub:
        parts = boot_parts()
        slow = [
            {"method": "GET", "path": path, "inference": True} for path in ("/silent", "/stream")
        ]
        routes = [*parts["engine"]["routes"], *slow]
        parts["engine"] = {**parts["engine"], "port": port, "routes": routes}
        boot = json.loads(render_boot_document(**parts))
        boot["network"]["engine_address"] = "127.0.0.1"
        settings = gateway_settings(boot, {"Item": table.item}, live_folder=str(folder))
        settings = type(settings)(**{
            **settings.__dict__,
            "certificate_path": str(folder / "tls.crt"),
            "key_path": str(folder / "tls.key"),
            "agent_socket_path": str(folder / "agent.sock"),
            "admin_socket_path": str(folder / "admin.sock"),
            "listen_address": "127.0.0.1",
            "listen_port": 0,
        })  # fmt: skip
        place = Place(folder, folder / "agent.sock", str(folder / "admin.sock"))
        agent = Agent(boot, place, table, hub_asker(hub), time_scale=TIME_SCALE)
        thread = threading.Thread(target=agent.run)
        with running_envoy(settings, folder) as gateway:
            thread.start()
            try:
                yield Replica(gateway, agent, table, seen)
            finally:
                agent.stop()
                thread.join()


def test_ready_only_after_a_real_answer(tmp_path: Path) -> None:
    with replica(tmp_path) as one:
        until(lambda: one.ready() == 200, "ready")
        assert one.agent.state == "ready"
        assert "POST /v1/completions" in one.seen.lines
        until(lambda: one.table.said[-1:] == ["continue"], "in service")
        assert one.table.said.count("continue") == 1
        until(lambda: one.table.reports[-1]["phase"] == "ready", "a report")


def test_the_first_requests_end_is_reported_once_it_ended_and_stays(tmp_path: Path) -> None:
    go_on = threading.Event()
    with replica(tmp_path, go_on) as one:
        one.table.item = configuration_item(access_mode={"S": "public"})
        until(lambda: one.ready() == 200, "ready")
        stream = one.gateway.connect()
        until(lambda: one.gateway.call("GET", "/v1/models")[0] == 200, "public")
        stream.request("GET", "/stream")
        answer = stream.getresponse()
        assert answer.read(9) == b"data: 1\n\n"
        until(lambda: one.table.reports[-1].get("in_flight") == 1, "an answer on its way")
        assert "first_request_end" not in one.table.reports[-1]
        go_on.set()
        assert answer.read() == b"data: 2\n\n"
        stream.close()
        until(lambda: "first_request_end" in one.table.reports[-1], "its end")
        first = one.table.reports[-1]["first_request_end"]
        assert one.table.reports[-1]["phases"]["answered"] <= first <= one.table.reports[-1]["at"]
        assert one.status() == 200
        until(lambda: one.table.reports[-1]["last_request_end"] > first, "another one's end")
        assert one.table.reports[-1]["first_request_end"] == first


def test_a_gateway_that_ended_leaves_a_report_of_its_last_request_and_no_counts(
    tmp_path: Path,
) -> None:
    with replica(tmp_path) as one:
        until(lambda: one.status(JANE) == 200, "protected")
        until(lambda: "in_flight" in one.table.reports[-1], "counts")
        until(lambda: "first_request_end" in one.table.reports[-1], "an end")
        ended = one.table.reports[-1]["last_request_end"]
        (tmp_path / "admin.sock").rename(tmp_path / "admin.sock.gone")
        until(lambda: "in_flight" not in one.table.reports[-1], "Envoy is silent")
        last = one.table.reports[-1]
        assert (last["phase"], "pending" in last, "counts_at" in last) == ("starting", False, False)
        assert last["last_request_end"] >= ended
        (tmp_path / "admin.sock.gone").rename(tmp_path / "admin.sock")
        until(lambda: one.table.reports[-1].get("in_flight") == 0, "it is there again")
        again = one.table.reports[-1]
        assert again["phase"] == "ready"
        assert last["at"] < again["counts_at"] <= again["at"]


def test_who_may_call_is_the_lists_and_the_hubs_word(tmp_path: Path) -> None:
    with replica(tmp_path) as one:
        until(lambda: one.ready() == 200, "ready")
        assert one.status() == 401
        assert one.status(NOBODY) == 401
        assert one.status(JOE) == 403
        assert one.status(JANE) == 200
        refused = json.loads(one.gateway.call("POST", CHAT, NOBODY, b"{}")[2])["error"]
        assert refused["message"] == "the Hub does not know this token"
        assert (refused["type"], refused["code"]) == ("homeport_gateway", 401)
        # The engine never sees who called.
        assert not any("authorization" in headers for headers in one.seen.headers)

        one.table.item = configuration_item(allow={"L": [{"S": "user/joe"}]})
        until(lambda: one.status(JOE) == 200, "the edited list")
        assert one.status(JANE) == 403

        one.table.item = configuration_item(access_mode={"S": "public"})
        until(lambda: one.status() == 200, "public")


def test_every_edit_of_the_item_is_in_force_under_a_running_stream(tmp_path: Path) -> None:
    """By the agent, in the same Envoy, and nothing that is on its way is cut."""
    go_on = threading.Event()
    near = {**JOE, "x-forwarded-for": "192.0.2.7"}
    with replica(tmp_path, go_on) as one:
        until(lambda: one.status(JANE) == 200, "protected")
        stream = one.gateway.connect()
        stream.request("GET", "/stream", headers=JANE)
        answer = stream.getresponse()
        assert answer.read(9) == b"data: 1\n\n"

        one.table.item = configuration_item(allow={"L": [{"S": "user/joe"}]})
        until(lambda: one.status(JOE) == 200, "the edited list")
        assert one.status(JANE) == 403
        one.table.item = one.table.item | {"cidrs": {"L": [{"S": "192.0.2.0/24"}]}}
        until(lambda: one.status(JOE) == 403, "the address list")
        assert one.status(near, b"x" * 900) == 200
        one.table.item = one.table.item | {"max_body_bytes": {"N": "100"}}
        until(lambda: one.status(near, b"x" * 900) == 413, "the smaller body")
        one.table.item = one.table.item | {"max_request_seconds": {"N": "0.2"}}
        routes = tmp_path / "routes.json"
        until(lambda: '"0.200s"' in routes.read_text(), "the shorter time")
        until(lambda: one.gateway.call("GET", "/silent", near)[0] == 504, "in force")

        go_on.set()
        assert answer.read() == b"data: 2\n\n"
        stream.close()


BEGUN = b"GET /_homeport/ready HTTP/1.1\r\nx: "
CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BEGUN), BEGUN)


@pytest.mark.parametrize(
    ("headers", "sent"),
    [({}, BEGUN), ({"transfer-encoding": "chunked"}, CHUNKED)],
    ids=["content-length", "chunked"],
)
def test_a_readiness_question_with_a_body_lets_nobody_in(
    headers: dict[str, str], sent: bytes, tmp_path: Path
) -> None:
    """Its body begins another question: a token check that followed it would end it, and get its 200."""
    with replica(tmp_path) as one:
        until(lambda: one.ready() == 200, "ready")
        for _ in range(4):
            # 503 where the agent hung up before Envoy had written the body.
            assert one.gateway.call("GET", "/_homeport/ready", headers, sent)[0] in (200, 503)
            assert one.status() == 401
        assert one.status(JANE) == 200


@pytest.mark.parametrize(
    "broken",
    [{"format": {"N": "2"}}, {"cidrs": {"L": [{"S": "all"}]}}, {"access_mode": {"S": "open"}}],
)
def test_an_item_that_cannot_be_understood_changes_nothing(
    broken: dict[str, Any], tmp_path: Path
) -> None:
    with replica(tmp_path) as one:
        until(lambda: one.status(JANE) == 200, "protected")
        one.table.item = configuration_item(allow={"L": [{"S": "any"}]}, **broken)
        reports = len(one.table.reports)
        until(lambda: len(one.table.reports) > reports + 2, "some time")
        assert one.status(JOE) == 403
        assert one.status() == 401


def test_without_the_table_the_replica_serves_on(tmp_path: Path) -> None:
    with replica(tmp_path) as one:
        until(lambda: one.status(JANE) == 200, "protected")
        one.table.silent = True
        reports = len(one.table.reports)
        until(lambda: len(one.table.reports) > reports + 2, "some time")
        assert one.status(JANE) == 200
        assert one.ready() == 200


def test_pending_and_in_flight_are_counted_through_abandoned_log(tmp_path: Path) -> None:
    go_on = threading.Event()
    with replica(tmp_path, go_on) as one:
        one.table.item = configuration_item(access_mode={"S": "public"})
        until(lambda: one.status() == 200, "public")
        leaver = one.gateway.connect()
        leaver.request("GET", "/silent")
        until(lambda: _last(one.table, PENDING) == 1, "one request without an answer")
        leaver.close()
        until(lambda: _last(one.table, PENDING) == _last(one.table, IN_FLIGHT) == 0, "it left")
        assert (tmp_path / "abandoned").stat().st_size <= 1
        go_on.set()


def _last(table: MachineCloud, metric: str) -> float:
    """The value that was published last; -1 where none was."""
    found = [value for figures in list(table.published) for value in figures.get(metric, ())]
    return found[-1] if found else -1.0


def _sum(table: MachineCloud, metric: str) -> float:
    """Over all samples; of a metric that counts."""
    samples = [figures.get(metric, {}) for figures in list(table.published)]
    return sum(value * count for one in samples for value, count in one.items())


def _count(table: MachineCloud, metric: str) -> float:
    return sum(sum(figures.get(metric, {}).values()) for figures in list(table.published))


def test_requests_are_published_by_status_and_time_without_the_load_balancers_questions(
    tmp_path: Path,
) -> None:
    with replica(tmp_path) as one:
        until(lambda: one.status(JANE) == 200, "protected")
        until(lambda: one.ready() == 200, "ready")
        until(lambda: _last(one.table, "Requests2xx") >= 0, "a first look")
        before = {name: _sum(one.table, name) for name in ("Requests2xx", "Requests4xx")}
        timed = _count(one.table, "RequestSeconds")
        for _ in range(4):
            assert (one.status(JANE), one.status(NOBODY), one.ready()) == (200, 401, 200)
        until(lambda: _sum(one.table, "Requests2xx") >= before["Requests2xx"] + 4, "answers")
        until(lambda: _sum(one.table, "Requests4xx") >= before["Requests4xx"] + 4, "refusals")
        until(lambda: _count(one.table, "RequestSeconds") >= timed + 4, "times")
        (tmp_path / "drain").touch()
        assert [one.ready() for _ in range(3)] == [503] * 3
        reports = len(one.table.published)
        until(lambda: len(one.table.published) > reports + 2, "some time")
        assert _sum(one.table, "Requests5xx") == 0
        assert _sum(one.table, "Requests2xx") <= before["Requests2xx"] + 5


def test_a_machine_that_is_taken_away_lets_running_answers_end(tmp_path: Path) -> None:
    go_on = threading.Event()
    with replica(tmp_path, go_on) as one:
        one.table.item = configuration_item(
            access_mode={"S": "public"}, agent_drain_seconds={"N": "90000"}
        )
        until(lambda: one.status() == 200, "public")
        stream = one.gateway.connect()
        stream.request("GET", "/stream")
        answer = stream.getresponse()
        assert answer.read(9) == b"data: 1\n\n"
        one.table.taken_away = True
        until(lambda: one.agent.state == "draining", "draining")
        until(lambda: "leaving" in one.table.said, "the hook heard")
        assert "left" not in one.table.said
        go_on.set()
        assert answer.read() == b"data: 2\n\n"
        until(lambda: "left" in one.table.said, "nothing in flight")
        stream.close()
