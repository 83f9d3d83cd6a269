"""A small world around one endpoint, in which everything may happen in any order.

One replica at most, two reconcilers, one gate. A world is a value: `after(world)` gives each thing that may happen next
with the world that it leads to. Times are seconds; to a search, worlds that differ in nothing but the hour are one
(`same_worlds`).
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from dataplane.wake import decide as shipped
from dataplane.wake.model import (
    ASLEEP,
    AWAKE,
    DRAINING,
    FAILED,
    GATE,
    PAUSED,
    REPLICAS,
    SLEEP,
    WAKING,
    ZERO,
    Config,
    Decision,
    Machine,
    Observed,
    Resize,
    State,
    Turn,
)

Decide = Callable[[State | None, Observed, float], Decision]

IDLE, STARTUP, LONGEST = 300.0, 120.0, 40.0
"""`idle_seconds`, `startup_seconds`, `max_request_seconds`."""
WAITS = (5.0, 20.0, 60.0, 300.0)
HORIZON = 2000.0
BEGIN = 1_000_000.0


class Run(NamedTuple):
    """A reconciler between its steps."""

    seen: Observed
    state: State | None
    """As it was read."""
    at: float
    current: bool = True
    """Nobody wrote the state since it was read."""
    decision: Decision | None = None
    """Once its state was written."""
    written_at: float = 0.0
    calls: int = 0


class World(NamedTuple):
    """Everything, what nobody can know among it."""

    now: float = BEGIN
    state: State | None = None
    wakes: int = 0
    wake_at: float = 0.0
    paused: bool = False
    sleeps: int = 0
    min_replicas: int = 0
    rule: str = GATE
    rule_at: float = BEGIN - HORIZON
    followed: str = GATE
    """Where requests go: the rule, some seconds later."""
    minimum: int = 0
    desired: int = 0
    serving: bool = False
    in_flight_since: float = 0.0
    """0: nothing is in flight."""
    request_end: float = 0.0
    report: tuple[float, int | None, float] | None = None
    """When, in flight, newest end."""
    gone_at: float = 0.0
    """When a machine that was lost may have ended a request."""
    failed_at: tuple[float, ...] = ()
    touched_at: float = BEGIN - HORIZON
    """A request came or ended."""
    died: bool = False
    """The machine was lost; requests may be until another one serves."""
    gate: int | None = None
    """The `wakes_seen` that a gate has read, which has not written yet."""
    unanswered: bool = False
    """The gate has asked for a wake, and the endpoint has neither served nor said why not since."""
    runs: tuple[Run | None, Run | None] = (None, None)
    lost: bool = False
    """A request found nobody, though nothing had failed."""


class BrokenError(AssertionError):
    """An invariant does not hold; the text is its name."""


def config(world: World) -> Config:
    """What the configuration item says now."""
    idle = None if world.min_replicas else IDLE
    return Config(str(world.min_replicas), world.min_replicas, idle, STARTUP, LONGEST, "1")


def look(world: World) -> Observed:
    """What a reconciler reads."""
    machines: tuple[Machine, ...] = ()
    if world.serving:
        said = world.report or (None, None, 0.0)
        machines = (Machine("i-1", True, "1", said[0], said[1]),)
    since = world.state.since if world.state else 0.0
    return Observed(
        config(world), world.wakes, world.wake_at, world.paused, world.sleeps, 0,
        world.rule, world.minimum, world.desired, "1", machines, int(world.serving),
        max(world.report[2] if world.report else 0.0, world.gone_at), sum(at >= since for at in world.failed_at),
    )  # fmt: skip


def after(world: World, decide: Decide = shipped.decide) -> Iterator[tuple[str, World]]:
    """Everything that may happen next. Raises `BrokenError` where a step breaks an invariant."""
    yield from _clients(world)
    yield from _machines(world)
    yield from _people(world)
    for number in (0, 1):
        yield from _reconciler(world, number, decide)
    for seconds in WAITS:
        yield f"wait {seconds:g}", pass_time(world, seconds)


def _clients(world: World) -> Iterator[tuple[str, World]]:
    if world.followed == REPLICAS:
        if not world.serving:
            yield "request", world._replace(lost=world.lost or not world.died)
        elif not world.in_flight_since:
            touched = world._replace(in_flight_since=world.now, touched_at=world.now)
            yield "request", touched._replace(unanswered=False)
    elif world.gate is None:
        state = world.state
        asks = state is None or (state.name in (ASLEEP, DRAINING, FAILED) and state.goal != "pause")
        if asks:
            seen = state.wakes_seen if state else 0
            yield "request", world._replace(gate=seen)
    if world.gate is not None:
        asked = world._replace(gate=None, touched_at=world.now)
        if world.wakes <= world.gate:
            asked = asked._replace(wakes=world.wakes + 1, wake_at=world.now, unanswered=True)
        yield "gate writes", asked
        yield "gate dies", world._replace(gate=None)
    if world.in_flight_since:
        yield "request ends", _ended(world, world.now)


def _ended(world: World, at: float) -> World:
    touched = max(world.touched_at, at)
    return world._replace(in_flight_since=0.0, request_end=at, touched_at=touched)


def _machines(world: World) -> Iterator[tuple[str, World]]:
    if world.followed != world.rule:
        yield "rule is followed", world._replace(followed=world.rule)
    if world.desired and not world.serving:
        yield "machine serves", start(world)
        if len(world.failed_at) < 3:
            yield "start fails", world._replace(failed_at=(*world.failed_at, world.now))
    if world.serving:
        yield "report", report(world)
        yield "machine dies", die(world)


def start(world: World) -> World:
    """The replica comes into service; its agent does not know yet what is in flight."""
    said = (world.now, None, 0.0)
    return world._replace(serving=True, report=said, request_end=0.0, died=False)


def report(world: World) -> World:
    """The agent says how it is."""
    said = (world.now, int(bool(world.in_flight_since)), world.request_end)
    return world._replace(report=said)


def gone(world: World) -> World:
    """The machine is no more, nor what it was doing; its last report stays for a while."""
    return world._replace(serving=False, in_flight_since=0.0)


def die(world: World) -> World:
    """It is lost; a report is written each 20 s, and read as one of a minute ago at most."""
    said = world.report[0] if world.report else world.now
    return gone(world)._replace(died=True, gone_at=said + shipped.REPORT_SECONDS)


def _people(world: World) -> Iterator[tuple[str, World]]:
    yield "pause" if not world.paused else "resume", world._replace(paused=not world.paused)
    yield "edit min", world._replace(min_replicas=1 - world.min_replicas)
    if world.sleeps == 0:
        yield "scale to zero", world._replace(sleeps=1)


def pass_time(world: World, seconds: float) -> World:
    """No request runs longer than `LONGEST`, no rule is followed later than `SETTLE_SECONDS`."""
    now = world.now + seconds
    if world.in_flight_since and now - world.in_flight_since > LONGEST:
        world = _ended(world, world.in_flight_since + LONGEST)
    if world.rule != world.followed and now - world.rule_at >= shipped.SETTLE_SECONDS:
        world = world._replace(followed=world.rule)
    world = world._replace(now=now)
    if world.serving and world.report and now - world.report[0] > shipped.REPORT_SECONDS:
        return report(world)  # an agent that lives is not silent for so long
    return world


def _reconciler(world: World, number: int, decide: Decide) -> Iterator[tuple[str, World]]:
    run = world.runs[number]
    name = f"reconciler {number}"
    if run is None:
        if number == 0 or world.runs[0] is not None:  # both alone are the same
            yield "a whole run", whole_run(world, decide, number)
            yield f"{name} looks", _with(world, number, Run(look(world), world.state, world.now))
        return
    yield f"{name} dies", _with(world, number, None)
    if run.decision is None:
        yield f"{name} writes", write(world, number, decide)
    else:
        yield f"{name} calls", call(world, number)


def whole_run(world: World, decide: Decide = shipped.decide, number: int = 0) -> World:
    """A look, and all that follows from it, at once."""
    world = _with(world, number, Run(look(world), world.state, world.now))
    world = write(world, number, decide)
    while world.runs[number] is not None:
        world = call(world, number)
    return world


def _with(world: World, number: int, run: Run | None) -> World:
    runs = (run, world.runs[1]) if number == 0 else (world.runs[0], run)
    return world._replace(runs=runs)


def write(world: World, number: int, decide: Decide) -> World:
    """Compare and set; whoever lost is done."""
    run = world.runs[number]
    assert run is not None
    if not run.current:
        return _with(world, number, None)
    decision = decide(run.state, run.seen, run.at)
    check_decision(world, run, decision)
    other = world.runs[1 - number]
    if other is not None and other.decision is None:
        world = _with(world, 1 - number, other._replace(current=False))
    written = run._replace(decision=decision, written_at=world.now)
    state = decision.state
    answered = state.name in (AWAKE, FAILED, PAUSED) or state.goal == ZERO
    world = world._replace(state=decision.state, unanswered=world.unanswered and not answered)
    return _with(world, number, _unless_done(written))


def call(world: World, number: int) -> World:
    """The next call, unless it has become too late for it."""
    run = world.runs[number]
    assert run is not None
    assert run.decision is not None
    if world.now - run.written_at > shipped.FENCE_SECONDS:
        return _with(world, number, None)
    action = run.decision.actions[run.calls]
    world = _with(world, number, _unless_done(run._replace(calls=run.calls + 1)))
    if isinstance(action, Turn):
        return world._replace(rule=action.route, rule_at=world.now)
    if isinstance(action, Resize):
        late = run.decision.state != world.state
        check_resize(world, action, "late" if late else "zero")
        world = world._replace(minimum=action.minimum, desired=action.desired)
        return gone(world) if action.desired == 0 else world
    return world


def _unless_done(run: Run) -> Run | None:
    assert run.decision is not None
    return None if run.calls >= len(run.decision.actions) else run


# --- what must hold ----------------------------------------------------------------------------


def check_decision(world: World, run: Run, decision: Decision) -> None:
    """At the moment the state is written. Raises `BrokenError`."""
    before, state = run.state, decision.state
    was = before.name if before else ""
    _must(state.name != AWAKE or was == AWAKE or run.seen.healthy >= 1, "replicas")
    _must(state.wakes_seen <= world.wakes, "asked")
    if was == DRAINING and before is not None and before.goal == SLEEP and state.name == ASLEEP:
        _must(run.at - world_activity(world, run.at) >= IDLE, "nothing")
        _must(run.seen.wakes <= before.wakes_seen, "first")
    if was == PAUSED and run.seen.paused:
        _must(state.name == PAUSED, "paused")
    if was == FAILED and state.name == WAKING and before is not None:
        new = run.seen.config.digest != before.config
        due = before.retry_at and run.at >= before.retry_at
        _must(bool(new or due), "failed")
    for action in decision.actions:
        if isinstance(action, Resize):
            floor = max(1, run.seen.config.min_replicas)
            _must(action.minimum <= floor, "between")
            _must(action.desired <= max(floor, run.seen.desired), "between")
            _must(action.desired == 0 or state.name in (WAKING, AWAKE), "paused")


def world_activity(world: World, at: float) -> float:
    """When the last request came or ended that a reconciler could know of at `at`."""
    return world.touched_at if world.touched_at < at else 0.0


def check_resize(world: World, action: Resize, name: str) -> None:
    """At the moment the group is changed. Raises `BrokenError`."""
    if action.desired == 0:
        _must(not world.in_flight_since, "in flight")
        _must(world.followed == GATE or not world.serving, name)


def check_world(world: World) -> None:
    """At any moment. Raises `BrokenError`."""
    _must(not world.lost, "lost")
    seen = world.state.wakes_seen if world.state else 0
    _must(world.wakes <= seen + 1, "asked")
    asleep = world.state is not None and world.state.name == ASLEEP
    _must(not (world.unanswered and asleep and world.wakes <= seen), "first")


def check_repaired(world: World, decide: Decide = shipped.decide) -> None:
    """Two minutes in which nothing else goes wrong mend whatever has. Raises `BrokenError`."""
    waits = world.unanswered and not world.paused
    world = world._replace(runs=(None, None))
    for _ in range(24):
        world = pass_time(world, 5.0)
        world = world._replace(followed=world.rule)
        if world.desired and not world.serving:
            world = start(world)
        if world.serving:
            world = report(world)
        world = whole_run(world, decide)
    assert world.state is not None
    decision = decide(world.state, look(world), world.now)
    _must(not decision.actions, "repaired")
    serves = world.state.name == AWAKE
    _must(world.rule == (REPLICAS if serves else GATE), "repaired")
    _must(world.desired == 0 or world.state.name in (AWAKE, WAKING, DRAINING), "repaired")
    if waits:
        _must(not world.unanswered, "repaired")


def _must(holds: bool, name: str) -> None:
    if not holds:
        raise BrokenError(name)
