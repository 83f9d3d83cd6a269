"""A stand-in for an inference engine that speaks OpenAI's API, and fails as it is told.

    python -m sandbox.live.engine --port 8000 --load-seconds 1 --tokens-per-second 50

It counts how often it executed each request (`x-test-id`), which is how a test finds one that was lost or run
twice. Any real OpenAI-compatible server can take its place: it only has to listen where the machine's engine does.
"""

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GENERATING = ("/v1/chat/completions", "/v1/completions")


class Engine(ThreadingHTTPServer):
    """One engine; `executed` counts requests by their id."""

    daemon_threads = True
    request_queue_size = 1024

    def __init__(
        self,
        port: int = 0,
        *,
        name: str = "model",
        load_seconds: float = 0.0,
        tokens_per_second: float = 200.0,
        concurrency: int = 256,
    ) -> None:
        self.name, self.tokens_per_second = name, tokens_per_second
        self.executed: Counter[str] = Counter()
        self.hangs = False
        """True: health and requests get no answer."""
        self._loaded_at = time.monotonic() + load_seconds
        self._slots = threading.Semaphore(concurrency)
        self._lock = threading.Lock()
        self.running = 0
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.server_address[1]

    @property
    def loaded(self) -> bool:
        """Whether the model is in memory."""
        return time.monotonic() >= self._loaded_at

    def begin(self, identifier: str) -> None:
        """Take a slot; waits while all are taken."""
        self._slots.acquire()
        with self._lock:
            self.running += 1
            self.executed[identifier] += 1

    def end(self) -> None:
        """Give the slot back."""
        with self._lock:
            self.running -= 1
        self._slots.release()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Engine  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_GET(self) -> None:
        """Health, models, metrics."""
        self._wait_while_it_hangs()
        if self.path == "/health":
            self._send(200 if self.server.loaded else 503, {})
        elif self.path == "/v1/models":
            self._send(200, {"object": "list", "data": [{"id": self.server.name}]})
        elif self.path == "/metrics":
            self._text(f"vllm:num_requests_running {self.server.running}\n")
        else:
            self._send(404, {"error": "no such route"})

    def do_POST(self) -> None:
        """An answer, whole or as a stream."""
        self._wait_while_it_hangs()
        length = int(self.headers.get("content-length", 0))
        content: dict[str, Any] = json.loads(self.rfile.read(length) or b"{}")
        if self.path not in GENERATING or not self.server.loaded:
            self._send(404 if self.server.loaded else 503, {"error": "not now"})
            return
        self.server.begin(self.headers.get("x-test-id", "-"))
        try:
            tokens = int(content.get("max_tokens", 8))
            if content.get("stream"):
                self._stream(tokens)
            else:
                time.sleep(tokens / self.server.tokens_per_second)
                self._send(200, {"choices": [{"message": {"content": "word " * tokens}}]})
        finally:
            self.server.end()

    def _stream(self, tokens: int) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number in range(tokens):
            time.sleep(1 / self.server.tokens_per_second)
            delta = {"choices": [{"delta": {"content": f"{number} "}}]}
            self._chunk(f"data: {json.dumps(delta)}\n\n")
        self._chunk("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, text: str) -> None:
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _wait_while_it_hangs(self) -> None:
        while self.server.hangs:
            time.sleep(0.05)

    def _send(self, status: int, content: Mapping[str, Any]) -> None:
        self._bytes(status, "application/json", json.dumps(content).encode())

    def _text(self, text: str) -> None:
        self._bytes(200, "text/plain", text.encode())

    def _bytes(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


def main() -> None:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description="A stand-in for an inference engine.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--name", default="model")
    parser.add_argument("--load-seconds", type=float, default=0.0)
    parser.add_argument("--tokens-per-second", type=float, default=200.0)
    parser.add_argument("--concurrency", type=int, default=256)
    asked = parser.parse_args()
    Engine(
        asked.port,
        name=asked.name,
        load_seconds=asked.load_seconds,
        tokens_per_second=asked.tokens_per_second,
        concurrency=asked.concurrency,
    ).serve_forever()


if __name__ == "__main__":
    main()
