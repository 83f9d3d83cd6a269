"""Hostile clients that need time or bulk, against a real Envoy and a real agent: memory stays flat, others are served.

make live          the figures, in minutes
"""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.hub.server import hub_server
from tests.live.replica import JANE, Replica, bystander, replica
from tests.until import until

pytestmark = [pytest.mark.live, pytest.mark.timeout(280)]

TOKEN = JANE["authorization"]
HEAD = f"host: a\r\nauthorization: {TOKEN}\r\n"
CLIENTS = 200
MEMORY_MEBIBYTES = 100
GIB = 1 << 30
PIECE = b"x" * (1 << 20)


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Replica]:
    item = {"max_request_seconds": {"N": "15"}, "max_body_bytes": {"N": str(1 << 20)}}
    with hub_server() as hub, replica(tmp_path, hub, item) as running:
        yield running


def _say(one: Replica, before: tuple[float, float], what: str) -> None:
    after = one.memory()
    grown = ", ".join(
        f"{name} {now - then:+.0f} MiB"
        for name, now, then in zip(("Envoy", "agent"), after, before, strict=True)
    )
    Console().print(f"\n  {what}; memory: {grown}")
    assert after[0] - before[0] < MEMORY_MEBIBYTES
    assert after[1] - before[1] < MEMORY_MEBIBYTES


def _answer(connection: ssl.SSLSocket) -> bytes:
    """All until the gateway hangs up; nothing where it did so without a word."""
    connection.settimeout(60)
    found = b""
    with connection, suppress(ConnectionError, ssl.SSLError):
        while part := connection.recv(1 << 16):
            found += part
    return found


def _connections(one: Replica, first: str) -> list[ssl.SSLSocket]:
    made = [one.gateway.raw() for _ in range(CLIENTS)]
    for connection in made:
        connection.sendall(first.encode())
    return made


def _drip(connections: list[ssl.SSLSocket], stop: threading.Event) -> threading.Thread:
    """A byte on each connection, again and again, until it is hung up."""

    def run() -> None:
        while not stop.wait(0.5):
            for connection in connections:
                with suppress(OSError):
                    connection.sendall(b"a")

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("what", "first", "status"),
    [
        ("headers", f"GET /v1/models HTTP/1.1\r\n{HEAD}x-a: ", b"HTTP/1.1 408"),
        ("body", f"POST /v1/chat/completions HTTP/1.1\r\n{HEAD}content-length: 9999\r\n\r\n", b"HTTP/1.1 408"),
    ],
)  # fmt: skip
def test_a_client_that_drips(one: Replica, what: str, first: str, status: bytes) -> None:
    before, began, stop = one.memory(), time.monotonic(), threading.Event()
    with bystander(one) as other:
        slow = _connections(one, first)
        thread = _drip(slow, stop)
        answers = [_answer(connection) for connection in slow]
        took = time.monotonic() - began
        stop.set()
        thread.join()
    assert {answer[: len(status)] for answer in answers} <= {status, b""}
    assert set(other.statuses) == {200}
    assert one.in_flight() == 0
    _say(
        one, before, f"{CLIENTS} clients drip {what}: ended after {took:.0f} s; beside them {other}"
    )


def test_a_client_that_says_nothing(one: Replica) -> None:
    """Not even the beginning of TLS."""
    before, began = one.memory(), time.monotonic()
    with bystander(one) as other:
        silent = [socket.create_connection(("127.0.0.1", one.gateway.port)) for _ in range(CLIENTS)]
        for connection in silent:
            connection.settimeout(60)
            assert connection.recv(1) == b""
            connection.close()
        took = time.monotonic() - began
    assert set(other.statuses) == {200}
    _say(
        one,
        before,
        f"{CLIENTS} clients without TLS: hung up after {took:.0f} s; beside them {other}",
    )


def test_clients_that_never_read(one: Replica) -> None:
    """Each asks for an answer without an end. Envoy holds its buffers' worth, and stops reading the engine."""
    before, clients = one.memory(), 25
    with bystander(one) as other:
        connections = [one.gateway.raw() for _ in range(clients)]
        for connection in connections:
            connection.sendall(f"GET /flood HTTP/1.1\r\n{HEAD}\r\n".encode())
        until(lambda: one.record.streams == clients, "all are answered")
        peak = 0.0
        while one.in_flight() > 1 or one.record.streams:  # their longest time is 15 s
            peak = max(peak, one.memory()[0] - before[0])
            time.sleep(0.1)
        for connection in connections:
            connection.close()
    assert set(other.statuses) == {200}
    assert len(one.record.left) == clients
    # 1 MiB towards each side, and what TLS keeps.
    assert peak < clients * 4
    _say(
        one,
        before,
        f"{clients} clients never read: Envoy {peak:+.0f} MiB at most; beside them {other}",
    )


def _send_two_gibibytes(connection: ssl.SSLSocket, *, chunked: bool) -> int:
    """How many bytes were taken before the gateway hung up."""
    sent = 0
    with suppress(OSError):
        while sent < 2 * GIB:
            connection.sendall(b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if chunked else PIECE)
            sent += len(PIECE)
        connection.sendall(b"0\r\n\r\n" if chunked else b"")
    return sent


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
def test_two_gigabytes_where_one_megabyte_is_allowed(one: Replica, chunked: bool) -> None:
    before, whole = one.memory(), len(one.record.requests)
    length = "transfer-encoding: chunked" if chunked else f"content-length: {2 * GIB}"
    with bystander(one) as other, one.gateway.raw() as connection:
        connection.sendall(
            f"POST /v1/chat/completions?q=bulk HTTP/1.1\r\n{HEAD}{length}\r\n\r\n".encode()
        )
        sent = _send_two_gibibytes(connection, chunked=chunked)
    until(lambda: one.in_flight() == 0, "nothing on its way")
    bulk = [request for request in one.record.requests[whole:] if "q=bulk" in request.line]
    assert all(request.sha256 == "" and request.length <= 2 * len(PIECE) for request in bulk)
    assert len(bulk) <= chunked  # at most begun, and only where no length was said
    assert sent < 64 * len(PIECE)
    assert set(other.statuses) == {200}
    _say(one, before, f"2 GiB refused after {sent >> 20} MiB; beside it {other}")


def test_two_gigabytes_where_they_are_allowed_are_not_held(one: Replica) -> None:
    before = one.memory()
    one.edit(max_body_bytes={"N": str(4 * GIB)}, max_request_seconds={"N": "200"})
    limit = one.folder / "body-limit.json"
    until(lambda: str(4 * GIB) in limit.read_text(), "the larger limit")
    peaks, done = [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            peaks.append(one.memory()[0] - before[0])

    thread = threading.Thread(target=watch)
    thread.start()
    with bystander(one) as other, one.gateway.raw() as connection:
        connection.settimeout(200)
        length = f"content-length: {2 * GIB}\r\nconnection: close"
        connection.sendall(
            f"POST /v1/chat/completions?q=bulk HTTP/1.1\r\n{HEAD}{length}\r\n\r\n".encode()
        )
        assert _send_two_gibibytes(connection, chunked=False) == 2 * GIB
        assert _answer(connection).startswith(b"HTTP/1.1 200")
    done.set()
    thread.join()
    (bulk,) = [request for request in one.record.requests if "q=bulk" in request.line]
    assert bulk.length == 2 * GIB
    assert max(peaks) < MEMORY_MEBIBYTES
    assert set(other.statuses) == {200}
    _say(one, before, f"2 GiB passed on, Envoy {max(peaks):+.0f} MiB at most; beside it {other}")
