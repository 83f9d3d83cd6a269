"""What is known of a target, from its registration to the end of its draining."""

from types import SimpleNamespace
from typing import Any

from sandbox.live.aws.targets import TargetBoard
from tests.unit.sandbox.live.live_group import FakeMachine

GROUP = "arn:tg"


class Board:
    def __init__(self, delay: float = 60) -> None:
        self.now = 0.0
        self.board = TargetBoard(lambda: self.now, lambda _arn: delay)
        machine: Any = FakeMachine()
        machine.address = "127.0.0.2"
        self.machine: Any = machine
        self.instance: Any = SimpleNamespace(id="i-1", machine=machine)
        self.board.register(self.instance, [GROUP])

    def check(self, *, healthy: bool) -> str:
        self.board.found(GROUP, "127.0.0.2", healthy=healthy)
        return self.board.state(self.instance)


def test_a_new_target_is_initial_until_a_check_passes_or_too_many_fail() -> None:
    world = Board()
    assert world.check(healthy=False) == "initial"
    assert world.check(healthy=True) == "healthy"
    assert world.check(healthy=False) == "unhealthy"
    never = Board()
    never.now = 61
    assert never.check(healthy=False) == "unhealthy"


def test_it_drains_for_the_delay_and_checks_change_nothing() -> None:
    world = Board()
    world.check(healthy=True)
    world.board.deregister(world.instance)
    assert world.check(healthy=True) == "draining"
    world.now = 59
    assert not world.board.has_drained(world.instance)
    world.now = 60
    assert world.board.has_drained(world.instance)
    assert world.board.of_group(GROUP) == []


def test_it_has_drained_as_soon_as_nothing_is_under_way() -> None:
    world = Board(delay=3600)
    world.board.deregister(world.instance)
    assert world.board.draining() == [world.instance]
    world.board.nothing_under_way(world.instance)
    assert world.board.has_drained(world.instance)


def test_a_machine_that_is_gone_is_no_target() -> None:
    world = Board()
    world.machine.on = False
    world.board.deregister(world.instance)
    assert world.board.of_group(GROUP) == []


def test_a_group_that_lets_go_of_a_target_group_drains_it() -> None:
    world = Board()
    world.check(healthy=True)
    world.board.register(world.instance, ["arn:other"])
    states = {
        one.group_arn: one.state
        for arn in (GROUP, "arn:other")
        for one in world.board.of_group(arn)
    }
    assert states == {GROUP: "draining", "arn:other": "initial"}
