"""A Hub that answers as it is told, well or badly, and counts who asked."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Mode = Callable[["Handler"], None]
GOOD = ("hf_jane_", "hf_new_")
"""Tokens that this Hub knows begin so; they are of an account in the organisation `acme`."""


class Hub(ThreadingHTTPServer):
    """`mode` is how every question is answered from now on."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self) -> None:
        self.mode: Mode = honest
        self.asked: list[str] = []
        self.answered: Counter[int] = Counter()
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The agent hangs up on what takes too long."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Hub  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        self.server.asked.append(self.token)
        self.close_connection = True
        self.server.mode(self)

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.server.answered[status] += 1
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


def honest(handler: Handler) -> None:
    if handler.token.startswith(GOOD):
        handler.answer(200, _account("jane"))
    else:
        handler.answer(401)


def revoked(handler: Handler) -> None:
    """The Hub knows nobody."""
    handler.answer(401)


def saying(status: int, body: bytes = b"", **headers: str) -> Mode:
    """The same to everybody."""
    return lambda handler: handler.answer(status, body, **headers)


def dripping(handler: Handler) -> None:
    """A good answer of which one byte comes each 20 ms, and never the last."""
    handler.send_response(200)
    handler.send_header("content-length", "100000")
    handler.end_headers()
    while not handler.server.closing.wait(0.02):
        handler.wfile.write(b" ")


def dripping_headers(handler: Handler) -> None:
    """The same before the headers' end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.closing.wait(0.02):
        handler.wfile.write(b"a")


def silent(handler: Handler) -> None:
    """No byte at all."""
    handler.server.closing.wait()


def endless(handler: Handler) -> None:
    """Without a length, and without an end."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.closing.is_set():
        handler.wfile.write(b"x" * 65536)


def going_on(handler: Handler) -> None:
    """Says `100 Continue` and nothing else."""
    while not handler.server.closing.wait(0.01):
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def nonsense(handler: Handler) -> None:
    """No HTTP."""
    handler.wfile.write(b"\x00\xff" * 1000 + b"\r\n\r\n")


def _account(name: str) -> bytes:
    return json.dumps({"type": "user", "name": name, "orgs": [{"name": "acme"}]}).encode()


HOSTILE: dict[str, Mode] = {
    "429": saying(429),
    "500": saying(500),
    "403 of an edge": saying(403, b"<html>"),
    "redirect": saying(302, b"", location="http://127.0.0.1:9/api/whoami-v2"),
    "200 without a body": saying(200),
    "no JSON": saying(200, b"<html>"),
    "a list": saying(200, b"[]"),
    "a number as name": saying(200, b'{"name": 5, "orgs": [{"name": "acme"}]}'),
    "a list as name": saying(200, b'{"name": ["jane"], "orgs": {"name": "acme"}}'),
    "no UTF-8": saying(200, b'{"name": "\xff"}'),
    "JSON 500,000 deep": saying(200, b"[" * 500_000),
    "a number of 900,000 digits": saying(200, b'{"name": ' + b"9" * 900_000 + b"}"),
    "8 MiB": saying(200, b'{"name": "jane", "orgs": [{"name": "acme"}], "x": "' + b"x" * (8 << 20) + b'"}'),
    "no HTTP": nonsense,
    "endless": endless,
    "drip": dripping,
    "drip in the headers": dripping_headers,
    "only 100 Continue": going_on,
    "silence": silent,
}  # fmt: skip
"""None of these is a word about a token."""


def by_token(handler: Handler) -> None:
    """`hf_hostile_<number>_...` is answered in that mode of `HOSTILE`, everybody else honestly."""
    number = handler.token.removeprefix("hf_hostile_").partition("_")[0]
    mode = (
        list(HOSTILE.values())[int(number)] if handler.token.startswith("hf_hostile_") else honest
    )
    mode(handler)


@contextmanager
def running_hub() -> Iterator[Hub]:
    hub = Hub()
    thread = threading.Thread(target=hub.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield hub
    finally:
        hub.closing.set()
        hub.shutdown()
        hub.server_close()
        thread.join()
