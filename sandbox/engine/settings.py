"""How a stand-in behaves, from a JSON file that may be changed while it runs.

A writer replaces the file whole (write beside it, then rename): a file that is half written is refused, and the
settings before it stay.
"""

import os
import sys
import time
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Seconds = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
RECENT_SECONDS = 0.01


class SettingsError(Exception):
    """A settings file that cannot be used; the text names file, field, what was found and what is allowed."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Faults(_Part):
    """What goes wrong; nothing by default. A slow start is `load_seconds`, a slow first token `first_token_seconds`."""

    crash_at_start: bool = False
    """Ends after `load_seconds`, as an engine whose memory does not suffice, with `exit_code` and `log_lines`."""
    exit_code: Annotated[int, Field(ge=0, le=255)] = 1
    log_lines: tuple[str, ...] | None = None
    """On standard error; None: what the engine itself would say."""
    crash_after_requests: Count | None = None
    """Ends as by SIGKILL once so many requests got their whole answer, counted from the last change of the file."""
    crash_after_tokens: Count | None = None
    """The same for tokens of all requests together: some stream is in its middle then."""
    hang: Literal["requests", "all"] | None = None
    """Takes requests and does not answer while it says so; `all`: health and metrics too."""
    error_status: Annotated[int, Field(ge=400, le=599)] | None = None
    """Answer of every request that would make the model work, such as 500; nothing is executed then."""


class Settings(_Part):
    """The whole file; every field may be left out."""

    load_seconds: Seconds = 0.0
    """From the start to the first answer; until then the port is closed or says 503, as the engine does it."""
    tokens_per_second: Annotated[float, Field(gt=0)] = 200.0
    """Of each request that runs."""
    first_token_seconds: Seconds = 0.0
    """Before the first token, while it counts as running."""
    concurrency: Count | None = None
    """Requests that run at a time, the others wait; None: what the engine's own arguments say. Read at the start."""
    tokens: Count = 8
    """Of an answer to a request that names no maximum."""
    executed_folder: Path | None = None
    """Where `executed` gets a line a request: its `x-test-id`, or `-`. Read at the start."""
    grace_seconds: Seconds | None = None
    """How long running answers may go on after SIGTERM; None: as long as the engine itself lets them."""
    faults: Faults = Faults()


class SettingsFile:
    """The settings as the file says them now."""

    def __init__(self, path: Path) -> None:
        """Raises SettingsError where the file cannot be used."""
        self._path = path
        self._seen = _stamp(path)
        self._settings = read_settings(path)
        self._looked = time.monotonic()
        self.version = 0
        """Grows with every change."""

    def now(self) -> Settings:
        """One `stat`; reads where the file has changed. What cannot be used is said once, and changes nothing."""
        self._looked = time.monotonic()
        try:
            stamp = _stamp(self._path)
        except SettingsError:  # between the two halves of a replacement
            return self._settings
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._settings = read_settings(self._path)
                self.version += 1
            except SettingsError as error:
                print(f"engine: settings stay as they were: {error}", file=sys.stderr, flush=True)
        return self._settings

    def recent(self) -> Settings:
        """As `now`, at most 10 ms old: for what is asked for every token."""
        fresh = time.monotonic() - self._looked < RECENT_SECONDS
        return self._settings if fresh else self.now()


def read_settings(path: Path) -> Settings:
    """Raises SettingsError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    try:
        return Settings.model_validate_json(text)
    except ValidationError as error:
        lines = [
            f"{path}: {'.'.join(str(part) for part in one['loc']) or 'the file'}: {one['msg']}"
            + ("" if one["type"] == "json_invalid" else f"; found {one['input']!r}")
            for one in error.errors(include_url=False)
        ]
        raise SettingsError("\n".join(lines)) from error


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = os.stat(path)  # noqa: PTH116 - asked for every request
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from error
    return found.st_mtime_ns, found.st_size, found.st_ino
