"""The stack's one table: its keys, and its few calls with plain values in and out.

Expressions name every attribute as `#name` and every value as `:name`; the names are filled in here, so that no word
that DynamoDB reserves is ever in the way.
"""

from __future__ import annotations

import functools
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from ..gate_cloud import CloudError
from ..plain_item import Item
from .attributes import plain_map, typed_map

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 2, 5, 3
BATCH_KEYS, BATCH_ROUNDS, BATCH_PAUSE_SECONDS = 100, 6, 0.05
"""BatchGetItem takes 100 keys, and gives back unread what is throttled (API reference, read 2026-11)."""
_NAMES = re.compile(r"#(\w+)")
Found = TypeVar("Found")


class TableError(CloudError):
    """The table did not answer, or refused; the text is the error's code."""


class ConditionError(TableError):
    """An item is not as the condition says; nothing was written."""


class Key(NamedTuple):
    """Of one item."""

    partition: str
    sort: str


HOLD_PARTITION, HUB_CALLS_PARTITION = "#hold", "#hub-calls"


def config_key(endpoint: str) -> Key:
    """What Pulumi wrote."""
    return Key(f"{endpoint}#config", "config")


def state_key(endpoint: str) -> Key:
    """What the reconciler wrote."""
    return Key(f"{endpoint}#state", "state")


def wake_key(endpoint: str) -> Key:
    """How many wakes were asked for."""
    return Key(f"{endpoint}#wake", "wake")


def command_key(endpoint: str) -> Key:
    """What the command line asked for."""
    return Key(f"{endpoint}#command", "command")


def token_key(endpoint: str, fingerprint: str) -> Key:
    """What is known of one token."""
    return Key(f"{endpoint}#token", fingerprint)


@functools.cache
def client() -> Any:
    """One a process; connections are kept between a function's runs."""
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    connect: Any = boto3.Session()
    return connect.client("dynamodb", config=config)


def table() -> Table:
    """The one that the function's environment names."""
    return Table(client(), os.environ["HOMEPORT_TABLE"])


class Table:
    """Each call raises `TableError`."""

    def __init__(self, client: Any, name: str, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client, self._name, self._sleep = client, name, sleep

    def get(self, key: Key) -> Item | None:
        """Never older than the last write; None where there is no such item."""
        answer = self._call("get_item", Key=_typed_key(key), ConsistentRead=True)
        return _plain(answer["Item"]) if answer.get("Item") else None

    def get_many(self, keys: Iterable[Key]) -> dict[Key, Item]:
        """Those that there are, each never older than its last write. All or an error: a part is no look."""
        found: dict[Key, Item] = {}
        waiting = iter(dict.fromkeys(keys))
        while batch := list(islice(waiting, BATCH_KEYS)):
            for item in self._batch(batch):
                found[Key(item["pk"], item["sk"])] = item
        return found

    def query(self, partition: str) -> list[Item]:
        """All items of a partition, by their sort key."""
        ask: dict[str, Any] = {
            "KeyConditionExpression": "#pk = :pk",
            "ExpressionAttributeNames": {"#pk": "pk"},
            "ExpressionAttributeValues": typed_map({":pk": partition}),
            "ConsistentRead": True,
        }
        items: list[Item] = []
        while True:
            answer = self._call("query", **ask)
            items += [_plain(one) for one in answer.get("Items", [])]
            if not answer.get("LastEvaluatedKey"):
                return items
            ask["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def put(
        self, key: Key, item: Item, condition: str = "", values: Mapping[str, Any] | None = None
    ) -> None:
        """Write a whole item. Raises `ConditionError` where there is a condition that does not hold."""
        whole = typed_map({**item, "pk": key.partition, "sk": key.sort})
        self._call("put_item", Item=whole, **_expressions({"Condition": condition}, values))

    def update(self, key: Key, change: str, values: Mapping[str, Any], condition: str = "") -> None:
        """Change an item, which need not be there. Raises `ConditionError` as `put` does."""
        expressions = _expressions({"Update": change, "Condition": condition}, values)
        self._call("update_item", Key=_typed_key(key), **expressions)

    def _batch(self, keys: list[Key]) -> Iterator[dict[str, Any]]:
        unread: Any = {
            self._name: {"Keys": [_typed_key(key) for key in keys], "ConsistentRead": True}
        }
        for attempt in range(BATCH_ROUNDS):
            answer = _answered(functools.partial(self._client.batch_get_item, RequestItems=unread))
            for item in answer.get("Responses", {}).get(self._name, []):
                yield _plain(item)
            unread = answer.get("UnprocessedKeys")
            if not unread:
                return
            self._sleep(BATCH_PAUSE_SECONDS * 2**attempt)
        raise TableError("UnprocessedKeys")

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        call = getattr(self._client, operation)
        return _answered(lambda: call(TableName=self._name, **arguments))


def _answered(call: Callable[[], Found]) -> Found:
    try:
        return call()
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "ClientError")
        wrong = ConditionError if code == "ConditionalCheckFailedException" else TableError
        raise wrong(code) from None
    except BotoCoreError as error:
        raise TableError(type(error).__name__) from None


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return plain_map(item)
    except ValueError as error:
        raise TableError(str(error)) from None


def _typed_key(key: Key) -> dict[str, Any]:
    return typed_map({"pk": key.partition, "sk": key.sort})


def _expressions(texts: Mapping[str, str], values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Arguments for those that are not empty, with the names and values that they use."""
    used = {f"{name}Expression": text for name, text in texts.items() if text}
    names = {f"#{name}": name for text in used.values() for name in _NAMES.findall(text)}
    arguments: dict[str, Any] = dict(used)
    if names:
        arguments["ExpressionAttributeNames"] = names
    if used and values:
        arguments["ExpressionAttributeValues"] = typed_map(
            {f":{name}": value for name, value in values.items()}
        )
    return arguments
