"""One client's connection: a request at a time, in order, and an answer that ends with the client."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from sandbox.engine.wire import (
    BadRequest,
    Request,
    answer_bytes,
    chunk_bytes,
    stream_head,
    take_request,
    wants_continue,
)

Handler = Callable[[Request, "Connection"], Awaitable[None]]


class Connection(asyncio.Protocol):
    """Made by the event loop; `handler` answers through the methods here."""

    def __init__(self, handler: Handler, connections: set["Connection"]) -> None:
        """`connections` holds those that are open."""
        self._handler, self._connections = handler, connections
        self._buffer = bytearray()
        self._transport: asyncio.Transport
        self._answering: asyncio.Task[None] | None = None
        self._continued = False
        self._writable = asyncio.Event()
        self._writable.set()
        self.closes = False
        """True: the connection ends with the answer that is under way."""

    @property
    def busy(self) -> bool:
        """An answer is under way."""
        return self._answering is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        """Nobody is there any more: what was being computed for the client ends, as engines do it."""
        self._connections.discard(self)
        if self._answering is not None:
            self._answering.cancel()

    def data_received(self, data: bytes) -> None:
        """Called by the event loop."""
        self._buffer += data
        self._next()

    def pause_writing(self) -> None:
        """The client reads too slowly."""
        self._writable.clear()

    def resume_writing(self) -> None:
        """It has caught up."""
        self._writable.set()

    def send_json(self, status: int, content: Any) -> None:
        """A whole answer."""
        body = json.dumps(content, separators=(",", ":")).encode()
        self.send(status, body, "application/json")

    def send(self, status: int, body: bytes, content_type: str = "text/plain") -> None:
        """A whole answer."""
        self._transport.write(answer_bytes(status, body, content_type, closes=self.closes))

    def start_stream(self) -> None:
        """A stream of events follows."""
        self._transport.write(stream_head(closes=self.closes))

    async def send_events(self, data: bytes) -> None:
        """A part of the stream; waits while the client does not read."""
        self._transport.write(chunk_bytes(data))
        if not self._writable.is_set():
            await self._writable.wait()

    def end_stream(self) -> None:
        """The stream is whole."""
        self._transport.write(chunk_bytes(b""))

    def close(self) -> None:
        """After the answer that is under way, or at once."""
        self.closes = True
        if not self.busy:
            self._transport.close()

    def cut(self) -> None:
        """At once, whatever is under way."""
        self._transport.abort()

    def _next(self) -> None:
        if self._answering is not None or self._transport.is_closing():
            return
        try:
            request = take_request(self._buffer)
        except BadRequest:
            self.closes = True
            self.send(400, b"Bad Request")
            self._transport.close()
            return
        if request is None:
            self._ask_for_the_body()
            return
        self._continued = False
        self.closes = self.closes or not request.keeps_connection
        self._answering = asyncio.get_running_loop().create_task(self._answer(request))

    def _ask_for_the_body(self) -> None:
        if not self._continued and wants_continue(self._buffer):
            self._continued = True
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    async def _answer(self, request: Request) -> None:
        answered = False
        try:
            await self._handler(request, self)
            answered = True
        finally:
            self._answering = None
            if self.closes or not answered:
                self._transport.close()
        self._next()
