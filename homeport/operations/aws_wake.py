"""An endpoint's sleep and wakes in the stack's table: what stands there, and the orders that are written to it.

Orders go to `<endpoint>#wake` and `<endpoint>#command` only; the state is the reconciler's. `session` is boto3's; its
errors pass through.
"""

import time
from collections.abc import Mapping
from typing import Any

from dataplane.wake.model import FAILED
from homeport.errors import HomeportError
from homeport.operations.endpoint_status import EndpointKey
from homeport.operations.orders import Order, Standing
from homeport.operations.wake_state import WakeRecord, WakeState

WAKES_SHOWN = 20
Item = Mapping[str, Mapping[str, Any]]
"""In DynamoDB's own spelling."""


def read_items(session: Any, key: EndpointKey, *kinds: str) -> tuple[Item, ...]:
    """The endpoint's items of these kinds as they are now; an empty one where there is none."""
    client = session.client("dynamodb")
    return tuple(
        client.get_item(
            TableName=key.table, Key=_item_key(key, kind), ConsistentRead=True
        ).get("Item", {})
        for kind in kinds
    )  # fmt: skip


def read_configuration(session: Any, key: EndpointKey) -> Item:
    """Raises `HomeportError` for an endpoint that was not deployed."""
    client = session.client("dynamodb")
    try:
        (item,) = read_items(session, key, "config")
    except client.exceptions.ResourceNotFoundException:
        raise not_deployed(key, f"no table {key.table}") from None
    if not item:
        raise not_deployed(key, f"no configuration in table {key.table}")
    return item


def not_deployed(key: EndpointKey, found: str) -> HomeportError:
    """What to say of an endpoint that has no `found`."""
    return HomeportError(
        path=key.endpoint,
        found=found,
        allowed="an endpoint that was deployed",
        fix="run `pulumi up` on its stack, or check the stack's region",
    )


def standing(session: Any, key: EndpointKey) -> Standing:
    """All that an order is judged by. Raises `HomeportError` for an endpoint that was not deployed."""
    configuration = read_configuration(session, key)
    command, state = read_items(session, key, "command", "state")
    return Standing(
        endpoint=key.endpoint,
        min_replicas=int(_number(configuration, "min_replicas")),
        paused=bool(command.get("paused", {}).get("BOOL", False)),
        state=read_state(state),
    )


def read_state(item: Item) -> WakeState | None:
    """None where the reconciler has written nothing yet."""
    if not item:
        return None
    return WakeState(
        name=_text(item, "state"),
        since=_number(item, "since"),
        goal=_text(item, "goal"),
        reason_code=_text(item, "reason_code"),
        reason=_text(item, "reason"),
        retry_at=_number(item, "retry_at") or None,
        attempts=int(_number(item, "attempts")),
        wakes_seen=int(_number(item, "wakes_seen")),
        rollout=_text(item, "rollout"),
        rollout_template=_text(item, "rollout_template"),
    )


def last_wakes(session: Any, key: EndpointKey) -> tuple[WakeRecord, ...]:
    """The newest records, newest first; one that cannot be understood is none."""
    answer = session.client("dynamodb").query(
        TableName=key.table,
        KeyConditionExpression="pk = :records",
        ExpressionAttributeValues={":records": {"S": f"{key.names.table_prefix}wake-record"}},
        ScanIndexForward=False,
        Limit=WAKES_SHOWN,
    )
    found = [_record(item) for item in answer["Items"]]
    return tuple(record for record in found if record is not None)


def _record(item: Item) -> WakeRecord | None:
    try:
        return WakeRecord(
            asked=float(item["asked"]["N"]),
            phases=read_times(item["phases"]["M"]),
            outcome=item["outcome"]["S"],
        )
    except (KeyError, ValueError):
        return None


def read_times(values: Item) -> dict[str, float]:
    """Word -> Unix seconds."""
    return {word: float(value["N"]) for word, value in values.items() if "N" in value}


def give_order(session: Any, key: EndpointKey, order: Order, judged: Standing) -> None:
    """Write it, with the caller's name. Raises `HomeportError` where the endpoint has gone since it was judged."""
    if order is Order.WAKE and judged.name != FAILED:
        _ask_to_wake(session, key, judged)
        return
    changes = {
        Order.WAKE: "ADD retry_count :one SET",
        Order.PAUSE: "SET paused = :yes,",
        Order.RESUME: "SET paused = :no,",
        Order.SCALE_TO_ZERO: "ADD sleep_count :one SET",
    }
    _command(session, key, f"{changes[order]} #at = :now, #by = :who")


def _ask_to_wake(session: Any, key: EndpointKey, judged: Standing) -> None:
    """As the gate does, and in no transaction: that would refuse the gate's own write at the same moment."""
    client = session.client("dynamodb")
    seen = judged.state.wakes_seen if judged.state else 0
    try:
        client.update_item(
            TableName=key.table,
            Key=_item_key(key, "wake"),
            UpdateExpression="ADD #count :one SET #at = :now",
            ConditionExpression="attribute_not_exists(#count) OR #count <= :seen",
            ExpressionAttributeNames={"#count": "count", "#at": "at"},
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":now": _now(),
                ":seen": {"N": f"{seen}"},
            },
        )
    except client.exceptions.ConditionalCheckFailedException:
        return  # a wake is waiting already: just as good


def _command(session: Any, key: EndpointKey, update: str) -> None:
    client = session.client("dynamodb")
    who = session.client("sts").get_caller_identity()["Arn"]
    values = {":one": {"N": "1"}, ":yes": {"BOOL": True}, ":no": {"BOOL": False}}
    used = {name: value for name, value in values.items() if name in update}
    exists = {
        "TableName": key.table,
        "Key": _item_key(key, "config"),
        "ConditionExpression": "attribute_exists(pk)",
    }
    change = {
        "TableName": key.table,
        "Key": _item_key(key, "command"),
        "UpdateExpression": update,
        "ExpressionAttributeNames": {"#at": "at", "#by": "by"},
        "ExpressionAttributeValues": {**used, ":now": _now(), ":who": {"S": who}},
    }
    try:
        client.transact_write_items(
            TransactItems=[{"ConditionCheck": exists}, {"Update": change}]
        )  # fmt: skip
    except client.exceptions.TransactionCanceledException as error:
        reasons = error.response.get("CancellationReasons", [{}])
        if reasons[0].get("Code") != "ConditionalCheckFailed":
            raise
        raise not_deployed(key, f"no configuration in table {key.table}") from None


def _item_key(key: EndpointKey, kind: str) -> dict[str, Any]:
    return {"pk": {"S": f"{key.names.table_prefix}{kind}"}, "sk": {"S": kind}}


def _now() -> dict[str, str]:
    return {"N": f"{time.time():.3f}"}


def _number(item: Item, name: str) -> float:
    """0 where it is absent."""
    return float(item.get(name, {}).get("N", 0))


def _text(item: Item, name: str) -> str:
    """Empty where it is absent."""
    return str(item.get(name, {}).get("S", ""))
