"""What an endpoint's machines are doing, as plain data, and the one word for it. Pure: a cloud's module observes."""

from collections.abc import Sequence
from dataclasses import dataclass

from homeport.planner.plan import EndpointNames

ASLEEP, STARTING, ROLLING, OUTDATED, READY, FAILED = (
    "asleep", "starting", "rolling", "outdated", "ready", "failed",
)  # fmt: skip
SETTLED = frozenset({ASLEEP, READY, FAILED})
"""Waiting changes none of these."""


@dataclass(frozen=True, kw_only=True)
class EndpointKey:
    """By which names a cloud knows an endpoint."""

    endpoint: str
    names: EndpointNames
    table: str
    """The stack's."""


@dataclass(frozen=True, kw_only=True)
class ReplicaReport:
    """What a replica's agent last wrote to the stack's table."""

    phase: str
    in_flight: int
    pending: int
    at: float
    """Unix seconds."""


@dataclass(frozen=True, kw_only=True)
class MachineStatus:
    """One machine of the group."""

    identifier: str
    lifecycle: str
    """The cloud's own word."""
    in_service: bool
    """The group counts it, and every load balancer it belongs to sends to it."""
    target_health: str
    """The load balancer's own word; `-` where the machine is in none."""
    current: bool
    """Started from the template that the last deployment wanted."""
    report: ReplicaReport | None


@dataclass(frozen=True, kw_only=True)
class Rollout:
    """The newest rolling update."""

    status: str
    """The cloud's own word."""
    running: bool
    failed: bool
    percent: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class EndpointStatus:
    """One look at one endpoint."""

    endpoint: str
    wanted: int
    """Machines that the autoscaler asks for now."""
    minimum: int
    maximum: int
    machines: Sequence[MachineStatus]
    rollout: Rollout | None

    @property
    def state(self) -> str:
        """`asleep`, `starting`, `rolling`, `outdated`, `ready` or `failed`.

        `outdated`: a machine of an older template runs and nothing replaces it. `failed`: the same, and the
        rolling update that should have done so has ended without.
        """
        if self.rollout is not None and self.rollout.running:
            return ROLLING
        if any(not machine.current for machine in self.machines):
            return FAILED if self.rollout is not None and self.rollout.failed else OUTDATED
        if self.wanted == 0:
            return STARTING if self.machines else ASLEEP
        return READY if self.serving >= self.wanted else STARTING

    @property
    def serving(self) -> int:
        """Machines that get requests."""
        return sum(machine.in_service for machine in self.machines)


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that the cloud did to an endpoint's machines."""

    at: str
    """ISO 8601, UTC."""
    endpoint: str
    status: str
    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class LogLine:
    """One line of a machine's engine, gateway, agent or start-up."""

    at: str
    """ISO 8601, UTC."""
    source: str
    """Machine and part, such as `i-0123/engine`."""
    text: str
