"""Orders to an endpoint: when one makes sense, what it writes, and when it has come about."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from homeport.errors import HomeportError
from homeport.operations import operations
from homeport.operations.endpoint_status import EndpointKey
from homeport.operations.orders import Order, Standing, has_come_about, has_failed, superfluous
from homeport.operations.wake_state import WakeState
from homeport.planner.names import endpoint_names, stack_names

REGION, ACCOUNT = "us-east-1", "123456789012"
KEY = EndpointKey(
    endpoint="chat", names=endpoint_names("demo", "chat"), table=stack_names("demo").table
)
DRAINING_TO_PAUSE = WakeState(name="DRAINING", since=1.0, goal="pause")


def _state(name: str, since: float = 1.0) -> WakeState:
    return WakeState(name=name, since=since, goal="sleep" if name == "DRAINING" else "")


def _standing(name: str = "", *, paused: bool = False, least: int = 0) -> Standing:
    state = _state(name) if name else None
    return Standing(endpoint="chat", min_replicas=least, paused=paused, state=state)


@pytest.mark.parametrize(
    ("order", "standing", "said"),
    [
        (Order.WAKE, _standing(), ""),
        (Order.WAKE, _standing("ASLEEP"), ""),
        (Order.WAKE, _standing("DRAINING"), ""),
        (Order.WAKE, _standing("FAILED"), ""),
        (Order.WAKE, _standing("AWAKE"), "is awake already"),
        (Order.WAKE, _standing("WAKING"), "is waking already"),
        (Order.WAKE, _standing("PAUSED"), "is being resumed already"),
        (Order.PAUSE, _standing("FAILED", least=1), ""),
        (Order.PAUSE, _standing("DRAINING", paused=True), "is paused already"),
        (Order.RESUME, _standing("DRAINING", paused=True), ""),
        (Order.RESUME, _standing("ASLEEP"), "is not paused"),
        (Order.SCALE_TO_ZERO, _standing("AWAKE"), ""),
        (Order.SCALE_TO_ZERO, _standing("DRAINING"), ""),
        (Order.SCALE_TO_ZERO, _standing("ASLEEP"), "is asleep already"),
        (Order.SCALE_TO_ZERO, _standing("FAILED"), "has failed, and runs no machine"),
        (Order.SCALE_TO_ZERO, _standing("AWAKE", paused=True), "is paused"),
    ],
)
def test_when_an_order_must_be_given(order: Order, standing: Standing, said: str) -> None:
    assert superfluous(order, standing) == said


@pytest.mark.parametrize(
    ("order", "standing", "instead"),
    [
        (Order.WAKE, _standing("PAUSED", paused=True), "homeport resume"),
        (Order.WAKE, _standing("AWAKE", paused=True), "homeport resume"),
        (Order.SCALE_TO_ZERO, _standing("AWAKE", least=1), "homeport pause"),
        (Order.SCALE_TO_ZERO, _standing("PAUSED", paused=True, least=2), "homeport pause"),
    ],
)
def test_what_an_endpoint_cannot_follow_names_the_order_that_it_can(
    order: Order, standing: Standing, instead: str
) -> None:
    with pytest.raises(HomeportError) as caught:
        superfluous(order, standing)
    assert caught.value.path == "chat"
    assert instead in caught.value.fix


@pytest.mark.parametrize(
    ("order", "states"),
    [
        (Order.WAKE, {"AWAKE"}),
        (Order.PAUSE, {"PAUSED"}),
        (Order.RESUME, {"AWAKE", "ASLEEP", "DRAINING"}),
        (Order.SCALE_TO_ZERO, {"ASLEEP", "PAUSED", "FAILED"}),
    ],
)
def test_where_each_order_leads(order: Order, states: set[str]) -> None:
    every = ("ASLEEP", "WAKING", "AWAKE", "DRAINING", "FAILED", "PAUSED")
    assert {name for name in every if has_come_about(order, _state(name))} == states
    assert not has_come_about(order, None)
    assert not has_come_about(order, DRAINING_TO_PAUSE)


def test_an_order_failed_where_the_failure_is_a_new_one() -> None:
    failed, again = _state("FAILED"), _state("FAILED", since=2.0)
    before = _standing("FAILED")
    assert has_failed(Order.WAKE, _standing("ASLEEP"), failed, given=True)
    assert not has_failed(Order.WAKE, before, failed, given=True)
    assert has_failed(Order.WAKE, before, again, given=True)
    assert has_failed(Order.RESUME, before, failed, given=False)
    assert not has_failed(Order.PAUSE, _standing("ASLEEP"), failed, given=True)
    assert not has_failed(Order.WAKE, before, _state("WAKING"), given=True)


class Table:
    """The stack's, with a deployed endpoint."""

    def __init__(self) -> None:
        self.client = boto3.client("dynamodb", REGION)
        names = ("pk", "sk")
        self.client.create_table(
            TableName=KEY.table,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in names],
            BillingMode="PAY_PER_REQUEST",
        )
        self.put("config", min_replicas={"N": "0"})

    def put(self, kind: str, **values: dict[str, Any]) -> None:
        key = {"pk": {"S": f"chat#{kind}"}, "sk": {"S": kind}}
        self.client.put_item(TableName=KEY.table, Item={**key, **values})

    def item(self, kind: str) -> dict[str, Any]:
        key = {"pk": {"S": f"chat#{kind}"}, "sk": {"S": kind}}
        return self.client.get_item(TableName=KEY.table, Key=key).get("Item", {})


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Table()


def _look() -> Standing:
    (one,) = operations("aws").endpoint_standings([KEY], region=REGION, account=ACCOUNT)
    return one


def _give(order: Order) -> None:
    operations("aws").give_order(KEY, order, _look(), region=REGION, account=ACCOUNT)


def test_what_stands_in_the_table(table: Table) -> None:
    assert _look() == Standing(endpoint="chat", min_replicas=0, paused=False, state=None)
    table.put("command", paused={"BOOL": True})
    table.put(
        "state", state={"S": "FAILED"}, since={"N": "1790000000.5"}, reason_code={"S": "no_capacity"},
        reason={"S": "none of this type"}, retry_at={"N": "1790000900"}, attempts={"N": "1"}, version={"N": "9"},
    )  # fmt: skip
    seen = _look()
    assert seen.paused
    assert seen.state == WakeState(
        name="FAILED", since=1790000000.5, reason_code="no_capacity", reason="none of this type",
        retry_at=1790000900, attempts=1,
    )  # fmt: skip


def test_a_wake_counts_once_until_it_was_seen(table: Table) -> None:
    for _ in range(3):
        _give(Order.WAKE)
    assert table.item("wake")["count"] == {"N": "1"}
    assert float(table.item("wake")["at"]["N"]) > 1_700_000_000
    table.put("state", state={"S": "ASLEEP"}, since={"N": "1"}, wakes_seen={"N": "1"})
    for _ in range(2):
        _give(Order.WAKE)
    assert table.item("wake")["count"] == {"N": "2"}
    assert table.item("command") == {}


def test_commands_are_the_callers_and_leave_each_other_alone(table: Table) -> None:
    _give(Order.PAUSE)
    first = table.item("command")
    assert first["paused"] == {"BOOL": True}
    assert f"::{ACCOUNT}:" in first["by"]["S"]
    _give(Order.SCALE_TO_ZERO)
    _give(Order.SCALE_TO_ZERO)
    assert table.item("command")["sleep_count"] == {"N": "2"}
    assert table.item("command")["paused"] == {"BOOL": True}
    _give(Order.RESUME)
    table.put("state", state={"S": "FAILED"}, since={"N": "1"})
    _give(Order.WAKE)
    last = table.item("command")
    assert (last["paused"], last["retry_count"]) == ({"BOOL": False}, {"N": "1"})
    assert float(last["at"]["N"]) >= float(first["at"]["N"])
    assert table.item("wake") == {}


@pytest.mark.parametrize("order", [Order.PAUSE, Order.RESUME, Order.SCALE_TO_ZERO])
def test_an_endpoint_that_has_gone_since_gets_no_command(table: Table, order: Order) -> None:
    judged = _look()
    key = {"pk": {"S": "chat#config"}, "sk": {"S": "config"}}
    table.client.delete_item(TableName=KEY.table, Key=key)
    with pytest.raises(HomeportError, match="no configuration in table homeport-demo"):
        operations("aws").give_order(KEY, order, judged, region=REGION, account=ACCOUNT)
    assert table.item("command") == {}


def test_what_was_not_deployed_says_so(table: Table) -> None:
    key = {"pk": {"S": "chat#config"}, "sk": {"S": "config"}}
    table.client.delete_item(TableName=KEY.table, Key=key)
    with pytest.raises(HomeportError, match="no configuration in table homeport-demo") as caught:
        _look()
    assert "pulumi up" in caught.value.fix
    table.client.delete_table(TableName=KEY.table)
    with pytest.raises(HomeportError, match="no table homeport-demo"):
        _look()


def test_another_account_is_refused_before_anything_is_written(table: Table) -> None:
    judged = _look()
    with pytest.raises(HomeportError, match="credentials of account"):
        operations("aws").give_order(
            KEY, Order.PAUSE, judged, region=REGION, account="210987654321"
        )
    assert table.item("command") == {}
