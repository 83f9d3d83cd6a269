"""The gate on the emulated account: one table, and many functions at once."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dataplane.gateway.agent.verdicts import BAD, HubSays
from dataplane.wake.aws import table as functions_table
from dataplane.wake.aws.gate_table import GateTable
from dataplane.wake.aws.table import ConditionError, Table, config_key
from dataplane.wake.gate import Gate
from dataplane.wake.model import ASLEEP, AWAKE, WAKING
from tests.unit.dataplane.wake.gate_table import (
    Functions,
    emulated,
    slot,
    wakes,
    write_state,
)
from tests.unit.dataplane.wake.gate_world import (
    CHAT,
    JANE,
    NOW,
    TOKEN,
    code,
    request,
    retry_after,
)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    with emulated(monkeypatch) as found:
        yield found


def test_a_thousand_cold_requests_ask_for_one_wake_and_ask_the_hub_once(table: Table) -> None:
    functions = Functions(table)
    waiting = threading.Event()
    functions.while_asleep = waiting.set
    functions.before_the_hub_answers = lambda: waiting.wait(60)
    write_state(table, ASLEEP, wakes_seen=7)
    table.put(functions_table.wake_key("llama"), {"count": 7, "at": NOW - 500})
    replies = functions.at_once(1000)
    assert {(reply.status, code(reply), retry_after(reply)) for reply in replies} == {
        (503, "scaling_up", 100)
    }
    assert functions.asked == [TOKEN]
    assert waiting.is_set()  # others did wait for that one call
    assert table.get(functions_table.wake_key("llama")) == {
        "pk": "llama#wake", "sk": "wake", "count": 8, "at": NOW,
    }  # fmt: skip
    assert all(line["wake"] for line in functions.lines)
    # The reconciler acts on it; the next sleep's wake is another one.
    write_state(table, ASLEEP, wakes_seen=8)
    functions.ask()
    functions.ask()
    assert wakes(table) == 9


def test_no_more_wait_than_there_are_slots_and_all_are_given_back(table: Table) -> None:
    functions = Functions(table, slots=5)
    write_state(table, WAKING)
    functions.ask()  # from here on nobody waits for the Hub
    held = _Held(table)
    functions.while_asleep = held.one_more_look
    replies = functions.at_once(64, hold="600")
    redirected = [reply for reply in replies if reply.status == 307]
    assert 1 <= held.taken <= len(redirected)  # who came late found it awake
    assert {(reply.status, code(reply)) for reply in replies} <= {(307, None), (503, "scaling_up")}
    assert 1 <= held.most <= 5
    assert list(GateTable(table, lambda _: JANE).busy_slots(NOW + 1)) == []


class _Held:
    """Counts leases of the table, and lets the endpoint wake once those who wait have looked often."""

    def __init__(self, table: Table) -> None:
        self.table, self.now, self.most, self.taken, self._looks = table, 0, 0, 0, 0
        self._lock, self._update = threading.Lock(), table.update
        table.update = self._counted  # type: ignore[method-assign]

    def one_more_look(self) -> None:
        with self._lock:
            self._looks += 1
            if self._looks == 40:
                write_state(self.table, AWAKE)

    def _counted(self, key: Any, change: str, values: Any, condition: str = "") -> None:
        if key.partition == "#hold" and "#owner" not in change:
            with self._lock:  # counted as free before it can be taken again
                self.now -= 1
        self._update(key, change, values, condition)
        if key.partition == "#hold" and "#owner" in change:
            with self._lock:
                self.now, self.taken = self.now + 1, self.taken + 1
                self.most = max(self.most, self.now)


def test_a_slot_is_an_item_with_a_time_to_go(table: Table) -> None:
    cloud = GateTable(table, lambda _: JANE)
    assert cloud.take_slot(3, "jane", NOW, NOW + 60.5)
    assert not cloud.take_slot(3, "joe", NOW + 59, NOW + 100)
    assert list(cloud.busy_slots(NOW)) == [3]
    assert table.get(slot(3)) == {"pk": "#hold", "sk": "03", "owner": "jane", "expires": NOW + 60}
    assert cloud.take_slot(3, "joe", NOW + 61, NOW + 100)  # jane crashed
    cloud.free_slot(3, "jane", NOW + 70)
    assert list(cloud.busy_slots(NOW + 71)) == [3]  # her late end is not joe's
    cloud.free_slot(3, "joe", NOW + 72)
    assert list(cloud.busy_slots(NOW + 72)) == []


def test_made_up_tokens_share_one_bound(table: Table) -> None:
    functions = Functions(table)
    functions.says = HubSays(BAD)
    cloud = GateTable(table, functions._ask_hub, lambda: NOW, functions._sleep)
    gate = Gate(cloud, functions.lines.append)

    def status(number: int) -> int:
        return gate.answer(request(f"POST {CHAT}", authorization=f"Bearer hf_{number:034}")).status

    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(status, range(80)))
    assert statuses.count(401) == len(functions.asked) == 20
    assert statuses.count(503) == 60
    row = table.get(functions_table.Key("#hub-calls", str(int(NOW // 60))))
    assert row is not None
    assert row["calls"] == 20
    assert row["expires"] > NOW


def test_a_condition_that_does_not_hold_is_not_an_error_of_a_wake(table: Table) -> None:
    cloud = GateTable(table, lambda _: JANE)
    cloud.add_wake("llama", 0, NOW)
    cloud.add_wake("llama", 0, NOW + 5)
    assert wakes(table) == 1
    with pytest.raises(ConditionError):
        table.update(
            config_key("llama"), "SET #a = :one", {"one": 1}, "attribute_not_exists(#format)"
        )
