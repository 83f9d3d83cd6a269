"""How a replica comes into service: more time while it starts, then in or given up, said once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from .cloud import Cloud
from .figures import FAILED_STARTS, single
from .log import log
from .readiness import READY, STARTING

FAILED_FILE = "failed"
"""Beside the gateway's folder; written by `report-failure.sh` when a start-up step failed."""
REPORTS_SECONDS = 20.0
"""After it: what needs the failed step is reported too, at the same time, and a machine that ends tells nothing."""


class Launch:
    """Of one replica; threads may call at once."""

    def __init__(
        self,
        cloud: Cloud,
        failed: Path,
        now: float,
        startup_seconds: Callable[[], float],
        time_scale: float,
    ) -> None:
        """`startup_seconds`: a replica that has given no real answer by then is given up; an edit may change it."""
        self._cloud, self._failed = cloud, failed
        self._began, self._startup_seconds = now, startup_seconds
        self._scale = time_scale
        self._reports_seconds = REPORTS_SECONDS / time_scale
        self._failed_at: float | None = None
        self._lock = threading.Lock()
        self._over = False

    def look(self, state: str, now: float) -> None:
        """Say how it went once that is known. Raises `OSError` where it could not be said: it is said again."""
        with self._lock:
            if self._over:
                return
            if state == READY:
                self._cloud.started(ok=True)
                self._over = True
            elif state == STARTING and (reason := self._vain(now)):
                log(f"start: {reason}; this replica is given up")
                self._cloud.publish(single({FAILED_STARTS: 1}))
                self._cloud.started(ok=False)
                self._over = True

    def ask_for_time(self) -> None:
        """While it is not known."""
        with self._lock:
            if not self._over:
                self._cloud.heartbeat()

    def _vain(self, now: float) -> str:
        if self._failed_at is None and self._failed.exists():
            self._failed_at = now
        if self._failed_at is not None and now - self._failed_at >= self._reports_seconds:
            return "a start-up step failed"
        given = self._startup_seconds()
        if now - self._began > given:
            return f"no real answer of the engine after {given * self._scale:.0f} s"
        return ""
