"""Target groups of functions: each has a port of the loopback, to which the load balancers' Envoy forwards.

What comes there is made an event of, the function is invoked, and its answer sent back (`function_http.py`). An ALB
says 413 and 502 by itself; what is not registered is 503.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.live.aws.function_http import (
    BODY_BYTES_MAX,
    BadAnswerError,
    HttpAnswer,
    HttpRequest,
    answer_of,
    event_of,
    own_answer,
)
from sandbox.live.functions.function import Answer, Function, ThrottledError

CONNECTIONS_WAITING = 1024
READ_SECONDS = 30.0
LINE_BYTES_MAX = 65536
PIECE_BYTES = 65536
Invoke = Callable[[Function, str], Answer]
"""Raises `ThrottledError`."""


@dataclass(frozen=True)
class FunctionTarget:
    """What a target group forwards to now."""

    group_arn: str
    multi_value: bool
    function: Function | None
    """None: nothing is registered."""
    permitted: bool
    """By the function's own policy."""


class FunctionTargets:
    """`port_of` a group begins to listen; what is forwarded there is what `follow` said last."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke
        self._targets: Mapping[str, FunctionTarget] = {}
        self._servers: dict[str, _Server] = {}

    def port_of(self, group_arn: str) -> int:
        """On 127.0.0.1."""
        if group_arn not in self._servers:
            self._servers[group_arn] = _Server(lambda request: self._answer(group_arn, request))
        return self._servers[group_arn].server_port

    def follow(self, targets: Mapping[str, FunctionTarget]) -> None:
        """These are all the groups of functions that exist; ports of others close."""
        self._targets = dict(targets)
        for arn in set(self._servers) - set(targets):
            self._servers.pop(arn).stop()

    def close(self) -> None:
        """Nothing listens any more."""
        self.follow({})

    def _answer(self, group_arn: str, request: HttpRequest) -> HttpAnswer:
        target = self._targets.get(group_arn)
        if target is None or target.function is None:
            return own_answer(503)
        if len(request.body) > BODY_BYTES_MAX:
            return own_answer(413)
        if not target.permitted:
            return own_answer(502)
        event = event_of(request, group_arn, multi_value=target.multi_value)
        try:
            answer = self._invoke(target.function, json.dumps(event))
            if answer.is_error:
                return own_answer(502)
            return answer_of(answer.payload, multi_value=target.multi_value)
        except (ThrottledError, BadAnswerError):
            return own_answer(502)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = CONNECTIONS_WAITING

    def __init__(self, answer: Callable[[HttpRequest], HttpAnswer]) -> None:
        self.answer = answer
        super().__init__(("127.0.0.1", 0), _Handler)
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="targets", daemon=True
        )
        self._thread.start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone away is no news."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        """Requests that are under way get their answer, new ones none."""
        self.shutdown()
        self.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One request a connection: then no thread is left waiting for a second one."""

    protocol_version = "HTTP/1.1"
    timeout = READ_SECONDS

    def handle_one_request(self) -> None:
        """Whatever the method is."""
        line = self.rfile.readline(LINE_BYTES_MAX)
        self.close_connection = True
        self.raw_requestline = line
        if not line or not self.parse_request():
            return
        answer = self._answer()
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("content-length", str(len(answer.body)))
        self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD" and answer.status not in (204, 304):
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""

    def _answer(self) -> HttpAnswer:
        body = self._read_body()
        if self.headers.get("upgrade"):
            return own_answer(400)
        target = self.requestline.split(" ")[1]
        headers = [(name, value) for name, value in self.headers.items()]
        assert isinstance(self.server, _Server)
        return self.server.answer(HttpRequest(self.command, target, headers, body))

    def _read_body(self) -> bytes:
        """All of it, so that the proxy reads the answer; kept is a byte more than is allowed at most."""
        body = b""
        for size in self._pieces():
            left = size
            while left > 0 and (piece := self.rfile.read(min(left, PIECE_BYTES))):
                left -= len(piece)
                body += piece[: BODY_BYTES_MAX + 1 - len(body)]
        return body

    def _pieces(self) -> Iterator[int]:
        """Sizes of what follows; between them the caller reads."""
        if "chunked" not in (self.headers.get("transfer-encoding") or "").lower():
            yield int(self.headers.get("content-length") or 0)
            return
        while size := int(self.rfile.readline(LINE_BYTES_MAX).partition(b";")[0], 16):
            yield size
            self.rfile.readline(LINE_BYTES_MAX)
