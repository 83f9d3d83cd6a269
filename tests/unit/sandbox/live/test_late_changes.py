"""Changes with a delay, in time that the test moves."""

from sandbox.live.aws.late_changes import LateChanges


class World:
    def __init__(self) -> None:
        self.now = 0.0
        self.changes = LateChanges(lambda: self.now)

    def due(self) -> list[tuple[str, int]]:
        return [(one.name, one.content["n"]) for one in self.changes.take_due()]


def test_a_first_content_and_one_without_a_lag_are_due_at_once() -> None:
    world = World()
    world.changes.lag_seconds = 30
    world.changes.put("a", {"n": 1})
    assert world.due() == [("a", 1)]
    world.changes.put("a", {"n": 1})
    world.now = 100
    assert world.due() == []
    world.changes.lag_seconds = 0
    world.changes.put("a", {"n": 2})
    assert world.due() == [("a", 2)]


def test_each_change_is_late_by_itself() -> None:
    world = World()
    world.changes.lag_seconds = 30
    world.changes.put("a", {"n": 1})
    world.due()
    for world.now in (0, 10):
        world.changes.put("a", {"n": int(world.now) + 2})
    world.now = 29
    assert world.due() == []
    world.now = 30
    assert world.due() == [("a", 2)]
    world.now = 40
    assert world.due() == [("a", 12)]


def test_a_later_change_never_comes_before_an_earlier_one() -> None:
    world = World()
    world.changes.lag_seconds = 30
    world.changes.put("a", {"n": 1})
    world.due()
    world.changes.put("a", {"n": 2})
    world.changes.lag_seconds = 0
    world.changes.put("a", {"n": 3})
    assert world.due() == []
    world.now = 30
    assert world.due() == [("a", 2), ("a", 3)]
