"""An engine that keeps what it was sent byte by byte, and reads it as strictly as any parser would."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

PIECE = 1 << 16
TOKENS_PER_SECOND = 200.0


@dataclass
class Arrived:
    """One request as it came over the wire."""

    line: str
    headers: dict[str, str]
    body: bytes = b""
    """The first bytes only; `length` says how many there were."""
    length: int = 0
    sha256: str = ""

    @property
    def test_id(self) -> str:
        return self.headers.get("x-test-id", "-")


@dataclass
class Record:
    """What an engine saw, in order."""

    requests: list[Arrived] = field(default_factory=list)
    unreadable: list[bytes] = field(default_factory=list)
    """What no strict parser would take: a lone CR or LF, two lengths, a chunk that is none."""
    left: list[float] = field(default_factory=list)
    """When the reader of an answer was found gone, by `time.monotonic`."""
    streams: int = 0
    """Answers that are being sent now."""


class _Unreadable(Exception):
    pass


class _Handler(StreamRequestHandler):
    record: Record

    def handle(self) -> None:
        with suppress(OSError):
            while True:
                try:
                    request = self._request()
                except _Unreadable as error:
                    self.record.unreadable.append(error.args[0])
                    return
                if request is None:
                    return
                self._answer(request)

    def _request(self) -> Arrived | None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self.rfile.readline(1 << 20)
            if not line:
                return None
            if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
                raise _Unreadable(line)
            head += line
        first, *rest = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        headers: dict[str, str] = {}
        for line in rest:
            name, colon, value = line.partition(":")
            # A name twice is as good as none: parsers differ in which they believe.
            if not colon or name != name.strip() or name.lower() in headers:
                raise _Unreadable(line.encode("latin-1"))
            headers[name.lower()] = value.strip()
        request = Arrived(first, headers)
        self.record.requests.append(request)
        self._read_body(request)
        return request

    def _read_body(self, request: Arrived) -> None:
        digest = hashlib.sha256()
        for part in self._parts(request.headers):
            digest.update(part)
            request.length += len(part)
            request.body = (
                (request.body + part)[:PIECE] if len(request.body) < PIECE else request.body
            )
        request.sha256 = digest.hexdigest()

    def _parts(self, headers: dict[str, str]) -> Iterator[bytes]:
        encoding, length = headers.get("transfer-encoding"), headers.get("content-length")
        if encoding is not None and (encoding != "chunked" or length is not None):
            raise _Unreadable(repr(headers).encode())
        if encoding is None:
            yield from self._exactly(int(length or 0))
            return
        while size := int(self.rfile.readline(100), 16):
            yield from self._exactly(size)
            self._end_of_line()
        self._end_of_line()  # no trailers are expected

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size > 0:
            part = self.rfile.read(min(size, PIECE))
            if not part:
                raise OSError("the body ended early")
            size -= len(part)
            yield part

    def _end_of_line(self) -> None:
        found = self.rfile.readline(1000)
        if found != b"\r\n":
            raise _Unreadable(found)

    def _answer(self, request: Arrived) -> None:
        target = request.line.split(" ")[1]
        if target.startswith("/stream"):
            self._stream(b"data: word\n\n", 1 / TOKENS_PER_SECOND)
        elif target.startswith("/flood"):
            self._stream(b"x" * PIECE, 0)
        else:
            body = json.dumps({"path": target}).encode()
            self._write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%s" % (len(body), body))

    def _stream(self, event: bytes, every_seconds: float) -> None:
        """Without an end: until nobody reads it any more."""
        self.record.streams += 1
        try:
            self._write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            while True:
                self._write(b"%x\r\n%s\r\n" % (len(event), event))
                time.sleep(every_seconds)
        except OSError:
            self.record.left.append(time.monotonic())
            raise
        finally:
            self.record.streams -= 1

    def _write(self, data: bytes) -> None:
        self.connection.sendall(data)


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Envoy hangs up on what it has cut; that is no error of the test."""


@contextmanager
def raw_engine(record: Record) -> Iterator[int]:
    """Yields the port. `/stream` and `/flood` answer without an end, everything else with its path."""
    handler = type("Handler", (_Handler,), {"record": record})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
