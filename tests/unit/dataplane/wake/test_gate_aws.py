"""The gate on the emulated account: one table, many functions at once, and the handler as a load balancer calls it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dataplane.gateway.agent.aws.calls import ConditionError as AgentsConditionError
from dataplane.gateway.agent.aws.verdict_table import AwsVerdicts
from dataplane.gateway.agent.shared_verdicts import SharedVerdicts
from dataplane.gateway.agent.token_gate import Live, TokenGate
from dataplane.gateway.agent.verdicts import BAD, SILENT, HubSays, fingerprint
from dataplane.wake.answers import Reply
from dataplane.wake.aws import gate as function
from dataplane.wake.aws import table as functions_table
from dataplane.wake.aws.gate_table import GateTable
from dataplane.wake.aws.table import ConditionError, Table, config_key, state_key, token_key
from dataplane.wake.gate import Gate
from dataplane.wake.model import ASLEEP, AWAKE, FAILED, WAKING
from tests.unit.dataplane.wake.gate_table import (
    ITEM,
    NAME,
    emulated,
    slot,
    wakes,
    write_state,
)
from tests.unit.dataplane.wake.gate_world import (
    CHAT,
    HOST,
    JANE,
    MODELS,
    NOW,
    TOKEN,
    WAY_IN,
    code,
    request,
    retry_after,
)

EVENT = {
    "requestContext": {"elb": {"targetGroupArn": WAY_IN}},
    "httpMethod": "POST",
    "path": CHAT,
    "multiValueQueryStringParameters": {},
    "multiValueHeaders": {
        "host": [HOST],
        "authorization": [f"Bearer {TOKEN}"],
        "x-forwarded-for": ["203.0.113.7"],
    },
    "body": '{"messages": []}',
    "isBase64Encoded": False,
}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    with emulated(monkeypatch) as found:
        yield found


class Functions:
    """As many gates as there are requests, each with nothing of its own; their clock stands still."""

    def __init__(self, table: Table, *, slots: int = 20) -> None:
        self.table, self.slots = table, slots
        self.asked: list[str] = []
        self.says = JANE
        self.before_the_hub_answers: Callable[[], object] = lambda: None
        self.while_asleep: Callable[[], object] = lambda: None
        self.lines: list[Any] = []

    def ask(self, line: str = f"POST {CHAT}", *, hold: str | None = None) -> Reply:
        cloud = GateTable(self.table, self._ask_hub, lambda: NOW, self._sleep)
        gate = Gate(cloud, self.lines.append, hold_slots=self.slots)
        return gate.answer(request(line, hold=hold))

    def at_once(self, count: int, *, hold: str | None = None) -> list[Reply]:
        with ThreadPoolExecutor(64) as pool:
            return list(pool.map(lambda _: self.ask(hold=hold), range(count)))

    def _ask_hub(self, token: str) -> HubSays:
        self.asked.append(token)
        self.before_the_hub_answers()
        return self.says

    def _sleep(self, _seconds: float) -> None:
        self.while_asleep()
        time.sleep(0.001)  # to let others run: this clock does not go on by it


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
    held = _Held(table)
    functions.while_asleep = held.one_more_look
    replies = functions.at_once(64, hold="600")
    redirected = [reply for reply in replies if reply.status == 307]
    assert 1 <= len(redirected) == held.taken
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


# --- one row a token, written by gates and by replicas -----------------------------------------


class _AgentsAws:
    """The two calls of the agent's own client that its verdicts need."""

    def __init__(self, table: Table) -> None:
        self._client = table._client

    def get_item(self, table: str, key: Any) -> Any:
        return self._client.get_item(TableName=table, Key=key, ConsistentRead=True)

    def update_item(self, table: str, key: Any, change: Any) -> None:
        try:
            self._client.update_item(TableName=table, Key=key, **change)
        except self._client._client.exceptions.ConditionalCheckFailedException:
            raise AgentsConditionError("ConditionalCheckFailed") from None


def _replica(table: Table, says: HubSays, now: float = NOW) -> tuple[TokenGate, SharedVerdicts]:
    rows = AwsVerdicts(_AgentsAws(table), NAME, "llama#")  # type: ignore[arg-type]
    shared = SharedVerdicts(rows, lambda: now)
    return TokenGate(lambda _token: says, shared), shared


def _replicas_status(table: Table, says: HubSays, now: float = NOW) -> int:
    gate, shared = _replica(table, says, now)
    status = gate.check(f"Bearer {TOKEN}", Live(("org/acme",), 3600)).status
    shared.write_waiting()
    return status


def test_a_replica_knows_whom_the_gate_asked_about(table: Table) -> None:
    Functions(table).ask()
    assert _replicas_status(table, HubSays(SILENT)) == 200
    assert _replicas_status(table, HubSays(SILENT), NOW + 4000) == 503


def test_the_gate_knows_whom_a_replica_asked_about(table: Table) -> None:
    assert _replicas_status(table, JANE) == 200
    functions = Functions(table)
    functions.says = HubSays(SILENT)
    assert functions.ask().status == 503
    assert (functions.asked, wakes(table)) == ([], 1)


def test_a_token_that_was_ended_at_a_replica_is_ended_at_the_gate(table: Table) -> None:
    functions = Functions(table)
    assert functions.ask(f"GET {MODELS}").status == 200
    assert _replicas_status(table, HubSays(BAD), NOW + 1) == 401
    functions.says = HubSays(SILENT)
    assert functions.ask(f"GET {MODELS}").status == 401
    assert functions.asked == [TOKEN]


def test_a_token_that_was_ended_at_the_gate_is_ended_at_a_new_replica(table: Table) -> None:
    assert _replicas_status(table, JANE, NOW - 400) == 200
    functions = Functions(table)
    functions.says = HubSays(BAD)
    assert functions.ask().status == 401
    assert _replicas_status(table, HubSays(SILENT), NOW + 1) == 503


def test_what_is_kept_of_a_token(table: Table) -> None:
    functions = Functions(table)
    functions.ask()
    row = table.get(token_key("llama", fingerprint(TOKEN)))
    assert row == {
        "pk": "llama#token", "sk": fingerprint(TOKEN), "accounts": ["org/acme", "user/jane"], "good_at": NOW,
        "expires": NOW + 300 + 3600 + 120,
    }  # fmt: skip
    assert TOKEN not in json.dumps(table._client.scan(TableName=NAME)["Items"])


def test_a_good_answer_does_not_replace_an_ending_of_the_same_minute(table: Table) -> None:
    cloud = GateTable(table, lambda _: JANE)
    assert cloud.claim_token("llama", "k", NOW, NOW + 7)
    cloud.settle_token("llama", "k", HubSays(BAD), NOW, 100)
    assert cloud.claim_token("llama", "k", NOW + 10, NOW + 17)
    cloud.settle_token("llama", "k", JANE, NOW + 10, 100)
    row = cloud.read_token("llama", "k")
    assert (row.kept, row.ended_at, row.claimed_until) == (None, NOW, None)
    cloud.settle_token("llama", "k", JANE, NOW + 61, 100)
    assert cloud.read_token("llama", "k").kept is not None


# --- the handler -------------------------------------------------------------------------------


@pytest.fixture
def call(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Any]]]:
    """The function in its environment, with a Hub that is not there."""
    monkeypatch.setenv("HOMEPORT_TABLE", NAME)
    monkeypatch.setenv("HOMEPORT_HUB", "http://127.0.0.1:1")
    monkeypatch.setenv("HOMEPORT_HOLD_SLOTS", "3")
    table.update(config_key("llama"), "SET #access_mode = :mode", {"mode": "public"})
    functions_table.client.cache_clear()
    function._gate.cache_clear()
    yield lambda event=EVENT: function.handler(event, None)
    functions_table.client.cache_clear()
    function._gate.cache_clear()


def test_the_handler_wakes(call: Any, table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    response = call()
    assert response["statusCode"] == 503
    assert response["statusDescription"] == "503 Service Unavailable"
    assert response["multiValueHeaders"] == {
        "content-type": ["application/json"], "cache-control": ["no-store"], "retry-after": ["100"],
    }  # fmt: skip
    assert json.loads(response["body"])["error"]["code"] == "scaling_up"
    assert wakes(table) == 1
    assert json.loads(capsys.readouterr().out) == {
        "gate": {"endpoint": "llama", "method": "POST", "route": f"POST {CHAT}", "status": 503, "code": "scaling_up",
                 "waited_seconds": 0.0, "wake": True},
    }  # fmt: skip


def test_an_unknown_token_while_the_hub_is_away(call: Any, table: Table) -> None:
    table.update(config_key("llama"), "SET #access_mode = :mode", {"mode": "protected"})
    response = call()
    assert response["statusCode"] == 503
    assert "token" in json.loads(response["body"])["error"]["message"]
    assert wakes(table) == 0


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("format", 2), ("format", None), ("routes", "POST /"), ("routes", ["POST / tea"]), ("cidrs", ["tea"]),
     ("cidrs", None), ("access_mode", "open"), ("allow", [5]), ("host", 5), ("wake_seconds_estimate", "x"),
     ("token_stale_seconds", True)],
)  # fmt: skip
def test_a_configuration_that_cannot_be_read_lets_nobody_in(
    call: Any, table: Table, attribute: str, value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    table.put(config_key("llama"), {**ITEM, "access_mode": "public", attribute: value})
    response = call()
    assert response["statusCode"] == 503
    assert json.loads(response["body"])["error"]["code"] == "unavailable"
    assert wakes(table) == 0
    assert (
        f"ItemError: {attribute}: must be" in json.loads(capsys.readouterr().out)["gate"]["error"]
    )


def test_a_state_that_cannot_be_read_wakes_nothing(call: Any, table: Table) -> None:
    table.put(state_key("llama"), {"state": "TEA", "since": NOW})
    assert call()["statusCode"] == 503
    assert wakes(table) == 0


def test_a_failed_endpoint(call: Any, table: Table) -> None:
    write_state(table, FAILED, since=time.time(), reason="no capacity")
    error = json.loads(call()["body"])["error"]
    assert (error["code"], "no capacity" in error["message"]) == ("failed", True)
    assert wakes(table) == 1


def test_a_table_that_is_not_there(
    call: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOMEPORT_TABLE", "another")
    function._gate.cache_clear()
    response = call()
    assert response["statusCode"] == 503
    line = json.loads(capsys.readouterr().out)["gate"]
    assert line["error"] == "TableError: ResourceNotFoundException"


@pytest.mark.parametrize(
    "event", [None, [], "x", {}, {"path": CHAT}, {**EVENT, "multiValueHeaders": None}]
)
def test_what_is_no_event(call: Any, event: Any) -> None:
    assert call(event)["statusCode"] in (404, 503)


def test_a_bug_is_503_and_its_text_is_not_logged(
    call: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError(TOKEN)

    monkeypatch.setattr(Gate, "answer", fail)
    response = call()
    assert response["statusCode"] == 503
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {"gate": {"error": "RuntimeError", "status": 503}}
    assert TOKEN not in shown.out + shown.err + json.dumps(response)


def test_without_its_environment_it_still_answers(
    monkeypatch: pytest.MonkeyPatch, call: Any
) -> None:
    monkeypatch.delenv("HOMEPORT_TABLE")
    function._gate.cache_clear()
    assert call()["statusCode"] == 503


def test_one_client_a_process_that_gives_up_in_time(call: Any) -> None:
    call()
    made = functions_table.client()
    assert made is functions_table.client()
    config = made.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.retries["total_max_attempts"] == 3


def test_a_condition_that_does_not_hold_is_not_an_error_of_a_wake(table: Table) -> None:
    cloud = GateTable(table, lambda _: JANE)
    cloud.add_wake("llama", 0, NOW)
    cloud.add_wake("llama", 0, NOW + 5)
    assert wakes(table) == 1
    with pytest.raises(ConditionError):
        table.update(
            config_key("llama"), "SET #a = :one", {"one": 1}, "attribute_not_exists(#format)"
        )
