"""The life of one process: it loads, listens, serves, and ends as its engine does."""

import asyncio
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sandbox.engine.connection import Connection
from sandbox.engine.dialects.interface import Dialect
from sandbox.engine.respond import Responder
from sandbox.engine.settings import SettingsFile

LOOK_SECONDS = 0.02
WARM_UP_PART = 0.25
"""Of the time to load, where the port is open and says 503 before the end."""
BACKLOG = 1024


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where and as what a process runs."""

    dialect: Dialect
    address: str
    port: int
    """0 takes a free one; the line `listening on` says which."""
    command: tuple[str, ...]
    settings: Path


async def serve(place: Place) -> int:
    """The exit code. Raises SettingsError and OSError before anything listens."""
    return await _Process(place).run()


class _Process:
    def __init__(self, place: Place) -> None:
        self._place, self._dialect = place, place.dialect
        self._settings = SettingsFile(place.settings)
        self._responder = Responder(self._dialect, place.command, self._settings)
        self._connections: set[Connection] = set()
        self._told_to_stop = asyncio.Event()
        self._began = time.monotonic()

    async def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._told_to_stop.set)
        closed_part = {"closed": 1.0, "closed-then-503": 1 - WARM_UP_PART, "503": 0.0}
        await self._load(closed_part[self._dialect.loading])
        if self._told_to_stop.is_set():
            return 0
        if self._fails_now():
            return self._fail()
        server = await self._listen()
        await self._load(1.0)
        if self._settings.now().faults.crash_at_start:
            return self._fail()
        self._responder.phase = "serving"
        _say(f"{self._dialect.name}: ready")
        await self._told_to_stop.wait()
        await self._stop(server)
        return 0

    async def _load(self, part: float) -> None:
        """Until this part of the time to load is over, or SIGTERM."""
        while not self._told_to_stop.is_set():
            left = self._began + part * self._settings.now().load_seconds - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(min(left, LOOK_SECONDS))

    def _fails_now(self) -> bool:
        """An engine whose port is closed while it loads never opens it where it fails."""
        return self._dialect.loading != "503" and self._settings.now().faults.crash_at_start

    def _fail(self) -> int:
        faults = self._settings.now().faults
        lines = self._dialect.out_of_memory if faults.log_lines is None else faults.log_lines
        for line in lines:
            print(line, file=sys.stderr, flush=True)
        return faults.exit_code

    async def _listen(self) -> asyncio.Server:
        server = await asyncio.get_running_loop().create_server(
            lambda: Connection(self._responder.respond, self._connections),
            self._place.address,
            self._place.port,
            backlog=BACKLOG,
        )
        address, port = server.sockets[0].getsockname()[:2]
        _say(f"{self._dialect.name}: listening on {address}:{port}")
        return server

    async def _stop(self, server: asyncio.Server) -> None:
        """Running answers may end, up to the grace; then they are cut."""
        self._responder.phase = "stopping"
        if not self._dialect.accepts_while_stopping:
            server.close()
            for connection in list(self._connections):
                connection.close()
        grace = self._settings.now().grace_seconds
        if grace is None:
            grace = self._dialect.grace_seconds(self._place.command)
        until = None if grace is None else time.monotonic() + grace
        while self._is_busy() and (until is None or time.monotonic() < until):
            await asyncio.sleep(LOOK_SECONDS)
        server.close()
        for connection in list(self._connections):
            connection.cut() if connection.busy else connection.close()

    def _is_busy(self) -> bool:
        return any(connection.busy for connection in self._connections)


def _say(line: str) -> None:
    print(line, flush=True)
