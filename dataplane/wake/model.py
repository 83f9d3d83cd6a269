"""What the state machine is told and what it answers, as plain frozen data. Times are Unix seconds."""

from __future__ import annotations

from typing import NamedTuple

ASLEEP, WAKING, AWAKE, DRAINING, FAILED, PAUSED = (
    "ASLEEP", "WAKING", "AWAKE", "DRAINING", "FAILED", "PAUSED",
)  # fmt: skip
SLEEP, ZERO, PAUSE = "sleep", "zero", "pause"
"""Why an endpoint drains: it was idle, it was told to go to zero, it was told to pause."""
REPLICAS, GATE, MIXED = "replicas", "gate", "mixed"
"""Where the load balancer's rule points; `mixed` is any rule that we would not write."""
NO_CAPACITY, NEVER_READY = "no_capacity", "engine_never_ready"
RUNNING, ROLLED_BACK, ROLLOUT_FAILED = "running", "rolled_back", "failed"


class Config(NamedTuple):
    """The part of the configuration item that decides."""

    digest: str
    """Of the whole item: another digest is a new configuration."""
    min_replicas: int
    idle_seconds: float | None
    """None: it never becomes idle."""
    startup_seconds: float
    """Deadline of one start."""
    max_request_seconds: float
    template: str
    """Version that every machine should have been started from."""
    falls_back: bool = False
    """Spot machines, on-demand ones for an hour where there are none."""


class Machine(NamedTuple):
    """One of the group's machines, with what its agent last reported."""

    identifier: str
    in_service: bool
    template: str
    counted_at: float | None = None
    """When its gateway was asked for what follows."""
    in_flight: int | None = None
    """Requests that were received and are not answered in full, those without a status line among them."""


class Observed(NamedTuple):
    """One look at an endpoint. A look that failed in any part is no look."""

    config: Config
    wakes: int = 0
    """How many wakes were ever asked for; see `State.wakes_seen`."""
    wake_at: float = 0.0
    paused: bool = False
    sleeps: int = 0
    retries: int = 0
    route: str = GATE
    minimum: int = 0
    desired: int = 0
    group_template: str = ""
    machines: tuple[Machine, ...] = ()
    healthy: int = 0
    """Targets that the load balancer sends to."""
    request_end: float = 0.0
    """The newest end of a request that any replica reported, those that left too; of one that went without leaving,
    the latest time at which it may have ended one."""
    failed_starts: int = 0
    """Machines that were given up since `State.since`."""
    trouble: str = ""
    """Why the cloud gave no machine since `State.since`; empty where it did."""
    refresh: str = ""
    """`running`, `failed`, `rolled_back`; empty where none ran or the newest one succeeded."""
    on_demand: bool = False
    first_answer: bool = False
    """A replica has ended a request since `State.since`."""


class State(NamedTuple):
    """What is known of an endpoint; only the reconciler writes it."""

    name: str
    since: float
    goal: str = ""
    turned_at: float = 0.0
    """When the route was first seen at the gate since the endpoint was awake; 0: it is not there."""
    wakes_seen: int = 0
    """Wakes that were acted on: one is waiting while `Observed.wakes` is greater."""
    sleeps_seen: int = 0
    retries_seen: int = 0
    request_end: float = 0.0
    """The newest end of a request; kept here because a replica's own report goes with it."""
    unhealthy_since: float = 0.0
    attempts: int = 0
    """Wakes in a row that failed."""
    retry_at: float = 0.0
    """Of FAILED; 0: by command or a new configuration only."""
    reason_code: str = ""
    reason: str = ""
    config: str = ""
    template: str = ""
    refreshes: int = 0
    """Of this template, asked for by the reconciler."""
    rollout: str = ""
    on_demand_until: float = 0.0
    recent_wakes: tuple[float, ...] = ()
    """Seconds from asked to in service, newest last."""
    answering: float = 0.0
    """When the wake was asked for whose first answer is still to come; 0 where none is."""


class Turn(NamedTuple):
    """Point the load balancer's rule."""

    route: str


class Resize(NamedTuple):
    """Set the group's minimum, and its size."""

    minimum: int
    desired: int


class Refresh(NamedTuple):
    """Begin to replace machines of an older template."""


class Buy(NamedTuple):
    """From now on, machines of this kind."""

    on_demand: bool


class Decision(NamedTuple):
    """Write the state if it differs, then make the calls, in this order."""

    state: State
    actions: tuple[Turn | Resize | Refresh | Buy, ...]

    @property
    def moving(self) -> bool:
        """Something will change soon: look again in a second."""
        return bool(self.actions) or self.state.name in (WAKING, DRAINING)
