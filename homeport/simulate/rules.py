"""Other people's rules on the same load: Hugging Face's service, and Kubernetes' HorizontalPodAutoscaler."""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Protocol

from homeport.simulate.fleet import Fleet


class Rule(Protocol):
    """Looks at the fleet each second, and asks for more or fewer."""

    def look(self, fleet: Fleet) -> None:
        """One second."""
        ...


@dataclass
class HuggingFaceRule:
    """More than 1.5 pending requests a replica over 20 s: one more, each minute, also while others start.

    Down at most every two minutes, 300 s after the last removal (its autoscaling guide, read 2026-11-22). When
    it takes one away is not documented; here, as ours, when the rest would stay below 0.9 of the threshold.
    """

    threshold: float = 1.5
    _window: deque[float] = field(default_factory=lambda: deque[float](maxlen=20))
    _up_at: int = -60
    _down_at: int = -300

    def look(self, fleet: Fleet) -> None:
        """One second."""
        pending = fleet.pending_per_replica()
        if pending is None:
            return
        self._window.append(pending)
        mean = sum(self._window) / len(self._window)
        if mean > self.threshold and fleet.now - self._up_at >= 60:
            self._up_at = fleet.now
            fleet.ask_for(fleet.desired + 1)
        serving = len(fleet.in_service())
        calm = fleet.now - max(self._down_at, self._up_at) >= 300
        if serving > 1 and calm and mean * serving / (serving - 1) < 0.9 * self.threshold:
            self._down_at = fleet.now
            fleet.ask_for(fleet.desired - 1)


@dataclass
class HorizontalPodAutoscaler:
    """`autoscaling/v2` with its defaults: every 15 s, ceil(replicas x metric / target), 10 % tolerance, at most
    the double or four more in 15 s, and down by the highest wish of the last 300 s.

    Source: Kubernetes documentation, Horizontal Pod Autoscaling (read 2026-11-22).
    """

    target: float = 1.5
    _wishes: deque[tuple[int, int]] = field(default_factory=deque[tuple[int, int]])

    def look(self, fleet: Fleet) -> None:
        """One second; acts every fifteenth."""
        if fleet.now % 15 != 14:
            return
        pending = fleet.pending_per_replica()
        if pending is None:
            return
        ratio = pending / self.target
        serving = len(fleet.in_service())
        if ratio > 1 and fleet.starting():
            # Pods that are not ready count with nothing, which damps the way up.
            ratio = max(1.0, ratio * serving / fleet.desired)
            wish = math.ceil(fleet.desired * ratio) if ratio > 1.1 else fleet.desired
        else:
            wish = serving if abs(ratio - 1) <= 0.1 else math.ceil(serving * ratio)
        wish = max(1, min(wish, max(2 * fleet.desired, fleet.desired + 4)))
        self._wishes.append((fleet.now, wish))
        while self._wishes[0][0] < fleet.now - 300:
            self._wishes.popleft()
        if wish > fleet.desired:
            fleet.ask_for(wish)
        elif max(wish for _, wish in self._wishes) < fleet.desired:
            fleet.ask_for(max(wish for _, wish in self._wishes))
