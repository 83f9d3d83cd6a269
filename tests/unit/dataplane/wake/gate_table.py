"""A stack's table in the emulated account, in process, for the gate's calls."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from moto import mock_aws

from dataplane.wake.aws.table import Key, Table, config_key, state_key, wake_key
from dataplane.wake.model import State
from dataplane.wake.state_item import item_of
from tests.unit.dataplane.wake.gate_world import CHAT, HOST, NOW, WAY_IN

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
