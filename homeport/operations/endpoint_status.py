"""What an endpoint's machines are doing, as plain data, and the one word for it. Pure: a cloud's module observes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dataplane.wake import model
from homeport.operations.wake_state import WakeRecord, WakeState
from homeport.planner.plan import EndpointNames

ASLEEP, STARTING, ROLLING, OUTDATED, READY, DRAINING, PAUSED, FAILED = (
    "asleep", "starting", "rolling", "outdated", "ready", "draining", "paused", "failed",
)  # fmt: skip
SETTLED = frozenset({ASLEEP, READY, PAUSED, FAILED})
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
    in_flight: int | None
    """None while the agent cannot know it; so is `pending`."""
    pending: int | None
    at: float
    """Unix seconds."""
    phases: Mapping[str, float] = field(default_factory=dict[str, float])
    """Step of the machine's start -> when it was done, in Unix seconds."""


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
    template: str = ""
    """`id:version` of the launch template that the last deployment wants."""
    wake_state: WakeState | None = None
    """None where the reconciler has not looked at it yet."""
    wakes: Sequence[WakeRecord] = ()
    """The last ones, newest first."""

    @property
    def state(self) -> str:
        """`asleep`, `starting`, `rolling`, `outdated`, `ready`, `draining`, `paused` or `failed`.

        `outdated`: a machine of an older template runs and nothing replaces it. `failed`: no wake brought a
        machine into service; or `outdated`, and the rolling update has ended without.
        """
        name = self.wake_state.name if self.wake_state else model.AWAKE
        if name in _WORDS:
            return _WORDS[name]
        if self.rollout is not None and self.rollout.running:
            return ROLLING
        if self.outdated:
            return self._outdated()
        if self.wanted == 0:
            return STARTING if self.machines or self.wake_state else ASLEEP
        return READY if self.serving >= self.wanted else STARTING

    def _outdated(self) -> str:
        """The reconciler's word goes before the cloud's: it begins a refresh that failed once more."""
        if self.wake_state is None:
            return FAILED if self.rollout is not None and self.rollout.failed else OUTDATED
        if self.wake_state.rollout_template != self.template:
            return OUTDATED  # it is about an update before this one
        return {
            model.RUNNING: ROLLING,
            model.ROLLOUT_FAILED: FAILED,
            model.ROLLED_BACK: FAILED,
        }.get(self.wake_state.rollout, OUTDATED)

    @property
    def outdated(self) -> bool:
        """A machine of an older template runs."""
        return any(not machine.current for machine in self.machines)

    @property
    def serving(self) -> int:
        """Machines that get requests."""
        return sum(machine.in_service for machine in self.machines)


_WORDS: Mapping[str, str] = {
    model.ASLEEP: ASLEEP,
    model.WAKING: STARTING,
    model.DRAINING: DRAINING,
    model.PAUSED: PAUSED,
    model.FAILED: FAILED,
}
"""State of the state machine -> the word for it; of one that is awake the machines decide."""


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
