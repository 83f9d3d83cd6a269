"""When a machine whose secrets changed asks its group for another one in its place.

The engine has read its secrets into its environment, so a new value needs a new engine. It is not restarted here:
the group takes health from the load balancer and would replace a machine that is out of rotation for longer than
three checks anyway, after an outage. Asked for it, the group starts another machine first, which reads the new
values, and ends this one when that one serves (Auto Scaling guide, "Instance maintenance policies", read 2026-11).
A value that no engine starts with thus takes no running replica away. See docs/adr.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

MARK_FILE = "secrets.changed"
"""Beside the gateway's folder; `secrets.sh again` makes it, a start of the engine removes it."""
SPREAD_SECONDS = 3600.0
"""Replicas ask within this time after the change, each at a moment of its own: never all at once."""
AGAIN_SECONDS = 3600.0
"""A machine that is still here by then asks once more."""


def own_moment(instance: str) -> float:
    """Seconds after the change; the same for a machine however often its agent restarts."""
    number = int(hashlib.sha256(instance.encode()).hexdigest()[:8], 16)
    return number / 0xFFFFFFFF * SPREAD_SECONDS


class SecretRotation:
    """Of one machine."""

    def __init__(self, mark: Path, instance: str, time_scale: float = 1.0) -> None:
        self._mark = mark
        self._scale = time_scale
        self._moment = own_moment(instance) / time_scale
        self._asked_at: float | None = None

    @property
    def changed(self) -> bool:
        """Whether the engine runs with values that are not the store's any more."""
        return self._mark.exists()

    def due(self, wall_now: float) -> bool:
        """Whether to ask the group now, in seconds since 1970; `asked` says that it was done."""
        try:
            changed_at = self._mark.stat().st_mtime
        except FileNotFoundError:
            self._asked_at = None
            return False
        if self._asked_at is not None and wall_now < self._asked_at + AGAIN_SECONDS / self._scale:
            return False
        return wall_now >= changed_at + self._moment

    def asked(self, wall_now: float) -> None:
        """The group knows."""
        self._asked_at = wall_now
