"""aws.dynamodb.TableItem: one item, as the JSON that DynamoDB itself speaks."""

import json
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("ResourceNotFoundException",)


def create(operation: Operation) -> None:
    """Refused where the key is taken: the provider writes on the condition that it is not there."""
    item = json.loads(operation.inputs["item"])
    operation.client("dynamodb").put_item(
        TableName=operation.inputs["tableName"],
        Item=item,
        ConditionExpression="attribute_not_exists(#hk)",
        ExpressionAttributeNames={"#hk": operation.inputs["hashKey"]},
    )
    operation.created(_identifier(operation, item))


def read(operation: Operation) -> dict[str, Any] | None:
    known = {**operation.state, **operation.inputs}
    key = _key(known, json.loads(known["item"]))
    dynamodb = operation.client("dynamodb")
    answer = found(
        GONE,
        lambda: dynamodb.get_item(TableName=known["tableName"], Key=key, ConsistentRead=True),
    )
    if answer is None or "Item" not in answer:
        return None
    return {
        "tableName": known["tableName"],
        "hashKey": known["hashKey"],
        "rangeKey": known.get("rangeKey"),
        "item": json.dumps(answer["Item"], sort_keys=True, separators=(",", ":")),
    }


def update(operation: Operation) -> None:
    """An item under another key is another item: the old one goes after the new one stands."""
    dynamodb, table = operation.client("dynamodb"), operation.inputs["tableName"]
    new, old = json.loads(operation.inputs["item"]), json.loads(operation.old["item"])
    dynamodb.put_item(TableName=table, Item=new)
    if _key(operation.inputs, new) != _key(operation.inputs, old):
        dynamodb.delete_item(TableName=table, Key=_key(operation.inputs, old))


def delete(operation: Operation) -> None:
    dynamodb = operation.client("dynamodb")
    key = _key(operation.inputs, json.loads(operation.inputs["item"]))
    found(GONE, lambda: dynamodb.delete_item(TableName=operation.inputs["tableName"], Key=key))


def _key(inputs: Any, item: dict[str, Any]) -> dict[str, Any]:
    names = [inputs["hashKey"], *([inputs["rangeKey"]] if inputs.get("rangeKey") else [])]
    return {name: item[name] for name in names}


def _identifier(operation: Operation, item: dict[str, Any]) -> str:
    values = [next(iter(value.values())) for value in _key(operation.inputs, item).values()]
    names = [operation.inputs["tableName"], operation.inputs["hashKey"]]
    return "|".join(str(part) for part in (*names, *values))


DOCS = "pulumi_aws.dynamodb.TableItem"
GO = "hashicorp/terraform-provider-aws, internal/service/dynamodb/table_item.go: ForceNew"

TYPE = ResourceType(
    token="aws:dynamodb/tableItem:TableItem",
    cloudformation=None,
    because="CloudFormation has no type for an item of a table",
    properties={
        "tableName": Property(replaces=True, because=GO),
        "hashKey": Property(replaces=True, because=GO),
        "rangeKey": Property(replaces=True, because=GO),
        "item": Property(
            json_document=True,
            because=f"{DOCS}: 'JSON representation of a map of attribute name/value pairs'",
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "tableName": "homeport-demo",
        "hashKey": "pk",
        "rangeKey": "sk",
        "item": '{"pk":{"S":"llama-8b#config"},"sk":{"S":"config"}}',
    },
)
