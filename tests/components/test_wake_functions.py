"""Gate and reconciler as they are registered: how long they may run, and how many at a time."""

from dataplane.wake.reconcile import WATCH_SECONDS
from tests.components.plans import endpoint, stack
from tests.components.registered import registered

CHAT = endpoint("chat")


def test_a_share_of_the_accounts_runs_is_the_reconcilers_alone() -> None:
    reserved = "reservedConcurrentExecutions"
    found = registered(stack(CHAT, reserved_concurrency=20))
    assert found.inputs("Function", "reconciler")[reserved] == 20
    assert reserved not in found.inputs("Function", "gate")
    assert reserved not in registered(stack(CHAT)).inputs("Function", "reconciler")


def test_the_reconciler_outlives_its_watch() -> None:
    """By a look that is slow, and the calls that follow from it."""
    function = registered(stack(CHAT)).inputs("Function", "reconciler")
    assert function["timeout"] >= WATCH_SECONDS + 4 * 10
