"""One row a token, written by gates and by replicas: what one was told, the others know."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dataplane.gateway.agent.aws.calls import ConditionError as AgentsConditionError
from dataplane.gateway.agent.aws.verdict_table import AwsVerdicts
from dataplane.gateway.agent.shared_verdicts import SharedVerdicts
from dataplane.gateway.agent.token_gate import Live, TokenGate
from dataplane.gateway.agent.verdicts import BAD, SILENT, HubSays, fingerprint
from dataplane.wake.aws.gate_table import GateTable
from dataplane.wake.aws.table import Table, token_key
from tests.unit.dataplane.wake.gate_table import (
    NAME,
    Functions,
    emulated,
    wakes,
)
from tests.unit.dataplane.wake.gate_world import (
    JANE,
    MODELS,
    NOW,
    TOKEN,
)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    with emulated(monkeypatch) as found:
        yield found


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
        "answers": 1,
        "expires": NOW + 300 + 3600 + 120,
    }  # fmt: skip
    assert TOKEN not in json.dumps(table._client.scan(TableName=NAME)["Items"])


def test_a_good_answer_does_not_replace_an_ending_of_the_same_minute(table: Table) -> None:
    cloud = GateTable(table, lambda _: JANE)
    assert cloud.claim_token("llama", "k", 0, NOW, NOW + 7)
    cloud.settle_token("llama", "k", HubSays(BAD), NOW, 100)
    assert not cloud.claim_token("llama", "k", 0, NOW + 10, NOW + 17)  # it was answered since
    assert cloud.claim_token("llama", "k", 1, NOW + 10, NOW + 17)
    cloud.settle_token("llama", "k", JANE, NOW + 10, 100)
    row = cloud.read_token("llama", "k")
    assert (row.kept, row.ended_at, row.claimed_until) == (None, NOW, None)
    cloud.settle_token("llama", "k", JANE, NOW + 61, 100)
    assert cloud.read_token("llama", "k").kept is not None
