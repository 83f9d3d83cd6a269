"""Leases among many who ask at the same moment."""

from collections.abc import Collection

from dataplane.wake.slots import LOOKS, TRIES, Slots

COUNT = 20


class Table:
    """Slots of which some are taken by now, though the first look did not show it yet."""

    def __init__(self, taken: Collection[int], *, late: bool = True) -> None:
        self.taken = set(taken)
        self.looks, self.writes = 0, 0
        self._late = late

    def busy_slots(self, now: float) -> Collection[int]:
        del now
        self.looks += 1
        return () if self._late and self.looks == 1 else sorted(self.taken)

    def take_slot(self, slot: int, owner: str, now: float, until: float) -> bool:
        del owner, now, until
        self.writes += 1
        if slot in self.taken:
            return False
        self.taken.add(slot)
        return True

    def free_slot(self, slot: int, owner: str, now: float) -> None:
        del owner, now
        self.taken.remove(slot)


class Beaten(Table):
    """Where others are always faster."""

    def take_slot(self, slot: int, owner: str, now: float, until: float) -> bool:
        super().take_slot(slot, owner, now, until)
        self.taken.clear()
        return False


def test_who_was_too_late_for_its_first_choices_looks_again() -> None:
    """Twelve at once on twenty slots are all lent one, whichever the first of them took."""
    for _ in range(50):
        table = Table(range(COUNT - 1))
        with Slots(table, COUNT).one(0.0, 10.0) as leased:
            assert leased
            assert len(table.taken) == COUNT
        assert table.looks <= 2
        assert len(table.taken) == COUNT - 1


def test_who_sees_none_free_is_done() -> None:
    table = Table(range(COUNT), late=False)
    with Slots(table, COUNT).one(0.0, 10.0) as leased:
        assert not leased
    assert (table.looks, table.writes) == (1, 0)


def test_what_one_request_costs_is_bounded() -> None:
    table = Beaten(())
    with Slots(table, COUNT).one(0.0, 10.0) as leased:
        assert not leased
    assert (table.looks, table.writes) == (LOOKS, LOOKS * TRIES)
