"""The token check of functions that share nothing but the table: times, single flight, the bound, silence, crashes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.gateway.agent.shared_verdicts import Kept
from dataplane.gateway.agent.token_gate import UNKNOWN_CALLS_PER_MINUTE
from dataplane.gateway.agent.verdicts import BAD, GOOD, SILENT, HubSays, fingerprint
from dataplane.wake.gate_cloud import TokenRow
from dataplane.wake.token_check import TokenCheck
from tests.unit.dataplane.wake.gate_world import JANE, NOW, TOKEN, FakeCloud

KEY = fingerprint(TOKEN)
ALLOW = ("org/acme",)


def _status(cloud: FakeCloud, token: str = TOKEN, stale: float = 3600) -> int:
    return TokenCheck(cloud).check("llama", token, ALLOW, stale).status


def test_a_good_answer_lasts_and_a_bad_one_a_minute() -> None:
    cloud = FakeCloud()
    assert _status(cloud) == 200
    cloud.hub = lambda _token: HubSays(BAD)
    cloud.time += 239  # five minutes, less the one by which clocks may differ
    assert _status(cloud) == 200
    cloud.time += 62
    assert _status(cloud) == 401
    cloud.hub = lambda _token: JANE
    cloud.time += 59
    assert _status(cloud) == 401
    cloud.time += 62
    assert _status(cloud) == 200
    assert len(cloud.asked) == 3


@pytest.mark.parametrize("stale", [0, 600, 3600])
def test_while_the_hub_is_silent_a_known_caller_stays(stale: float) -> None:
    cloud = FakeCloud()
    assert _status(cloud, stale=stale) == 200
    cloud.hub = lambda _token: HubSays(SILENT)
    cloud.time += 240 + stale - 1
    assert _status(cloud, stale=stale) == 200
    cloud.time += 30
    answer = TokenCheck(cloud).check("llama", TOKEN, ALLOW, stale)
    assert answer.status == 503
    assert dict(answer.headers)["retry-after"] == "5"


def test_a_silent_hub_is_left_alone_for_a_moment() -> None:
    cloud = FakeCloud()
    assert _status(cloud) == 200
    cloud.hub, cloud.time = lambda _token: HubSays(SILENT), cloud.time + 301
    assert {_status(cloud) for _ in range(100)} == {200}
    assert len(cloud.asked) == 2
    cloud.time += 16
    assert _status(cloud) == 200
    assert len(cloud.asked) == 3


def test_nobody_is_let_in_on_a_guess() -> None:
    cloud = FakeCloud()
    cloud.hub = lambda _token: HubSays(SILENT)
    assert {_status(cloud) for _ in range(20)} == {503}
    assert len(cloud.asked) == 1
    cloud.hub, cloud.time = lambda _token: JANE, cloud.time + 5
    assert _status(cloud) == 200


def test_what_a_replica_was_told_is_known() -> None:
    cloud = FakeCloud()
    cloud.rows[KEY] = TokenRow(Kept(frozenset({"org/acme"}), NOW - 100, None))
    assert _status(cloud) == 200
    cloud.rows[KEY] = TokenRow(
        Kept(frozenset({"org/acme"}), NOW - 100, NOW - 90), ended_at=NOW - 90
    )
    cloud.hub = lambda _token: HubSays(BAD)
    assert _status(cloud) == 401
    assert len(cloud.asked) == 1
    assert _status(cloud) == 401
    assert len(cloud.asked) == 1


def test_a_clock_that_is_wrong_by_hours_lets_nobody_in() -> None:
    cloud = FakeCloud()
    cloud.hub = lambda _token: HubSays(SILENT)
    cloud.rows[KEY] = TokenRow(Kept(frozenset({"org/acme"}), NOW + 7200, None))
    assert _status(cloud) == 503


def test_a_flood_of_made_up_tokens_is_bounded_over_all_functions_and_locks_no_known_caller_out() -> (
    None
):
    cloud = FakeCloud()
    assert _status(cloud) == 200
    cloud.hub = lambda _token: HubSays(BAD)
    statuses = [_status(cloud, f"hf_{number:034}") for number in range(200)]
    assert statuses.count(401) == UNKNOWN_CALLS_PER_MINUTE - 1
    assert statuses.count(503) == 200 - 19
    assert len(cloud.asked) == UNKNOWN_CALLS_PER_MINUTE
    assert len(cloud.rows) == UNKNOWN_CALLS_PER_MINUTE  # refused ones write nothing
    cloud.hub, cloud.time = lambda _token: JANE, cloud.time + 400
    for number in range(50):
        _status(cloud, f"hf_{number:033}x")
    assert _status(cloud) == 200  # who was good is always asked about


def test_the_bound_is_the_tables_where_two_count_at_once() -> None:
    """Both read a count below the bound; one of them is the last."""
    cloud = FakeCloud()
    minute = int(NOW // 60)
    cloud.calls[minute] = UNKNOWN_CALLS_PER_MINUTE
    cloud.hub_calls = lambda minute: UNKNOWN_CALLS_PER_MINUTE - 1  # type: ignore[method-assign]
    assert _status(cloud) == 503
    assert cloud.asked == []
    assert cloud.rows[KEY].claimed_until is None  # nobody waits for it


def test_who_waits_gets_the_verdict_of_the_one_who_asks() -> None:
    for said, status in ((JANE, 200), (HubSays(BAD), 401), (HubSays(SILENT), 503)):
        cloud = FakeCloud()
        assert cloud.claim_token("llama", KEY, 0, NOW, NOW + 7)
        cloud.plan(
            4, lambda cloud=cloud, said=said: cloud.settle_token("llama", KEY, said, NOW + 4, 1)
        )
        assert _status(cloud) == status
        assert cloud.asked == []
        assert cloud.time - NOW <= 5


def test_the_one_who_asks_crashes_and_another_asks() -> None:
    cloud = FakeCloud()
    cloud.rows[KEY] = TokenRow(claimed_until=NOW + 7)
    assert _status(cloud) == 200
    assert (len(cloud.asked), 7 <= cloud.time - NOW < 8) == (1, True)


def test_who_reads_and_claims_after_the_answer_asks_nobody() -> None:
    """As slow as a function can be between its read and its claim."""
    cloud = FakeCloud()
    claim = cloud.claim_token

    def late(endpoint: str, key: str, seen: int, now: float, until: float) -> bool:
        if not cloud.asked:
            cloud.asked.append("another function did")
            cloud.settle_token(endpoint, key, JANE, now, 1)
        return claim(endpoint, key, seen, now, until)

    cloud.claim_token = late  # type: ignore[method-assign]
    assert _status(cloud) == 200
    assert cloud.asked == ["another function did"]


def test_a_verdict_that_never_comes_is_silence_in_eight_seconds() -> None:
    cloud = FakeCloud()
    cloud.rows[KEY] = TokenRow(claimed_until=NOW + 100)
    assert _status(cloud) == 503
    assert cloud.time - NOW == pytest.approx(8, abs=1)
    known = FakeCloud()
    kept = Kept(frozenset({"org/acme"}), NOW - 400, None)
    known.rows[KEY] = TokenRow(kept, claimed_until=NOW + 100)
    assert _status(known) == 200
    assert known.time - NOW == pytest.approx(2, abs=1)


def test_a_claim_that_is_always_anothers_ends_too() -> None:
    cloud = FakeCloud()
    cloud.claim_token = lambda *_arguments: False  # type: ignore[method-assign]
    assert _status(cloud) == 503
    assert cloud.time - NOW < 10


def test_the_hubs_word_stands_where_it_cannot_be_written() -> None:
    cloud = FakeCloud()
    cloud.broken = {"settle_token"}
    assert _status(cloud) == 200
    cloud.hub = lambda _token: HubSays(BAD)
    assert _status(cloud, f"hf_{'b' * 34}") == 401


def test_tokens_are_kept_as_fingerprints() -> None:
    cloud = FakeCloud()
    assert _status(cloud) == 200
    assert TOKEN not in str(cloud.rows)
    assert set(cloud.rows) == {KEY}


@given(
    st.lists(
        st.tuples(st.sampled_from([GOOD, BAD, SILENT]), st.floats(min_value=0.001, max_value=4000)),
        max_size=30,
    )
)
def test_no_history_lets_in_whom_the_hub_did_not_call_good_last(
    history: list[tuple[str, float]],
) -> None:
    """And never longer than the stated times after it last did."""
    cloud = FakeCloud()
    last_good: float | None = None
    for kind, later in history:
        cloud.time += later
        cloud.hub = lambda _token, kind=kind: JANE if kind == GOOD else HubSays(kind)
        before = len(cloud.asked)
        status = _status(cloud)
        if len(cloud.asked) > before:
            last_good = cloud.time if kind == GOOD else (None if kind == BAD else last_good)
        if status == 200:
            assert last_good is not None
            assert cloud.time - last_good < 300 + 3600
