"""What a user may tell an endpoint, and when that makes sense. Pure: a cloud's module reads and writes.

An order is a line in the stack's table. The reconciler carries it out; nothing here touches a machine.
"""

from dataclasses import dataclass
from enum import StrEnum

from dataplane.wake.model import ASLEEP, AWAKE, DRAINING, FAILED, PAUSED, WAKING
from homeport.errors import HomeportError
from homeport.operations.wake_state import WakeState


class Order(StrEnum):
    """The command of the same name gives it."""

    WAKE = "wake"
    PAUSE = "pause"
    RESUME = "resume"
    SCALE_TO_ZERO = "scale-to-zero"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What an endpoint was told, and what became of it so far."""

    endpoint: str
    min_replicas: int
    """Of the last deployment."""
    paused: bool
    """It was told to pause, and not to resume since."""
    state: WakeState | None
    """None: the reconciler has not looked at it yet."""

    @property
    def name(self) -> str:
        """Of the state; empty where there is none."""
        return self.state.name if self.state else ""


def superfluous(order: Order, standing: Standing) -> str:
    """Why the order need not be given, in words; empty where it must be.

    Raises `HomeportError` for an order that the endpoint cannot follow.
    """
    if order is Order.WAKE:
        return _superfluous_wake(standing)
    if order is Order.PAUSE:
        return "is paused already" if standing.paused else ""
    if order is Order.RESUME:
        return "" if standing.paused else "is not paused"
    return _superfluous_sleep(standing)


def _superfluous_wake(standing: Standing) -> str:
    if standing.paused:
        raise _refused(standing, "paused", "an endpoint that may wake", Order.RESUME)
    return {
        AWAKE: "is awake already",
        WAKING: "is waking already",
        PAUSED: "is being resumed already",
    }.get(standing.name, "")


def _superfluous_sleep(standing: Standing) -> str:
    if standing.min_replicas >= 1:
        keeps = f"replicas.min {standing.min_replicas}, deployed"
        raise _refused(standing, keeps, "an endpoint with replicas.min 0", Order.PAUSE)
    if standing.paused:
        return "is paused"
    return {ASLEEP: "is asleep already", FAILED: "has failed, and runs no machine"}.get(
        standing.name, ""
    )


def _refused(standing: Standing, found: str, allowed: str, instead: Order) -> HomeportError:
    return HomeportError(
        path=standing.endpoint,
        found=found,
        allowed=allowed,
        fix=f"use `homeport {instead}` with the same file",
    )


def has_come_about(order: Order, state: WakeState | None) -> bool:
    """Whether the endpoint is where the order leads."""
    name = state.name if state else ""
    if order is Order.RESUME:
        drains = state is not None and name == DRAINING and not state.draining_to_pause
        return drains or name in (AWAKE, ASLEEP)
    if order is Order.SCALE_TO_ZERO:
        return name in (ASLEEP, PAUSED, FAILED)
    return name == (AWAKE if order is Order.WAKE else PAUSED)


def has_failed(order: Order, before: Standing, state: WakeState | None, *, given: bool) -> bool:
    """Whether the order ended in FAILED; a failure from before it was given is what it is to mend."""
    if state is None or state.name != FAILED or order in (Order.PAUSE, Order.SCALE_TO_ZERO):
        return False
    return not given or before.name != FAILED or state.since != _since(before)


def _since(standing: Standing) -> float | None:
    return standing.state.since if standing.state else None
