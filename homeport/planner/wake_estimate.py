"""What a wake takes, as the plan has it; part of `homeport.planner.plan`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class WakePhase:
    """One part of a start; an estimate."""

    name: str
    low_seconds: int
    high_seconds: int


@dataclass(frozen=True, kw_only=True)
class WakePlan:
    """What a wake from zero takes, before any was measured."""

    phases: tuple[WakePhase, ...]
    """In order; image and weights at the same time."""
    low_seconds: int
    high_seconds: int
    estimate_seconds: int
    """What clients are told to wait until wakes were measured."""
    startup_seconds: int
    """A replica that has not answered by then gives itself up."""
