"""One run: look at every endpoint, decide, write the decision, make its calls; watch on while something moves.

A run does not care which event began it. What it does not get done, or is killed before, the next run does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple, Protocol

from .decide import decide
from .model import Buy, Decision, Observed, Refresh, Resize, State, Turn
from .wake_record import WakeRecord, record_of

WATCH_SECONDS = 65.0
"""Of the minute's run: until after the next one has taken over, as between them nobody would look."""
MACHINE_WATCH_SECONDS = 20.0
"""After a machine came or went: for a start so fast that no minute has passed since it was asked for."""
LOOK_SECONDS = 1.0
CALL_SECONDS = 5.0
"""From the state written to the last call begun; a call itself ends within ten, and so before `FENCE_SECONDS`."""
AT_ONCE = 8


class Look(NamedTuple):
    """An endpoint as one run sees it."""

    state: State | None
    version: int
    """Of the state's item; 0 where there is none."""
    seen: Observed
    machines: tuple[Mapping[str, float], ...] = ()
    """Start-up phases that the group's replicas report: one whose target is healthy may be in no service yet, where the
    group was read a moment earlier."""


class Cloud(Protocol):
    """`dataplane.wake.aws` has one. Each call may raise `OSError` or `ValueError`, and is bounded."""

    def look(self, only: Collection[str] | None) -> Mapping[str, Callable[[], Look]]:
        """Of all endpoints, or of these: what is read for all at once is; the rest is when it is called."""
        ...

    def write(self, endpoint: str, state: State, version: int) -> bool:
        """The state, if its version is still this one. False where it is not."""
        ...

    def act(self, endpoint: str, action: Turn | Resize | Refresh | Buy) -> None:
        """One call, tried once."""
        ...

    def keep(self, endpoint: str, record: WakeRecord) -> None:
        """Write a wake's record, or more of it."""
        ...

    def now(self) -> float:
        """Seconds of the clock by which all times of a look are given."""
        ...

    def sleep(self, seconds: float) -> None:
        """Do nothing for so long, by the same clock."""
        ...


def run(cloud: Cloud, *, watch_seconds: float = 0.0) -> None:
    """One look and its calls; then one each second, for so long, while something moves."""
    end = cloud.now() + watch_seconds
    with ThreadPoolExecutor(AT_ONCE) as pool:
        moving = _once(cloud, None, pool)
        while moving and cloud.now() < end:
            cloud.sleep(LOOK_SECONDS)
            moving = _once(cloud, moving, pool)


def _once(cloud: Cloud, only: Collection[str] | None, pool: ThreadPoolExecutor) -> Collection[str]:
    """The endpoints of which something moves."""
    try:
        looks = cloud.look(only)
    except (OSError, ValueError) as error:
        _log("", "look failed", reason=str(error))
        return only or ()
    moves = {name: pool.submit(_endpoint, cloud, name, read) for name, read in looks.items()}
    return [name for name, moved in moves.items() if moved.result()]


def _endpoint(cloud: Cloud, name: str, read: Callable[[], Look]) -> bool:
    try:
        look = read()
        decision = decide(look.state, look.seen, cloud.now())
        if decision.state != look.state or decision.actions:
            _carry_out(cloud, name, look, decision)
    except OSError as error:
        _log(name, "failed", reason=str(error))
        return True
    except ValueError as error:  # an item that cannot be read now cannot be in a second
        _log(name, "failed", reason=str(error))
        return False
    return decision.moving


def _carry_out(cloud: Cloud, name: str, look: Look, decision: Decision) -> None:
    """The state first, also an unchanged one: whoever looked before and is late finds another version."""
    if not cloud.write(name, decision.state, look.version):
        _log(name, "another run was first")
        return
    written = cloud.now()
    before = look.state.name if look.state else ""
    if decision.state.name != before:
        _log(name, "state", before=before, after=decision.state.name, reason=decision.state.reason)
    record = record_of(look.state, decision.state, look.machines, cloud.now())
    if record is not None:
        cloud.keep(name, record)
    for action in decision.actions:
        if cloud.now() - written > CALL_SECONDS:
            _log(name, "too late to act")
            return
        cloud.act(name, action)
        _log(name, "act", action=f"{type(action).__name__} {action._asdict()}")


def _log(endpoint: str, event: str, **fields: str) -> None:
    line = {"endpoint": endpoint, "event": event, **fields}
    sys.stdout.write(json.dumps(line) + "\n")
