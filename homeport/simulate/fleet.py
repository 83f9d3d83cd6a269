"""Replicas that start, serve, drain and go, under a load, one second after another.

The model of a replica is small on purpose: slots that a request holds for a while, and a queue in front. A
request is *pending* until its answer begins: in the queue, and for a moment in its slot.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from homeport.simulate.rules import Rule

Load = Callable[[int], float]
"""Second -> requests that arrive in it."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """How a replica works, and how long it takes to come and to go."""

    startup_seconds: int
    """From asked for to in service: machine, image, weights, engine, first answer."""
    slots: int
    """Requests that are answered at once."""
    request_seconds: float
    """How long a request holds its slot."""
    first_token_seconds: float = 0.5
    """Of these, until the answer begins."""
    drain_seconds: int = 30
    """From out of service to gone: the longest answer that was running."""


@dataclass
class Replica:
    """One machine."""

    asked_at: int
    in_service_at: int
    leaving_at: int | None = None


@dataclass
class Fleet:
    """Everything that a rule may look at and change."""

    service: Service
    min_replicas: int
    max_replicas: int
    now: int = 0
    replicas: list[Replica] = field(default_factory=list[Replica])
    queue: float = 0.0
    busy: float = 0.0
    arrived: float = 0.0
    """In the last second."""

    def in_service(self) -> list[Replica]:
        """Those that get requests."""
        return [
            one for one in self.replicas if one.leaving_at is None and one.in_service_at <= self.now
        ]

    def starting(self) -> list[Replica]:
        """Asked for, and not there yet."""
        return [one for one in self.replicas if one.in_service_at > self.now]

    def draining(self) -> list[Replica]:
        """Out of service, and not gone yet."""
        return [one for one in self.replicas if one.leaving_at is not None]

    @property
    def desired(self) -> int:
        """In service and starting."""
        return len(self.in_service()) + len(self.starting())

    def ask_for(self, desired: int) -> None:
        """Start or stop towards `desired`, within the bounds. One in service goes at a time."""
        wanted = max(self.min_replicas, min(self.max_replicas, desired))
        for _ in range(wanted - self.desired):
            start = self.now + self.service.startup_seconds
            self.replicas.append(Replica(asked_at=self.now, in_service_at=start))
        for _ in range(self.desired - wanted):
            going = self.starting()[-1:] or self.in_service()[:1]
            if going[0].in_service_at > self.now:
                self.replicas.remove(going[0])
            else:
                going[0].leaving_at = self.now + self.service.drain_seconds

    def pending_per_replica(self) -> float | None:
        """The mean that the replicas report; None while nobody is there to report."""
        serving = len(self.in_service())
        if serving == 0:
            return None
        beginning = min(self.busy, self.arrived * self.service.first_token_seconds)
        return (self.queue + beginning) / serving

    def use_percent(self) -> float | None:
        """Busy slots of those in service."""
        serving = len(self.in_service())
        return None if serving == 0 else 100 * self.busy / (serving * self.service.slots)

    def step(self, arriving: float) -> None:
        """One second: who is through goes, who waits takes a slot."""
        self.replicas = [
            one for one in self.replicas if one.leaving_at is None or one.leaving_at > self.now
        ]
        slots = len(self.in_service()) * self.service.slots
        self.arrived = arriving
        self.busy = max(0.0, self.busy * (1 - 1 / self.service.request_seconds))
        self.queue += arriving
        taken = min(self.queue, max(0.0, slots - self.busy))
        self.queue -= taken
        self.busy += taken


@dataclass(frozen=True, kw_only=True)
class Minute:
    """What the world was like at the end of a minute."""

    minute: int
    requests_per_second: float
    in_service: int
    starting: int
    queue: float


def simulate(fleet: Fleet, rule: "Rule", load: Load, *, seconds: int) -> Sequence[Minute]:
    """Run the world; one entry a minute. The fleet starts with its minimum in service."""
    for _ in range(fleet.min_replicas):
        fleet.replicas.append(Replica(asked_at=0, in_service_at=0))
    minutes: list[Minute] = []
    for now in range(seconds):
        fleet.now = now
        fleet.step(load(now))
        rule.look(fleet)
        if now % 60 == 59:
            minutes.append(
                Minute(
                    minute=now // 60,
                    requests_per_second=load(now),
                    in_service=len(fleet.in_service()),
                    starting=len(fleet.starting()),
                    queue=fleet.queue,
                )
            )
    return minutes
