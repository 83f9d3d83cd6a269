"""What functions print, line by line, in their log groups where these exist; Lambda would make one that is missing."""

from pathlib import Path
from typing import Any

from moto.core.utils import unix_time_millis
from moto.logs.models import logs_backends

from sandbox.emulator import ACCOUNT_ID

STREAM = "sandbox"
"""One for all invocations; Lambda has one for each environment."""


class FunctionLogs:
    """`follow` the file of each function many times a second."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._read: dict[Path, int] = {}
        """Bytes of whole lines that were kept."""

    def follow(self, file: Path, group: str) -> None:
        """Keep what is new; nothing where there is no such group yet."""
        groups = logs_backends[ACCOUNT_ID][self._region].groups
        begin = self._read.get(file, 0)
        if group not in groups or not file.exists() or file.stat().st_size == begin:
            return
        with file.open("rb") as opened:
            opened.seek(begin)
            whole, newline, _ = opened.read().rpartition(b"\n")
        self._read[file] = begin + len(whole) + len(newline)
        now = int(unix_time_millis())
        lines = [line for line in whole.decode(errors="replace").splitlines() if line.strip()]
        events = [{"timestamp": now, "message": line} for line in lines]
        if events:
            self._put(groups[group], events)

    def _put(self, group: Any, events: list[dict[str, Any]]) -> None:
        if STREAM not in group.streams:
            group.create_log_stream(STREAM)
        group.put_log_events(STREAM, events)
