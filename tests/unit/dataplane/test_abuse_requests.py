"""Hostile requests on a real Envoy: what each gets, and that the engine sees nothing that it should not."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.unit.dataplane.envoy_process import (
    TOKEN,
    Seen,
    gateway_settings,
    running_agent,
    running_envoy,
)
from tests.unit.dataplane.hostile_requests import EVERY, GROUPS, Hostile
from tests.unit.dataplane.memory import resident_mebibytes
from tests.unit.dataplane.raw_engine import Arrived, Record, raw_engine

DOCUMENT = Path(__file__).resolve().parents[3] / "docs/abuse.md"
TEST = "test_abuse_requests.py::test_hostile_request"
MEMORY_MEBIBYTES = 64
NEVER_PASSED = {
    "authorization", "connection", "upgrade", "http2-settings", "x-envoy-internal", "transfer_encoding",
}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """All of them at once against one gateway; the gateway hangs up a second after each refusal."""
    folder, record = tmp_path_factory.mktemp("a"), Record()
    with raw_engine(record) as port:
        settings = gateway_settings(folder, engine_port=port)
        with (
            running_agent(settings.agent_socket_path, Seen()),
            running_envoy(settings, folder) as gateway,
            ThreadPoolExecutor(len(EVERY)) as pool,
        ):
            before = resident_mebibytes(gateway.pid)
            sent = [
                pool.submit(gateway.send, one.data.replace(b"%ID%", b"%d" % number))
                for number, one in enumerate(EVERY)
            ]
            answers = [one.result() for one in sent]
            # On the connections to the engine that were used before: one that is out of step would show.
            bearer = {"authorization": f"Bearer {TOKEN}"}
            later = [gateway.call("GET", f"/v1/models?n={n}", bearer) for n in range(20)]
            grown = resident_mebibytes(gateway.pid) - before
            yield SimpleNamespace(record=record, answers=answers, later=later, grown=grown)


def _arrived(record: Record, number: int) -> list[Arrived]:
    return [one for one in record.requests if one.test_id == str(number)]


@pytest.mark.parametrize(
    ("number", "one"), list(enumerate(EVERY)), ids=[one.what[:60] for one in EVERY]
)
def test_hostile_request(world: SimpleNamespace, number: int, one: Hostile) -> None:
    statuses = re.findall(rb"HTTP/1\.1 (\d{3}) ", world.answers[number])
    assert tuple(int(status) for status in statuses) == one.gets
    arrived = _arrived(world.record, number)
    if one.engine is not None:
        assert [request.line for request in arrived] == [f"{one.engine} HTTP/1.1"]
        assert not arrived[0].headers.keys() & NEVER_PASSED
        assert one.body is None or arrived[0].body == one.body
    else:
        # What is found broken behind a good head may have been begun, and was never whole.
        assert all(request.sha256 == "" for request in arrived)


def test_the_engine_saw_no_request_of_nobody(world: SimpleNamespace) -> None:
    allowed = ("GET /v1/models", "POST /v1/chat/completions")
    assert all(one.line.startswith(allowed) for one in world.record.requests)
    nameless = [one.line for one in world.record.requests if one.test_id == "-"]
    assert sorted(nameless) == sorted(f"GET /v1/models?n={n} HTTP/1.1" for n in range(20))
    assert world.record.unreadable == []


def test_nobody_gets_anothers_answer_afterwards(world: SimpleNamespace) -> None:
    expected = [(200, b'{"path": "/v1/models?n=%d"}' % n) for n in range(20)]
    assert [(status, body) for status, _, body in world.later] == expected


def test_memory_stays_flat(world: SimpleNamespace) -> None:
    assert world.grown < MEMORY_MEBIBYTES


def test_the_document_says_what_was_seen() -> None:
    """`_rows` is what stands there; a changed outcome changes the document too."""
    assert _rows() in DOCUMENT.read_text()


def _rows() -> str:
    """The tables as they stand in the document."""
    parts: list[str] = []
    for title, group in GROUPS.items():
        rows = "\n".join(one.row(TEST) for one in group)
        parts.append(
            f"### {title}\n\n| what | what the client gets | test |\n|---|---|---|\n{rows}\n"
        )
    return "\n".join(parts)
