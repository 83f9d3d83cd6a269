"""What Envoy asks the agent, on a socket file: may this request pass, and is the replica ready.

/authorize/<the request's own path>     any method; 200 lets it pass, anything else is the client's answer
/_homeport/ready                        200 while the load balancer may send requests
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any, NamedTuple

from ..envoy_routes import READY_PATH
from .log import log
from .readiness import READY
from .token_gate import Answer

AUTHORIZE = "/authorize"
SOCKET_MODE = 0o660
END_SECONDS_MAX, LOOK_SECONDS, IDLE_LOOKS = 2.0, 0.05, 3
"""How an agent that ends waits for the answers that it owes: looks in a row that found none."""
IDLE_SECONDS = 60
"""Of a connection that Envoy keeps; above the 30 s after which Envoy itself gives one up."""


class Answers(NamedTuple):
    """Where the answers come from; both are asked by many threads at once."""

    check: Callable[[str | None], Answer]
    state: Callable[[], str]


class AgentServer(ThreadingMixIn, UnixStreamServer):
    """One thread a connection; Envoy keeps few and uses them again."""

    daemon_threads = True
    request_queue_size = 1024
    block_on_close = False

    def __init__(self, path: Path, answers: Answers) -> None:
        self.answers = answers
        self.ending = False
        self._path = path
        self._lock, self._in_flight = threading.Lock(), 0
        path.unlink(missing_ok=True)  # of an agent that was killed
        super().__init__(str(path), _Handler)
        path.chmod(SOCKET_MODE)

    @contextmanager
    def answering(self) -> Generator[None]:
        """Counts a question until its answer is on its way."""
        with self._lock:
            self._in_flight += 1
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1

    def end(self) -> None:
        """Done once every question that came has its answer, or after a moment. Nobody new finds the socket, which
        Envoy tries again; those whose connection is kept are told to leave it."""
        self._path.unlink(missing_ok=True)
        self.ending = True
        deadline, idle_looks = time.monotonic() + END_SECONDS_MAX, 0
        while time.monotonic() < deadline and idle_looks < IDLE_LOOKS:
            time.sleep(LOOK_SECONDS)
            with self._lock:
                idle_looks = 0 if self._in_flight else idle_looks + 1
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002
        """One line for what is wrong here; nothing for a connection that its other side ended."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            log(f"server: {type(error).__name__}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one write
    timeout = IDLE_SECONDS
    server: AgentServer  # pyright: ignore[reportIncompatibleVariableOverride]

    def _answer(self) -> None:
        with self.server.answering():
            self._answer_one()
            self.wfile.flush()

    def _answer_one(self) -> None:
        self.close_connection |= self.server.ending
        # A body is not read. What stays of it must not be taken for the connection's next question.
        self.close_connection |= self._has_body()
        path = self.path.partition("?")[0]
        if path == READY_PATH:
            self._ready()
        elif path == AUTHORIZE or path.startswith(AUTHORIZE + "/"):
            self._authorize()
        else:
            self._send_json(404, {"error": "no such path"})

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_OPTIONS = _answer  # noqa: N815

    def _has_body(self) -> bool:
        length = self.headers.get("content-length", "0")
        return length != "0" or "transfer-encoding" in self.headers

    def _ready(self) -> None:
        state = self.server.answers.state()
        self._send_json(200 if state == READY else 503, {"state": state})

    def _authorize(self) -> None:
        """Envoy makes the error that the client reads of the plain message."""
        answer = self.server.answers.check(self.headers.get("authorization"))
        self._send(answer.status, answer.headers, answer.message.encode())

    def _send_json(self, status: int, content: dict[str, Any]) -> None:
        self._send(status, (("content-type", "application/json"),), json.dumps(content).encode())

    def _send(self, status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        if self.close_connection:
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: request lines carry query strings, headers carry tokens."""
