"""A stack's table in the emulated account, in process, for the gate's calls."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws

from dataplane.gateway.agent.verdicts import HubSays
from dataplane.wake.answers import Reply
from dataplane.wake.aws.gate_table import GateTable
from dataplane.wake.aws.table import Key, Table, config_key, state_key, wake_key
from dataplane.wake.gate import Gate
from dataplane.wake.model import State
from dataplane.wake.state_item import item_of
from tests.unit.dataplane.wake.gate_world import CHAT, HOST, JANE, NOW, WAY_IN, request

NAME = "homeport-test"
ITEM: dict[str, Any] = {
    "format": 1,
    "endpoint": "llama",
    "host": HOST,
    "access_mode": "protected",
    "allow": ["org/acme"],
    "cidrs": [],
    "token_stale_seconds": 3600,
    "routes": ["GET /v1/models", f"POST {CHAT} inference"],
    "served_names": ["llama"],
    "wake_seconds_estimate": 100,
    "gate_target_group_arn": WAY_IN,
    "max_replicas": 2,
    "scale_to_zero_after_seconds": None,
}
"""What Pulumi writes, or enough of it."""


class OneAtATime:
    """A client whose calls never overlap: DynamoDB changes an item whole, moto reads it first and writes it then."""

    def __init__(self, client: Any) -> None:
        self._client, self._lock = client, threading.Lock()
        self.calls: list[str] = []

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def locked(**arguments: Any) -> Any:
            with self._lock:
                self.calls.append(name)
                return call(**arguments)

        return locked


@contextmanager
def emulated(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    """Empty but for the endpoint's configuration."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName=NAME,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": one, "AttributeType": "S"} for one in ("pk", "sk")
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        table = Table(OneAtATime(client), NAME)
        table.put(config_key("llama"), ITEM)
        yield table


def write_state(table: Table, name: str, **fields: Any) -> None:
    """As the reconciler does."""
    state = State(name, fields.pop("since", NOW), **fields)
    table.put(state_key("llama"), {**item_of(state), "version": 1})


def wakes(table: Table) -> int:
    """How many were asked for."""
    return (table.get(wake_key("llama")) or {}).get("count", 0)


def slot(number: int) -> Key:
    return Key("#hold", f"{number:02}")


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
