"""Ends the process in the middle of its work, as a kernel does that kills it."""

import os
import signal

from sandbox.engine.settings import SettingsFile


class Crash:
    """Counts from the last change of the settings file."""

    def __init__(self, settings: SettingsFile) -> None:
        """Looks at the file's `faults`."""
        self._settings = settings
        self._version = settings.version
        self._requests = self._tokens = 0

    def after_tokens(self, count: int) -> None:
        """So many more were generated."""
        faults = self._settings.recent().faults
        self._forget()
        self._tokens += count
        if faults.crash_after_tokens is not None and self._tokens >= faults.crash_after_tokens:
            die()

    def is_due_after_request(self) -> bool:
        """Counts one more that is about to get the end of its answer; True: the process shall die then."""
        faults = self._settings.now().faults
        self._forget()
        self._requests += 1
        return (
            faults.crash_after_requests is not None
            and self._requests >= faults.crash_after_requests
        )

    def _forget(self) -> None:
        if self._version != self._settings.version:
            self._version = self._settings.version
            self._requests = self._tokens = 0


def die() -> None:
    """As by SIGKILL: nothing is said, nothing is cleaned up, what was being answered is cut."""
    os.kill(os.getpid(), signal.SIGKILL)
