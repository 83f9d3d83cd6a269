"""How long the gate waits and makes callers wait. In a sandbox whose time runs faster, every figure is divided."""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

from .gate_config import GateConfig
from .model import DRAINING, SLEEP, WAKING, State


class Times(NamedTuple):
    """Seconds on the caller's own clock."""

    poll: float
    hold_max: float
    """Below the function's own 900 s, with what may be waited before and after."""
    first_move: float
    """For a reconciler to take a wake up: after it, nobody is at work."""
    drain: float
    """For a route that was turned away to be turned back, where nobody asked to wait."""
    turn_min: float
    turn_max: float
    """For a route that was turned to the replicas to be so everywhere."""
    retry_min: float
    retry_max: float
    drain_retry: float
    scale: float

    def pause_before_redirect(self, state: State, now: float) -> float:
        """The longer the state has said AWAKE and a request still came here, the longer: it would come again."""
        return _clamp(now - state.since, self.turn_min, self.turn_max)

    def until_awake(self, config: GateConfig, state: State, now: float) -> float:
        """What a caller is told to wait: the middle of the wakes that were measured, or the plan's estimate."""
        if state.name == DRAINING and state.goal == SLEEP:
            return self.drain_retry
        whole = median(state.recent_wakes or (config.wake_seconds_estimate / self.scale,))
        elapsed = now - state.since if state.name == WAKING else 0.0
        return _clamp(whole - elapsed, self.retry_min, self.retry_max)

    def until_retry(self, state: State, now: float) -> float | None:
        """Of a state that has failed; None where only its owner can have it tried again."""
        return max(state.retry_at - now, self.retry_min) if state.retry_at else None


def times(scale: float = 1.0) -> Times:
    """`scale` is 1 in every account."""
    return Times(
        poll=max(0.5 / scale, 0.05),
        hold_max=840 / scale,
        first_move=10 / scale,
        drain=10 / scale,
        turn_min=1 / scale,
        turn_max=10 / scale,
        retry_min=5 / scale,
        retry_max=120 / scale,
        drain_retry=2 / scale,
        scale=scale,
    )


def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)
