"""One endpoint that sleeps and wakes by `dataplane.wake.decide`, second by second, with the plan's own times.

The world around it is small: machines that take their time to start, a rule that is followed some seconds after it was
changed, agents that report each 20 s, a reconciler that runs each minute, at each event, and on while something moves.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from dataplane.wake.decide import decide
from dataplane.wake.model import (
    ASLEEP,
    AWAKE,
    DRAINING,
    FAILED,
    GATE,
    REPLICAS,
    Config,
    Machine,
    Observed,
    Refresh,
    Resize,
    State,
    Turn,
)

REPORT_SECONDS, TICK_SECONDS, STREAM_SECONDS = 20, 60, 1
"""An agent's report, the schedule, and from a written wake to the reconciler's run."""


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """How the cloud and the engine behave."""

    startup_seconds: int = 240
    """From asked for to healthy."""
    route_seconds: int = 5
    """From the rule changed to the rule followed everywhere."""
    never_ready: bool = False
    """Every start is given up at its deadline."""
    no_capacity: bool = False
    """The cloud has no machine."""
    wanted_replicas: int = 1
    """What the autoscaler asks for while the endpoint is awake: a metric that is stuck asks for the maximum."""


@dataclass
class _Machine:
    asked_at: int
    ready_at: int | None
    """None: never."""
    reported_at: float | None = None
    reported_in_flight: int | None = None
    reported_end: float = 0.0


@dataclass(frozen=True)
class Request:
    """One that a client sends."""

    at: int
    seconds: int
    counts: bool = True
    """False for a probe, a scanner or a bad token: the gate and the gateway answer it by themselves."""


@dataclass
class WakeWorld:
    """Run it with `run`; the figures are what happened so far."""

    config: Config
    circumstances: Circumstances = field(default_factory=Circumstances)
    now: int = 0
    state: State | None = None
    wakes: int = 0
    wake_at: float = 0.0
    paused: bool = False
    route: str = GATE
    minimum: int = 0
    desired: int = 0
    machine_seconds: int = 0
    served: int = 0
    refused: int = 0
    """Answered 503 by the gate, with a time to ask again."""
    lost: int = 0
    """Sent to a group without a replica."""
    states: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    """When it entered which state."""
    resizes: list[tuple[int, Resize]] = field(default_factory=list[tuple[int, Resize]])
    _followed: str = GATE
    _route_at: int = 0
    _machines: list[_Machine] = field(default_factory=list[_Machine])
    _ends: list[int] = field(default_factory=list[int])
    _newest_end: float = 0.0
    _given_up: list[int] = field(default_factory=list[int])
    _run_at: int = 0

    def run(self, seconds: int, requests: Iterable[Request] = ()) -> None:
        """So long, with these requests, which are sorted by time."""
        waiting = sorted(requests, key=lambda one: one.at)
        end = self.now + seconds
        while self.now < end:
            while waiting and waiting[0].at <= self.now:
                self._arrive(waiting.pop(0))
            self._second()
            self.now += 1

    def seconds_in(self, name: str) -> Sequence[tuple[int, int]]:
        """Begin and end of each stay in a state."""
        changes = [*self.states, (self.now, "")]
        return [
            (at, changes[place + 1][0])
            for place, (at, entered) in enumerate(self.states)
            if entered == name
        ]

    @property
    def in_flight(self) -> int:
        """Requests at the replicas."""
        return len(self._ends)

    def _arrive(self, request: Request) -> None:
        if not request.counts:
            return
        if self._followed == REPLICAS:
            if self._serving():
                self._ends.append(self.now + request.seconds)
                self.served += 1
            else:
                self.lost += 1
            return
        self.refused += 1
        state = self.state
        seen = state.wakes_seen if state else 0
        asks = state is None or state.name in (ASLEEP, FAILED, DRAINING)
        if asks and self.wakes <= seen:
            self.wakes, self.wake_at = self.wakes + 1, float(self.now)
            self._run_at = min(self._run_at, self.now + STREAM_SECONDS)

    def _second(self) -> None:
        for end in [one for one in self._ends if one <= self.now]:
            self._ends.remove(end)
            self._newest_end = max(self._newest_end, float(end))
        if (
            self._followed != self.route
            and self.now - self._route_at >= self.circumstances.route_seconds
        ):
            self._followed = self.route
        self._follow_machines()
        if self.now % REPORT_SECONDS == 0:
            for machine in self._serving():
                machine.reported_at, machine.reported_in_flight = float(self.now), len(self._ends)
                machine.reported_end = self._newest_end
        if self.now >= self._run_at:
            self._reconcile()

    def _follow_machines(self) -> None:
        how = self.circumstances
        if self.state is not None and self.state.name == AWAKE:
            self.desired = max(self.minimum, how.wanted_replicas)
        while len(self._machines) > self.desired:
            self._machines.pop()
        while len(self._machines) < self.desired and not how.no_capacity:
            ready = None if how.never_ready else self.now + how.startup_seconds
            self._machines.append(_Machine(self.now, ready))
        for machine in list(self._machines):
            if (
                machine.ready_at is None
                and self.now - machine.asked_at >= self.config.startup_seconds
            ):
                self._machines.remove(machine)
                self._given_up.append(self.now)
        self.machine_seconds += len(self._machines)

    def _serving(self) -> list[_Machine]:
        return [
            one for one in self._machines if one.ready_at is not None and one.ready_at <= self.now
        ]

    def _reconcile(self) -> None:
        decision = decide(self.state, self._look(), float(self.now))
        if self.state is None or decision.state.name != self.state.name:
            self.states.append((self.now, decision.state.name))
        self.state = decision.state
        for action in decision.actions:
            if isinstance(action, Turn):
                self.route, self._route_at = action.route, self.now
            elif isinstance(action, Resize):
                self.minimum, self.desired = action.minimum, action.desired
                self.resizes.append((self.now, action))
            else:
                assert not isinstance(action, Refresh)
        next_tick = (self.now // TICK_SECONDS + 1) * TICK_SECONDS
        self._run_at = self.now + 1 if decision.moving else next_tick

    def _look(self) -> Observed:
        serving = self._serving()
        machines = tuple(
            Machine(
                str(number),
                one in serving,
                self.config.template,
                one.reported_at,
                one.reported_in_flight,
            )
            for number, one in enumerate(self._machines)
        )
        since = self.state.since if self.state else 0.0
        trouble = "there is no machine of this type" if self.circumstances.no_capacity else ""
        return Observed(
            self.config, self.wakes, self.wake_at, self.paused, route=self.route, minimum=self.minimum,
            desired=self.desired, group_template=self.config.template, machines=machines, healthy=len(serving),
            request_end=max([one.reported_end for one in self._machines], default=0.0),
            failed_starts=sum(at >= since for at in self._given_up),
            trouble=trouble if self.desired and not self._machines else "",
        )  # fmt: skip


def every(seconds: int, until: int, *, lasts: int = 2, counts: bool = True) -> list[Request]:
    """A request each so many seconds."""
    return [Request(at, lasts, counts) for at in range(0, until, seconds)]
