"""The configuration item, followed: what it says now, or said when it was last read.

Kept on the machine at each change, so that an agent that starts while the table is silent judges by what Envoy
serves by. `gateway.sh` keeps it in the same file.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..live_settings import drain_seconds, gateway_settings, live_access, startup_seconds
from ..render import write_live
from .token_gate import Live

KEPT_FILE = "item.json"


class FollowedItem:
    """Of one endpoint; one thread follows, any may read."""

    def __init__(
        self,
        boot: Mapping[str, Any],
        folder: Path,
        read: Callable[[], dict[str, Any]],
        time_scale: float = 1.0,
    ) -> None:
        self._boot, self._folder, self._read, self._scale = boot, folder, read, time_scale
        self._item: dict[str, Any] = {}
        self.live: Live | None = None
        """None while it is not known who may call."""
        self.drain_seconds = 0.0
        self.startup_seconds = startup_seconds({}) / time_scale

    def begin(self) -> None:
        """Take the one on disk, before anybody is judged: an agent that comes back refuses nobody meanwhile."""
        try:
            self._take(json.loads((self._folder / KEPT_FILE).read_text("utf-8")))
        except (OSError, ValueError):  # SettingsError among them: there is none that serves
            return

    def follow(self) -> None:
        """Take an edit up; an item that cannot be read or understood leaves what is in force, and raises why."""
        item = self._read()
        if item != self._item:
            self._take(item)
            self._keep(item)

    def _take(self, item: dict[str, Any]) -> None:
        settings = gateway_settings(dict(self._boot), item, live_folder=str(self._folder))
        allow, stale_seconds = live_access(item)
        write_live(settings, self._folder)
        self.drain_seconds = drain_seconds(item) / self._scale
        self.startup_seconds = startup_seconds(item) / self._scale
        self.live = Live(allow, stale_seconds / self._scale)
        self._item = item

    def _keep(self, item: dict[str, Any]) -> None:
        new = self._folder / f".{KEPT_FILE}.new"
        new.write_text(json.dumps(item), encoding="utf-8")
        new.replace(self._folder / KEPT_FILE)
