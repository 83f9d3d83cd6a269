"""Every order of wake, idle, failure, crash, pause and edit, and what holds in all of them."""

import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dataplane.wake import decide as shipped
from dataplane.wake.model import (
    ASLEEP,
    AWAKE,
    FAILED,
    PAUSED,
    REPLICAS,
    WAKING,
    State,
)
from tests.unit.dataplane.wake.same_worlds import key
from tests.unit.dataplane.wake.world import (
    BEGIN,
    HORIZON,
    BrokenError,
    Decide,
    World,
    after,
    check_repaired,
    check_world,
)

REPAIRED_EVERY = 40
"""Of the worlds found, so many are followed for two minutes more."""


class Walked(NamedTuple):
    """How far a search came."""

    worlds: int
    transitions: int


def beginnings(decide: Decide = shipped.decide) -> dict[str, World]:
    """Where a search begins: each state, and moments between two steps, which are far from each other."""

    def go(world: World, *names: str) -> World:
        for name in names:
            world = dict(after(world, decide))[name]
        return world

    def in_state(name: str, **fields: float) -> State:
        turned_at = 0.0 if name == AWAKE else BEGIN - HORIZON
        state = State(name, BEGIN - HORIZON, turned_at=turned_at, config="0", template="1")
        return state._replace(**fields)

    said = (BEGIN, 0, 0.0)
    asleep = World(state=in_state(ASLEEP))
    awake = World(
        state=in_state(AWAKE), rule=REPLICAS, followed=REPLICAS, minimum=1, desired=1, serving=True,
        report=said,
    )  # fmt: skip
    waking = go(asleep, "request", "gate writes", "a whole run")
    about_to_serve = go(waking, "machine serves", "wait 20")
    draining = go(awake, "a whole run")
    at_the_gate = go(draining, "a whole run")
    turned = go(at_the_gate, "rule is followed", "wait 20", "wait 5", "report")
    to_zero = go(awake, "scale to zero", "a whole run")
    late = World(state=in_state(ASLEEP), minimum=1, desired=1, serving=True, report=said)
    return {
        "new": World(),
        "asleep": asleep,
        "waking": waking,
        "about to serve": about_to_serve,
        "served, not turned yet": go(
            about_to_serve, "wait 5", "report", "reconciler 0 looks", "reconciler 0 writes"
        ),
        "awake": awake,
        "busy": go(awake, "request"),
        "draining": draining,
        "at the gate, not followed yet": at_the_gate,
        "about to sleep": turned,
        "going to zero": to_zero,
        "about to go to zero": go(to_zero, "rule is followed", "a whole run", "wait 20", "wait 5", "report"),
        "sleep is written": go(turned, "reconciler 0 looks", "reconciler 0 writes"),
        "asleep, machine still there": late,
        "sleep is written again": go(late, "reconciler 0 looks", "reconciler 0 writes"),
        "pausing": go(awake, "request", "pause", "a whole run"),
        "failed": World(state=in_state(FAILED, attempts=1, retry_at=BEGIN + 250)),
        "paused": World(state=in_state(PAUSED), paused=True),
        "waking, never ready": World(
            state=in_state(WAKING, since=BEGIN - 100), minimum=1, desired=1,
            failed_at=(BEGIN - 90, BEGIN - 50),
        ),
        "replaced": go(awake, "request", "request ends", "report", "a whole run", "machine dies"),
        "draining, state lost": draining._replace(state=None),
    }  # fmt: skip


def walk(begin: Iterator[World], depth: int, decide: Decide = shipped.decide) -> Walked:
    """Breadth first, `depth` steps from each. Raises `BrokenError` with the steps that led there."""
    came: dict[World, tuple[World | None, str]] = {}
    front: list[World] = []
    for world in begin:
        came[key(world)] = (None, "")
        front.append(world)
    transitions = 0
    for _ in range(depth):
        following: list[World] = []
        for world in front:
            here = key(world)
            name = ""
            try:
                for name, reached in after(world, decide):
                    transitions += 1
                    check_world(reached)
                    there = key(reached)
                    if there in came:
                        continue
                    came[there] = (here, name)
                    following.append(reached)
                    if len(came) % REPAIRED_EVERY == 0:
                        check_repaired(reached, decide)
            except BrokenError as broken:
                raise BrokenError(
                    f"{broken}: {' > '.join(_steps(came, here))} > after {name}"
                ) from None
        front = following
    return Walked(len(came), transitions)


def _steps(came: dict[World, tuple[World | None, str]], world: World) -> list[str]:
    steps: list[str] = []
    at: World | None = world
    while at is not None:
        at, name = came[at]
        steps.append(name)
    return steps[::-1]


@pytest.mark.parametrize("name", beginnings())
def test_every_order_of_four_steps(name: str) -> None:
    walked = walk(iter([beginnings()[name]]), 4)
    assert walked.worlds > 200


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_every_order_of_six_steps() -> None:
    for name, world in beginnings().items():
        walked = walk(iter([world]), 6)
        sys.stdout.write(f"{name}: {walked.worlds} worlds, {walked.transitions} transitions\n")


@settings(max_examples=300, deadline=None)
@given(
    name=st.sampled_from(sorted(beginnings())),
    choices=st.lists(st.integers(0, 10**6), min_size=1, max_size=120),
)
def test_long_ways(name: str, choices: list[int]) -> None:
    world = beginnings()[name]
    for choice in choices:
        ways = list(after(world))
        world = ways[choice % len(ways)][1]
        check_world(world)
    check_repaired(world)


class Break(NamedTuple):
    """A line of `decide.py`, what stands there instead, and the invariant that then does not hold."""

    invariant: str
    line: str
    instead: str
    begin: str
    depth: int = 5


BREAKS = (
    Break("asked", "wakes_seen=seen.wakes,", "wakes_seen=seen.wakes + 1,", "asleep"),
    Break("nothing", "in_flight or state.since - state.request_end <", "in_flight or 1e9 <", "busy"),
    Break("nothing", "and one.counted_at > after", "", "draining"),
    Break("nothing", "state.turned_at + SETTLE_SECONDS, now", "state.turned_at, now", "at the gate, not followed yet"),
    Break("in flight", "one.in_flight == 0", "True", "busy"),
    Break("zero", "now - state.turned_at >= SETTLE_SECONDS", "True", "going to zero"),
    Break("zero", "empty or not _settled(state, now)", "empty or seen.route != GATE", "draining, state lost", 6),
    Break("lost", " and state.name != AWAKE", "", "served, not turned yet", 7),
    Break("first", "(_asked(state, seen) or _used_since(state, seen))", "_used_since(state, seen)", "about to sleep"),
    Break("first", "return asleep._replace(wakes_seen=state.wakes_seen)", "return asleep", "about to go to zero"),
    Break("replicas", "if seen.healthy >= 1 and waited", "if waited", "waking"),
    Break("between", "floor = max(1, seen.config.min_replicas)", "floor = 1 + seen.config.min_replicas", "new"),
    Break("paused", "return state if seen.paused else", "return", "paused"),
    Break("failed", "due = state.retry_at and now >= state.retry_at", "due = True", "failed"),
    Break("late", "waited >= FENCE_SECONDS", "waited >= 0", "sleep is written again", 7),
    Break("repaired", "return () if seen.route == wanted else (Turn(wanted),)", "return ()", "about to serve"),
    Break("repaired", "return () if right else (Resize", "return () if True else (Resize", "asleep"),
    Break("repaired", "now - newest >= idle_seconds", "now - newest >= 0", "busy"),
)  # fmt: skip


@pytest.mark.parametrize(
    "broken", BREAKS, ids=lambda one: f"{one.invariant}: {one.instead or 'gone'}"
)
def test_a_broken_copy_is_found(broken: Break) -> None:
    decide = _copy(broken.line, broken.instead)
    with pytest.raises(BrokenError) as found:
        walk(iter([beginnings()[broken.begin]]), broken.depth, decide)
    assert str(found.value).split(":")[0] == broken.invariant


def _copy(line: str, instead: str) -> Decide:
    source = Path(shipped.__file__).read_text("utf-8")
    assert source.count(line) >= 1, f"decide.py has no {line!r} any more"
    module = types.ModuleType("broken", "a copy of decide.py with a fault")
    module.__package__ = shipped.__package__
    exec(compile(source.replace(line, instead), "broken.py", "exec"), module.__dict__)  # noqa: S102
    return module.decide
