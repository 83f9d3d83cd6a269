"""HTTP/1.1 as far as a gateway speaks it to an engine: requests out of bytes, answers into bytes."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

HEAD_BYTES_MAX = 64 * 1024
_END_OF_HEAD = b"\r\n\r\n"


class BadRequest(Exception):
    """Bytes that are no request; the connection ends."""


@dataclass(frozen=True, slots=True)
class Request:
    """One whole request."""

    method: str
    path: str
    """Without query string."""
    headers: dict[str, str]
    """Names in lower case."""
    body: bytes

    @property
    def keeps_connection(self) -> bool:
        """False where the client wants the connection closed after the answer."""
        return self.headers.get("connection", "").lower() != "close"

    def content(self) -> dict[str, Any]:
        """The body's JSON object. Raises ValueError."""
        found = json.loads(self.body or b"{}")
        if not isinstance(found, dict):
            raise ValueError("not a JSON object")  # noqa: TRY004 - one kind of error for a bad body
        return found


def take_request(buffer: bytearray) -> Request | None:
    """The first request, cut off the buffer; None until all of it is there. Raises BadRequest."""
    end = buffer.find(_END_OF_HEAD)
    if end < 0:
        if len(buffer) > HEAD_BYTES_MAX:
            raise BadRequest("headers without an end")
        return None
    method, path, headers = _head(bytes(buffer[:end]))
    start = end + len(_END_OF_HEAD)
    if headers.get("transfer-encoding", "").lower() == "chunked":
        found = _chunks(buffer, start)
    else:
        found = _sized(buffer, start, headers.get("content-length", "0"))
    if found is None:
        return None
    body, past = found
    del buffer[:past]
    return Request(method, path, headers, body)


def wants_continue(buffer: bytearray) -> bool:
    """Whether the client waits for a word before it sends the body."""
    end = buffer.find(_END_OF_HEAD)
    return end >= 0 and b"\r\nexpect: 100-continue" in bytes(buffer[:end]).lower()


def _head(head: bytes) -> tuple[str, str, dict[str, str]]:
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest("no request line")
    headers: dict[str, str] = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequest("no header")
        headers[name.lower()] = value.strip()
    return words[0], words[1].partition("?")[0], headers


def _sized(buffer: bytearray, start: int, length: str) -> tuple[bytes, int] | None:
    if not length.isdecimal():
        raise BadRequest("no length")
    past = start + int(length)
    return (bytes(buffer[start:past]), past) if len(buffer) >= past else None


def _chunks(buffer: bytearray, start: int) -> tuple[bytes, int] | None:
    """A body in chunks; trailers are not expected."""
    parts: list[bytes] = []
    while True:
        line_end = buffer.find(b"\r\n", start)
        if line_end < 0:
            return None
        try:
            size = int(bytes(buffer[start:line_end]).partition(b";")[0], 16)
        except ValueError as error:
            raise BadRequest("no size of a chunk") from error
        past = line_end + 2 + size + 2
        if len(buffer) < past:
            return None
        if size == 0:
            return b"".join(parts), past
        parts.append(bytes(buffer[line_end + 2 : past - 2]))
        start = past


def answer_bytes(status: int, body: bytes, content_type: str, *, closes: bool) -> bytes:
    """A whole answer."""
    return _head_bytes(status, content_type, f"content-length: {len(body)}", closes=closes) + body


def stream_head(*, closes: bool) -> bytes:
    """Before the chunks of a stream of events."""
    return _head_bytes(200, "text/event-stream", "transfer-encoding: chunked", closes=closes)


def chunk_bytes(data: bytes) -> bytes:
    """One chunk; without data the last one."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def _head_bytes(status: int, content_type: str, length: str, *, closes: bool) -> bytes:
    closing = "connection: close\r\n" if closes else ""
    reason = HTTPStatus(status).phrase
    return (
        f"HTTP/1.1 {status} {reason}\r\ncontent-type: {content_type}\r\n{length}\r\n{closing}\r\n"
    ).encode()
