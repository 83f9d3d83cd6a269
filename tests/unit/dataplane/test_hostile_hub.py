"""The token check before a Hub that misbehaves: real sockets, a clock that the test moves."""

from collections.abc import Iterator

import pytest

from dataplane.gateway.agent.shared_verdicts import SharedVerdicts
from dataplane.gateway.agent.token_gate import Live, TokenGate
from dataplane.gateway.agent.whoami import hub_asker
from sandbox.live.cloud import SharedTable
from tests.unit.dataplane.hostile_hub import HOSTILE, Hub, Mode, honest, revoked, running_hub

JANE, NEW = "Bearer hf_jane_0123456789abcdef", "Bearer hf_new_0123456789abcdef"
LIVE = Live(("org/acme",), 3600)
HUB_SECONDS = 0.3
NOBODY_ELSE = SharedVerdicts(SharedTable())
"""No other replica knows anything, nor will: nothing writes what waits."""


class Clock:
    """Stands still until it is moved."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running_hub() as running:
        yield running


@pytest.mark.parametrize("mode", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_word_about_a_token_lets_nobody_in_and_locks_nobody_out(
    hub: Hub, mode: Mode
) -> None:
    clock = Clock()
    gate = TokenGate(hub_asker(hub.address, HUB_SECONDS), NOBODY_ELSE, clock)
    assert gate.check(JANE, LIVE).status == 200
    clock.now += 301
    hub.mode = mode
    assert gate.check(JANE, LIVE).status == 200
    assert gate.check(NEW, LIVE).status == 503
    clock.now += 3600
    assert gate.check(JANE, LIVE).status == 503
    hub.mode = honest
    assert gate.check(JANE, LIVE).status == gate.check(NEW, LIVE).status == 200


def test_a_revoked_token_is_out_as_soon_as_it_is_asked_about(hub: Hub) -> None:
    clock = Clock()
    gate = TokenGate(hub_asker(hub.address, HUB_SECONDS), NOBODY_ELSE, clock)
    assert gate.check(JANE, LIVE).status == 200
    hub.mode = revoked
    clock.now += 299
    assert gate.check(JANE, LIVE).status == 200
    clock.now += 2
    assert gate.check(JANE, LIVE).status == 401
    # Nor does silence bring it back.
    hub.mode = HOSTILE["500"]
    clock.now += 61
    assert gate.check(JANE, LIVE).status == 503


def test_a_redirect_takes_no_token_elsewhere(hub: Hub) -> None:
    with running_hub() as elsewhere:
        hub.mode = lambda handler: handler.answer(
            307, location=f"{elsewhere.address}/api/whoami-v2"
        )
        gate = TokenGate(hub_asker(hub.address, HUB_SECONDS), NOBODY_ELSE)
        assert gate.check(JANE, LIVE).status == 503
        assert (len(hub.asked), elsewhere.asked) == (1, [])
