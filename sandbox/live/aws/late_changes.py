"""Changes that a load balancer does only after a while, each in its turn. Times are seconds of the account's clock."""

from collections.abc import Callable
from typing import Any, NamedTuple

Content = dict[str, Any]


class Change(NamedTuple):
    """Of one file."""

    due: float
    name: str
    content: Content


class LateChanges:
    """Contents of files: what is `put` is due `lag_seconds` later, a file's first content at once."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.lag_seconds = 0.0
        self._newest: dict[str, Content] = {}
        self._waiting: list[Change] = []

    def put(self, name: str, content: Content) -> None:
        """Nothing happens where it is the same as last time."""
        if self._newest.get(name) == content:
            return
        lag = self.lag_seconds if name in self._newest else 0.0
        self._newest[name] = content
        before = [one.due for one in self._waiting if one.name == name]
        self._waiting.append(Change(max(self._now() + lag, *before, 0.0), name, content))

    def take_due(self) -> list[Change]:
        """In their order; each once."""
        now = self._now()
        due = [one for one in self._waiting if one.due <= now]
        self._waiting = [one for one in self._waiting if one.due > now]
        return due
