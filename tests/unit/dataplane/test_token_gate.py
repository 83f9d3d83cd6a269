"""Who may pass: every rule of the token check on a clock of its own, with threads where threads matter."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.gateway.agent.shared_verdicts import SharedVerdicts
from dataplane.gateway.agent.token_gate import UNKNOWN_CALLS_PER_MINUTE, Live, TokenGate
from dataplane.gateway.agent.verdicts import BAD, GOOD, SILENT, VERDICTS_MAX, Accounts, HubSays
from sandbox.live.cloud import SharedTable

JANE = HubSays(GOOD, Accounts(frozenset({"user/jane", "org/acme"})))
TOKEN = f"hf_{'a' * 34}"
LIVE = Live(allow=("org/acme",), stale_seconds=3600)


class Hub:
    """Answers as it is told, and counts."""

    def __init__(self, says: HubSays = JANE) -> None:
        self.says, self.asked, self.now = says, list[str](), 1000.0

    def ask(self, token: str) -> HubSays:
        self.asked.append(token)
        return self.says

    def clock(self) -> float:
        return self.now


def _gate(hub: Hub) -> TokenGate:
    return TokenGate(hub.ask, SharedVerdicts(SharedTable(), hub.clock), hub.clock)


def _status(gate: TokenGate, token: str = TOKEN, live: Live = LIVE) -> int:
    return gate.check(f"Bearer {token}", live).status


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic aGY6", "Bearer sk-1234567890abcdefghij", "Bearer hf_short",
     f"Bearer hf_{'a' * 5000}", "Bearer hf_aaaaaaaaaaaaaaaaaaaa\x00", f"Token {TOKEN}", f"Bearer {TOKEN} x"],
)  # fmt: skip
def test_what_cannot_be_a_token_costs_no_call(header: str | None) -> None:
    hub = Hub()
    answer = _gate(hub).check(header, LIVE)
    assert (answer.status, hub.asked) == (401, [])
    assert ("www-authenticate", "Bearer") in answer.headers


@pytest.mark.parametrize(
    ("allow", "status"),
    [
        (("org/acme",), 200),
        (("user/Jane",), 200),
        (("any",), 200),
        (("org/other", "user/joe"), 403),
        ((), 403),
        (("user/acme", "org/jane"), 403),
    ],
)
def test_the_list_decides_anew_for_each_request(allow: tuple[str, ...], status: int) -> None:
    hub = Hub()
    gate = _gate(hub)
    assert _status(gate) == 200
    assert _status(gate, live=Live(allow, 3600)) == status
    assert len(hub.asked) == 1  # an edit of the list costs no call


def test_a_good_answer_lasts_five_minutes_and_a_bad_one_a_minute() -> None:
    hub = Hub()
    gate = _gate(hub)
    assert _status(gate) == 200
    hub.says, hub.now = HubSays(BAD), hub.now + 299
    assert _status(gate) == 200
    hub.now += 1
    assert _status(gate) == 401  # an explicit no ends it at once
    hub.says, hub.now = JANE, hub.now + 59
    assert _status(gate) == 401
    hub.now += 1
    assert _status(gate) == 200
    assert len(hub.asked) == 3


@pytest.mark.parametrize("stale_seconds", [0, 600, 3600])
def test_while_the_hub_is_silent_a_known_caller_stays(stale_seconds: float) -> None:
    hub, live = Hub(), Live(("org/acme",), stale_seconds)
    gate = _gate(hub)
    assert _status(gate, live=live) == 200
    hub.says = HubSays(SILENT)
    hub.now += 300 + stale_seconds - 1
    assert _status(gate, live=live) == 200
    hub.now += 1
    answer = gate.check(f"Bearer {TOKEN}", live)
    assert answer.status == 503
    assert dict(answer.headers)["retry-after"] == "5"


def test_nobody_is_let_in_on_a_guess() -> None:
    hub = Hub(HubSays(SILENT))
    gate = _gate(hub)
    assert _status(gate) == 503
    hub.says = HubSays(BAD)
    assert _status(gate) == 401
    hub.says = HubSays(SILENT)
    hub.now += 61
    assert _status(gate) == 503  # a bad answer is no reason to go on saying no


def test_a_flood_of_made_up_tokens_is_bounded_and_locks_nobody_out() -> None:
    hub = Hub()
    gate = _gate(hub)
    assert _status(gate) == 200
    hub.says = HubSays(BAD)
    statuses = [_status(gate, f"hf_{number:034}") for number in range(500)]
    assert statuses.count(401) == UNKNOWN_CALLS_PER_MINUTE - 1  # Jane's was the first
    assert set(statuses) == {401, 503}
    assert len(hub.asked) == UNKNOWN_CALLS_PER_MINUTE
    hub.says, hub.now = JANE, hub.now + 400
    for number in range(500):
        _status(gate, f"hf_{number:033}x")
    assert _status(gate) == 200  # a caller who was good is always asked about


def test_a_thousand_requests_with_one_token_cost_one_call() -> None:
    entered, go_on, calls = threading.Event(), threading.Event(), list[str]()

    def ask(token: str) -> HubSays:
        calls.append(token)
        entered.set()
        go_on.wait(20)
        return JANE

    gate = TokenGate(ask, SharedVerdicts(SharedTable()))
    with ThreadPoolExecutor(64) as pool:
        waiting = [pool.submit(_status, gate) for _ in range(1000)]
        entered.wait(20)
        go_on.set()
        assert {one.result() for one in waiting} == {200}
    assert len(calls) == 1


def test_a_call_that_raises_leaves_nobody_waiting() -> None:
    def ask(_token: str) -> HubSays:
        raise RuntimeError("a bug")

    gate = TokenGate(ask, SharedVerdicts(SharedTable()))
    for _ in range(2):
        with pytest.raises(RuntimeError):
            _status(gate)


def test_before_the_item_is_known_nobody_is_judged_by_an_empty_list() -> None:
    hub = Hub()
    answer = _gate(hub).check(f"Bearer {TOKEN}", None)
    assert (answer.status, hub.asked) == (503, [])
    assert _gate(hub).check(None, None).status == 401


def test_a_hub_slower_than_anybody_waits_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A known caller passes on the old answer while another request's call hangs; a new one is told to wait."""
    hub = Hub()
    gate = _gate(hub)
    assert _status(gate) == 200
    hub.now += 301
    monkeypatch.setattr("dataplane.gateway.agent.token_gate.WAIT_SECONDS", 0.01)
    monkeypatch.setattr("dataplane.gateway.agent.token_gate.KNOWN_WAIT_SECONDS", 0.01)
    asked, go_on = threading.Event(), threading.Event()

    def hang(_token: str) -> HubSays:
        asked.set()
        assert go_on.wait(30)
        return HubSays(SILENT)

    monkeypatch.setattr(gate, "_ask", hang)
    for token, status in ((TOKEN, 200), (f"hf_{'b' * 34}", 503)):
        asked.clear()
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(_status, gate, token)
            assert asked.wait(30)
            assert _status(gate, token) == status
            go_on.set()
            assert first.result() == status
        go_on.clear()


def test_a_silent_hub_is_left_alone_for_a_moment() -> None:
    """A thousand requests of one known caller while the Hub says 429: one call, then one each quarter minute."""
    hub = Hub()
    gate = _gate(hub)
    assert _status(gate) == 200
    hub.now, hub.says = hub.now + 301, HubSays(SILENT)
    assert {_status(gate) for _ in range(1000)} == {200}
    assert len(hub.asked) == 2
    hub.now += 16
    assert _status(gate) == 200
    assert len(hub.asked) == 3
    hub.now, hub.says = hub.now + 16, HubSays(BAD)
    assert _status(gate) == 401


def test_memory_is_bounded() -> None:
    hub = Hub()
    gate = _gate(hub)
    for number in range(VERDICTS_MAX + 50):
        hub.now += 60  # one call a minute: none is refused
        _status(gate, f"hf_{number:034}")
    assert len(gate._cache._verdicts) == VERDICTS_MAX


@given(
    st.lists(
        st.tuples(
            st.sampled_from([GOOD, BAD, SILENT]),
            st.floats(min_value=0, max_value=4000),
        ),
        max_size=30,
    )
)
def test_no_history_lets_in_whom_the_hub_never_called_good(
    history: list[tuple[str, float]],
) -> None:
    """And never longer than the stated times after it last did."""
    hub = Hub()
    gate = _gate(hub)
    last_good: float | None = None
    for kind, later in history:
        hub.now += later
        hub.says = JANE if kind == GOOD else HubSays(kind)
        before = len(hub.asked)
        status = _status(gate)
        if len(hub.asked) > before:
            last_good = hub.now if kind == GOOD else (None if kind == BAD else last_good)
        if status == 200:
            assert last_good is not None
            assert hub.now - last_good < 300 + 3600
