"""What an endpoint did while the demo ran, over the cloud's time: looks at its machines, answers to its clients.

Times are seconds of the cloud since the record began, which pass `time_scale` times as fast as the wall's; an answer's
own duration is in seconds of the wall, for the stand-in engines do not follow the cloud's clock.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

LOOK_SECONDS = 0.5
KINDS = ("200", "503", "307", "other")
IN_SERVICE, STARTING, LEAVING = "InService", "Pending", "Terminating"


@dataclass(frozen=True, kw_only=True)
class Look:
    """The endpoint at one moment."""

    at: float
    state: str
    """The reconciler's word; empty before its first."""
    in_service: int
    starting: int
    leaving: int

    @property
    def machines(self) -> int:
        """All that are paid."""
        return self.in_service + self.starting + self.leaving


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One request's end."""

    at: float
    kind: str
    """Of `KINDS`."""
    seconds: float
    """Of the wall."""


@dataclass
class Record:
    """Written by many threads; read when they are done."""

    endpoint: str
    time_scale: float
    usd_per_hour: float
    """Of one replica, by the plan."""
    looks: list[Look] = field(default_factory=list[Look])
    answers: list[Answer] = field(default_factory=list[Answer])
    marks: list[tuple[float, str]] = field(default_factory=list[tuple[float, str]])
    """When a step of the demo began, and its title."""
    _began: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        """Seconds of the cloud since the record began."""
        return (time.monotonic() - self._began) * self.time_scale

    def answered(self, status: str, seconds: float) -> None:
        """A request has just ended, with this status or kind of error, after so long on the wall."""
        kind = status if status in KINDS else "other"
        self.answers.append(Answer(at=self.now(), kind=kind, seconds=seconds))

    def look(self, state: str, phases: Sequence[str]) -> None:
        """`phases` are the lifecycle states of the group's machines, in Auto Scaling's words."""
        counts = [
            sum(one.startswith(word) for one in phases) for word in (IN_SERVICE, STARTING, LEAVING)
        ]
        in_service, starting, leaving = counts
        self.looks.append(
            Look(
                at=self.now(),
                state=state,
                in_service=in_service,
                starting=starting,
                leaving=leaving,
            )
        )

    def mark(self, title: str) -> None:
        """A step begins."""
        self.marks.append((self.now(), title))

    @property
    def end(self) -> float:
        """The last moment that anything is known of; above 0."""
        known = [one.at for one in (*self.looks, *self.answers)] + [at for at, _ in self.marks]
        return max(known, default=0.0) or 1.0


def costs(record: Record) -> list[tuple[float, float]]:
    """USD for machines from the beginning to each look: what was seen at a look lasts until the next."""
    total, points = 0.0, list[tuple[float, float]]()
    for before, after in zip([None, *record.looks], record.looks, strict=False):
        if before is not None:
            hours = (after.at - before.at) / 3600
            total += before.machines * hours * record.usd_per_hour
        points.append((after.at, total))
    return points


def rates(record: Record, kind: str, bins: int) -> list[float]:
    """Answers of this kind in each of so many equal parts of the record, for each second of the wall."""
    width = record.end / bins
    counts = [0] * bins
    for one in record.answers:
        if one.kind == kind:
            counts[min(bins - 1, int(one.at / width))] += 1
    return [count * record.time_scale / width for count in counts]


def latencies(record: Record, share: float, bins: int) -> list[float | None]:
    """The wall's seconds within which this share of the answers with 200 came; None in a part without any."""
    width = record.end / bins
    found: list[list[float]] = [[] for _ in range(bins)]
    for one in record.answers:
        if one.kind == "200":
            found[min(bins - 1, int(one.at / width))].append(one.seconds)
    return [percentile(part, share) if part else None for part in found]


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least this share of them does not exceed (nearest rank)."""
    ranked = sorted(values)
    rank = -(-len(ranked) * round(share * 100) // 100)
    return ranked[max(0, rank - 1)]


@contextmanager
def recording(
    record: Record, state: Callable[[], str], machines: Callable[[], list[dict[str, Any]]]
) -> Iterator[None]:
    """Looks about twice a second for as long as the block lasts."""
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            with suppress(OSError):  # the account was too slow to say: the next look tells
                record.look(state(), [one["phase"] for one in machines()])

    thread = threading.Thread(target=look, name="demo-record")
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
