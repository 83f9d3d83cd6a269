"""The Hub's answer about a token, over a socket: whatever it says, the agent has one of three words for it."""

import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from dataplane.gateway.agent.verdicts import BAD, GOOD, SILENT
from dataplane.gateway.agent.whoami import BYTES_MAX, hub_asker

JANE = {"type": "user", "name": "Jane", "orgs": [{"name": "Acme"}, {"name": 5}, "x"]}


@contextmanager
def _hub(status: int, body: bytes, seen: list[tuple[str, str]] | None = None) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if seen is not None:
                seen.append((self.path, self.headers["authorization"]))
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with _served_by(Handler) as address:
        yield address


@contextmanager
def _served_by(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_user_is_also_each_of_its_organisations() -> None:
    seen: list[tuple[str, str]] = []
    with _hub(200, json.dumps(JANE).encode(), seen) as address:
        said = hub_asker(address)("hf_token")
    assert (said.kind, said.accounts.names) == (GOOD, {"user/jane", "org/acme"})
    assert seen == [("/api/whoami-v2", "Bearer hf_token")]


def test_a_token_of_an_organisation_is_no_user() -> None:
    with _hub(200, b'{"type": "org", "name": "acme"}') as address:
        assert hub_asker(address)("hf_token").accounts.names == {"org/acme"}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"", BAD),
        (403, b"<html>blocked</html>", SILENT),
        (429, b"", SILENT),
        (500, b"oops", SILENT),
        (302, b"", SILENT),
        (200, b"", SILENT),
        (200, b"<html>", SILENT),
        (200, b"[]", SILENT),
        (200, b'{"orgs": []}', SILENT),
        (200, b'{"name": 5}', SILENT),
        (200, b'"' + b"x" * BYTES_MAX + b'"', SILENT),
        (200, b"\xff\xfe", SILENT),
    ],
)
def test_anything_else(status: int, body: bytes, kind: str) -> None:
    with _hub(status, body) as address:
        assert hub_asker(address)("hf_token").kind == kind


def test_nobody_at_the_address() -> None:
    assert hub_asker("http://127.0.0.1:1")("hf_token").kind == SILENT
    assert hub_asker("nonsense")("hf_token").kind == SILENT


def test_a_handshake_that_only_drips_ends_in_its_time() -> None:
    """The first bytes of a TLS record that never becomes whole."""
    stop = threading.Event()

    def drip(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection, suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00")
            while not stop.wait(0.02):
                connection.sendall(b"\x00")

    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        dripping = pool.submit(drip, listener)
        ask = hub_asker(f"https://127.0.0.1:{listener.getsockname()[1]}", timeout_seconds=0.3)
        try:
            assert ask("hf_token").kind == SILENT
        finally:
            stop.set()
        dripping.result()


def test_an_answer_that_only_drips_ends_in_its_time() -> None:
    """Each byte comes within the socket's time; the whole never would."""
    stop = threading.Event()

    class Dripping(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "1000000")
            self.end_headers()
            for _ in range(10_000):
                if stop.wait(0.02):
                    return
                try:
                    self.wfile.write(b" ")
                except OSError:
                    return

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with _served_by(Dripping) as address:
        try:
            assert hub_asker(address, timeout_seconds=0.3)("hf_token").kind == SILENT
        finally:
            stop.set()


def test_a_handshake_that_never_ends_is_silence_in_its_time() -> None:
    """The other side accepts, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"https://127.0.0.1:{server.getsockname()[1]}"
        assert hub_asker(address, timeout_seconds=0.3)("hf_token").kind == SILENT


def test_a_name_that_nobody_resolves_is_silence_in_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    go_on = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: go_on.wait(60) and [])
    try:
        assert hub_asker("https://hub.test", timeout_seconds=0.1)("hf_token").kind == SILENT
    finally:
        go_on.set()
