"""What the stack's table says of an endpoint's sleep and wakes, as plain data. Pure: a cloud's module reads it.

The words are those of the state machine.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dataplane.wake.model import DRAINING, PAUSE
from dataplane.wake.wake_record import SERVED

TOTAL = "asked to in service"
_BEGINS_AFTER: Mapping[str, tuple[str, ...]] = {
    "machine": ("asked",),
    "image": ("machine",),
    "weights": ("machine",),
    "engine": ("image", "weights"),
    "answered": ("engine",),
    "in_service": ("answered",),
    "first_answer": ("in_service",),
}
"""Phase of a wake -> those after the last of which it begins; image and weights come side by side."""


@dataclass(frozen=True, kw_only=True)
class WakeState:
    """Where an endpoint stands, as the reconciler wrote it last. Times are Unix seconds."""

    name: str
    """`ASLEEP`, `WAKING`, `AWAKE`, `DRAINING`, `FAILED` or `PAUSED`."""
    since: float
    goal: str = ""
    """Of DRAINING: `sleep`, `zero` or `pause`."""
    reason_code: str = ""
    reason: str = ""
    """Why it failed, or what a wake is held up by."""
    retry_at: float | None = None
    """Of FAILED: the next try where somebody asks; None: only by command or a new configuration."""
    attempts: int = 0
    """Wakes in a row that failed."""
    wakes_seen: int = 0
    rollout: str = ""
    """`running`, `failed`, `rolled_back`; empty where every machine is of the wanted template."""
    rollout_template: str = ""
    """`id:version` of the launch template that `rollout` is about."""

    @property
    def draining_to_pause(self) -> bool:
        """It ends paused."""
        return self.name == DRAINING and self.goal == PAUSE


@dataclass(frozen=True, kw_only=True)
class WakeRecord:
    """One wake: when each of its steps was done, in Unix seconds."""

    asked: float
    phases: Mapping[str, float]
    outcome: str

    def seconds(self) -> dict[str, float]:
        """Phase -> how long it took, and `TOTAL`; without those whose begin or end is not known.

        Machine and reconciler have a clock each: what their difference makes negative is 0.
        """
        times = {"asked": self.asked, **self.phases}
        found = {
            phase: times[phase] - max(times[one] for one in before)
            for phase, before in _BEGINS_AFTER.items()
            if phase in times and all(one in times for one in before)
        }
        if "in_service" in times:
            found[TOTAL] = times["in_service"] - self.asked
        return {phase: max(0.0, round(seconds, 3)) for phase, seconds in found.items()}


@dataclass(frozen=True, kw_only=True)
class WakeFigure:
    """How long one phase of an endpoint's last wakes took, in seconds."""

    phase: str
    count: int
    """Of wakes that know it."""
    p50: float
    p90: float


def wake_figures(wakes: Sequence[WakeRecord]) -> tuple[WakeFigure, ...]:
    """Of those that served, in the order of the phases, the whole last; percentiles by nearest rank."""
    seconds = [wake.seconds() for wake in wakes if wake.outcome == SERVED]
    figures: list[WakeFigure] = []
    for phase in (*_BEGINS_AFTER, TOTAL):
        values = sorted(one[phase] for one in seconds if phase in one)
        if values:
            p50, p90 = (_percentile(values, percent) for percent in (50, 90))
            figures.append(WakeFigure(phase=phase, count=len(values), p50=p50, p90=p90))
    return tuple(figures)


def _percentile(ordered: Sequence[float], percent: int) -> float:
    """The smallest value that so many percent do not exceed."""
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]
