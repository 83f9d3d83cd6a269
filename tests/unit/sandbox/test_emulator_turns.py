"""Callers take turns, whoever asks most."""

import threading
from collections.abc import Callable

import pytest

from sandbox.emulator.turns import Turns


def _line_up(turns: Turns, callers: list[str]) -> list[str]:
    """Who was served in which order, of those who came in this one while somebody else was served."""
    served: list[str] = []

    def ask(caller: str) -> None:
        with turns.of(caller):
            served.append(caller)

    threads: list[threading.Thread] = []
    with turns:
        for caller in callers:
            waiting = _waiting(turns)
            thread = threading.Thread(target=ask, args=(caller,))
            thread.start()
            threads.append(thread)
            _until(lambda waiting=waiting: _waiting(turns) > waiting)
        assert served == []
    for thread in threads:
        thread.join()
    return served


def _waiting(turns: Turns) -> int:
    return sum(len(queue) for queue in turns._waiting.values())


def _until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(10_000):
        if holds():
            return
        pause.wait(0.001)
    raise AssertionError("never")


def test_one_who_asks_a_lot_waits_for_the_others() -> None:
    served = _line_up(Turns(), ["gate"] * 5 + ["reconciler", "gate", "reconciler", "agent"])
    assert served == [
        "gate", "reconciler", "agent", "gate", "reconciler", "gate", "gate", "gate", "gate"
    ]  # fmt: skip


def test_a_single_caller_is_served_in_order_and_an_error_ends_a_turn() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.of("gate"):
        _ = 1 / 0
    with turns:
        pass
    assert _line_up(turns, ["gate", "gate"]) == ["gate", "gate"]


def test_a_turn_can_be_given_back_for_a_while() -> None:
    turns = Turns()
    with turns.of("caller"):
        with turns.given_back(), turns.of("function"):
            pass
        with pytest.raises(ZeroDivisionError), turns.given_back():
            _ = 1 / 0
    with turns:
        pass


def test_nobody_is_served_beside_another() -> None:
    turns, inside, most = Turns(), 0, 0

    def ask(caller: str) -> None:
        nonlocal inside, most
        for _ in range(200):
            with turns.of(caller):
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=ask, args=(str(number % 3),)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, inside, _waiting(turns)) == (1, 0, 0)
