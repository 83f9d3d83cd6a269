"""Callers whom another replica knows: two gates, one table, a Hub that falls silent, and clocks that differ."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.gateway.agent.in_time import in_time
from dataplane.gateway.agent.shared_verdicts import (
    CLOCKS_DIFFER_SECONDS,
    READS_PER_MINUTE,
    SharedVerdicts,
)
from dataplane.gateway.agent.token_gate import UNKNOWN_CALLS_PER_MINUTE, Live, TokenGate
from dataplane.gateway.agent.verdicts import BAD, GOOD, SILENT, Accounts, HubSays
from sandbox.live.cloud import SharedTable

JANE = HubSays(GOOD, Accounts(frozenset({"user/jane", "org/acme"})))
TOKEN = f"hf_{'a' * 34}"
LIVE = Live(allow=("org/acme",), stale_seconds=3600)
KNOWN_SECONDS = 300 + 3600


class CountedTable(SharedTable):
    def __init__(self) -> None:
        super().__init__()
        self.reads = self.writes = 0

    def find_verdict(self, key):
        self.reads += 1
        return super().find_verdict(key)

    def keep_verdict(self, key, kept, expires):
        self.writes += 1
        super().keep_verdict(key, kept, expires)


class World:
    """One Hub, one table, true time."""

    def __init__(self) -> None:
        self.says, self.now, self.asked = JANE, 1e9, 0
        self.table = CountedTable()

    def ask(self, _token: str) -> HubSays:
        self.asked += 1
        return self.says


class Replica:
    """Its wall clock may differ from the true time."""

    def __init__(self, world: World, clock_ahead_seconds: float = 0.0) -> None:
        self.shared = SharedVerdicts(world.table, lambda: world.now + clock_ahead_seconds)
        self.gate = TokenGate(world.ask, self.shared, lambda: world.now - 9e8)

    def status(self, token: str = TOKEN, live: Live = LIVE) -> int:
        status = self.gate.check(f"Bearer {token}", live).status
        self.shared.write_waiting()
        return status


def test_a_new_replica_serves_known_callers_while_the_hub_is_silent() -> None:
    world = World()
    assert Replica(world).status() == 200
    world.says = HubSays(SILENT)
    new = Replica(world)
    assert new.status() == 200
    assert new.status(f"hf_{'b' * 34}") == 503  # nobody is let in on a guess
    assert (
        world.table.rows[next(iter(world.table.rows))].names,
        TOKEN in str(world.table.rows),
    ) == (
        JANE.accounts.names,
        False,
    )


@pytest.mark.parametrize("ahead", [-CLOCKS_DIFFER_SECONDS, 0.0, CLOCKS_DIFFER_SECONDS])
def test_never_longer_than_the_replica_that_asked(ahead: float) -> None:
    world = World()
    assert Replica(world, ahead).status() == 200
    world.says = HubSays(SILENT)
    world.now += KNOWN_SECONDS - 2 * CLOCKS_DIFFER_SECONDS - 1
    assert Replica(world).status() == 200
    world.now += 2 * CLOCKS_DIFFER_SECONDS + 1
    assert Replica(world).status() == 503


def test_a_stale_time_of_zero_holds_for_the_others_too() -> None:
    world, strict = World(), Live(("org/acme",), 0)
    assert Replica(world).status(live=strict) == 200
    world.says = HubSays(SILENT)
    world.now += 241
    assert Replica(world).status(live=strict) == 503


def test_an_explicit_no_ends_it_for_all_who_have_no_answer_of_their_own() -> None:
    world = World()
    first, second = Replica(world), Replica(world)
    assert first.status() == 200
    world.now += 400
    world.says = HubSays(BAD)
    assert second.status() == 401
    world.says = HubSays(SILENT)
    assert Replica(world).status() == 503


def test_an_ending_is_written_once_the_table_answers() -> None:
    world = World()
    one = Replica(world)
    assert one.status() == 200
    world.now, world.says, world.table.silent = world.now + 400, HubSays(BAD), True
    assert one.gate.check(f"Bearer {TOKEN}", LIVE).status == 401
    with pytest.raises(OSError, match="no answer"):
        one.shared.write_waiting()
    world.table.silent, world.says = False, HubSays(SILENT)
    one.shared.write_waiting()
    assert Replica(world).status() == 503


def test_bad_answers_are_not_shared() -> None:
    world = World()
    world.says = HubSays(BAD)
    assert Replica(world).status() == 401
    assert world.table.rows == {}


def test_while_the_hub_answers_the_table_is_not_asked_and_written_once_a_refresh() -> None:
    world = World()
    one = Replica(world)
    assert {one.status() for _ in range(50)} == {200}
    world.now += 301
    assert {one.status() for _ in range(50)} == {200}
    assert (world.table.reads, world.table.writes, world.asked) == (0, 2, 2)


def test_a_new_replica_knows_more_callers_than_it_may_ask_about() -> None:
    world = World()
    old = Replica(world)
    tokens = [f"hf_{number:034}" for number in range(3 * UNKNOWN_CALLS_PER_MINUTE)]
    for token in tokens:
        world.now += 3
        assert old.status(token) == 200
    asked = world.asked
    one = Replica(world)
    assert {one.status(token) for token in tokens} == {200}
    assert world.asked - asked == UNKNOWN_CALLS_PER_MINUTE


def test_a_flood_of_made_up_tokens_costs_a_bounded_number_of_reads() -> None:
    world = World()
    world.says = HubSays(SILENT)
    one = Replica(world)
    assert {one.status(f"hf_{number:034}") for number in range(READS_PER_MINUTE + 300)} == {503}
    assert world.table.reads == READS_PER_MINUTE
    assert world.asked == UNKNOWN_CALLS_PER_MINUTE


def test_a_table_that_does_not_answer_changes_nothing() -> None:
    world = World()
    assert Replica(world).status() == 200
    world.says, world.table.silent = HubSays(SILENT), True
    assert Replica(world).status() == 503


def test_a_table_that_hangs_holds_a_request_up_for_its_time_only() -> None:
    go_on = threading.Event()
    with pytest.raises(TimeoutError):
        in_time(0.01, lambda: go_on.wait(30))
    go_on.set()
    assert in_time(30, lambda: 5) == 5
    with pytest.raises(ValueError, match="x"):
        in_time(30, lambda: int("x"))


@given(
    ahead=st.lists(st.floats(0, CLOCKS_DIFFER_SECONDS), min_size=2, max_size=3),
    history=st.lists(
        st.tuples(
            st.integers(0, 2),
            st.sampled_from([GOOD, BAD, SILENT]),
            st.floats(0.001, 4000),
            st.booleans(),
        ),
        max_size=25,
    ),
)
def test_no_history_lets_in_whom_the_hub_did_not_call_good_last(
    ahead: list[float], history: list[tuple[int, str, float, bool]]
) -> None:
    """Whatever the clocks say: after an explicit no, no replica lets in whom it has not let in before, unless the Hub
    called it good since; and nobody passes longer than the stated times."""
    world = World()
    replicas = [Replica(world, seconds) for seconds in ahead]
    last_good: float | None = None
    seen: dict[int, float] = {}
    let_in: set[int] = set()
    """Replicas that hold an answer of their own."""
    ended: float | None = None
    for number, kind, later, restart in history:
        world.now += later
        world.says = JANE if kind == GOOD else HubSays(kind)
        which = number % len(replicas)
        if restart:
            replicas[which] = Replica(world, ahead[which])
            seen.pop(which, None)
            let_in.discard(which)
        before = world.asked
        status = replicas[which].status()
        if world.asked > before and kind != SILENT:
            seen[which] = world.now
            if kind == GOOD:
                last_good = world.now
            else:
                ended = world.now
        if status == 200:
            assert last_good is not None
            assert world.now - last_good < KNOWN_SECONDS
            if which not in seen and which not in let_in and ended is not None:
                assert last_good > ended
            let_in.add(which)
