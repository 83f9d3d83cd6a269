"""A stand-in for an inference engine that speaks OpenAI's API.

It counts how often it executed each request (`x-test-id`), which is how a test finds one that was lost or run
twice.
"""

import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKENS_PER_SECOND = 200.0
GENERATING = ("/v1/chat/completions", "/v1/completions")


class Engine(ThreadingHTTPServer):
    """One engine; `executed` counts requests by their id."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(self, port: int) -> None:
        """0 takes any free port."""
        self.executed: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    def execute(self, identifier: str) -> None:
        """Count a request whose execution begins."""
        with self._lock:
            self.executed[identifier] += 1

    def get_request(self) -> tuple[socket.socket, Any]:
        """As the base does, and remember the connection."""
        connection, address = super().get_request()
        with self._lock:
            self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """As the base does, and forget the connection."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def kill(self) -> None:
        """As a process that is killed: nobody listens any more, and what was being answered is cut."""
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):  # closed by its client in the same moment
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: connections end while they are being answered, here by design."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Engine  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        """Health and models."""
        if self.path == "/health":
            self._send(200, {})
        elif self.path == "/v1/models":
            self._send(200, {"object": "list", "data": [{"id": "model"}]})
        else:
            self._send(404, {"error": "no such route"})

    def do_POST(self) -> None:
        """An answer, whole or as a stream."""
        length = int(self.headers.get("content-length", 0))
        content: dict[str, Any] = json.loads(self.rfile.read(length) or b"{}")
        if self.path not in GENERATING:
            self._send(404, {"error": "no such route"})
            return
        self.server.execute(self.headers.get("x-test-id", "-"))
        tokens = int(content.get("max_tokens", 8))
        if content.get("stream"):
            self._stream(tokens)
        else:
            time.sleep(tokens / TOKENS_PER_SECOND)
            self._send(200, {"choices": [{"message": {"content": "word " * tokens}}]})

    def _stream(self, tokens: int) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number in range(tokens):
            time.sleep(1 / TOKENS_PER_SECOND)
            delta = {"choices": [{"delta": {"content": f"{number} "}}]}
            self._chunk(f"data: {json.dumps(delta)}\n\n")
        self._chunk("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _send(self, status: int, content: Mapping[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""
