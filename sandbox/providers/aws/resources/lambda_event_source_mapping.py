"""aws.lambda_.EventSourceMapping: a stream whose records call a function."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("ResourceNotFoundException",)
CHANGEABLE = {  # property -> member of the API
    "batchSize": "BatchSize",
    "enabled": "Enabled",
    "maximumBatchingWindowInSeconds": "MaximumBatchingWindowInSeconds",
    "maximumRecordAgeInSeconds": "MaximumRecordAgeInSeconds",
    "maximumRetryAttempts": "MaximumRetryAttempts",
}


def create(operation: Operation) -> None:
    answer = operation.client("lambda").create_event_source_mapping(
        EventSourceArn=operation.inputs["eventSourceArn"],
        FunctionName=operation.inputs["functionName"],
        StartingPosition=operation.inputs["startingPosition"],
        **_changeable(operation, frozenset(operation.inputs)),
    )
    operation.created(answer["UUID"])


def read(operation: Operation) -> dict[str, Any] | None:
    answer = found(
        GONE, lambda: operation.client("lambda").get_event_source_mapping(UUID=operation.id)
    )
    if answer is None:
        return None
    filters = (answer.get("FilterCriteria") or {}).get("Filters") or []
    return {
        "uuid": operation.id,
        "functionArn": answer["FunctionArn"],
        "functionName": answer["FunctionArn"],
        "eventSourceArn": answer["EventSourceArn"],
        "startingPosition": answer.get("StartingPosition"),
        "state": answer["State"],
        "enabled": answer["State"] in ("Enabled", "Enabling", "Creating"),
        **{name: answer.get(CHANGEABLE[name]) for name in CHANGEABLE if name != "enabled"},
        "filterCriteria": {"filters": [{"pattern": one["Pattern"]} for one in filters]}
        if filters
        else None,
    }


def update(operation: Operation) -> None:
    operation.client("lambda").update_event_source_mapping(
        UUID=operation.id,
        FunctionName=operation.inputs["functionName"],
        **_changeable(operation, operation.changed),
    )


def delete(operation: Operation) -> None:
    found(GONE, lambda: operation.client("lambda").delete_event_source_mapping(UUID=operation.id))


def _changeable(operation: Operation, names: frozenset[str]) -> dict[str, Any]:
    wanted = {
        member: operation.inputs[name]
        for name, member in CHANGEABLE.items()
        if name in names and operation.get(name) is not None
    }
    if "filterCriteria" in names:
        given = (operation.get("filterCriteria") or {}).get("filters", [])
        wanted["FilterCriteria"] = {"Filters": [{"Pattern": one["pattern"]} for one in given]}
    return wanted


GO = "hashicorp/terraform-provider-aws, internal/service/lambda/event_source_mapping.go"

TYPE = ResourceType(
    token="aws:lambda/eventSourceMapping:EventSourceMapping",
    cloudformation="AWS::Lambda::EventSourceMapping",
    python="lambda_:EventSourceMapping",
    properties={
        "eventSourceArn": Property(),
        "functionName": Property(
            compared_as=lambda name: name.rpartition(":function:")[2],
            because=f"{GO}: a name and the ARN that it stands for are the same",
        ),
        "startingPosition": Property(
            required=True,
            because=f"{GO}: required for streams, of which the sandbox serves DynamoDB's",
            rules={"enum": ["TRIM_HORIZON", "LATEST"]},
        ),
        "batchSize": Property(
            default=100,
            because=f"{GO}: 100 for DynamoDB's streams; Lambda API: 1 to 10000",
            rules={"minimum": 1, "maximum": 10000},
        ),
        "enabled": Property(default=True, because=f"{GO}: default true"),
        "maximumBatchingWindowInSeconds": Property(),
        "maximumRecordAgeInSeconds": Property(),
        "maximumRetryAttempts": Property(),
        "filterCriteria": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "eventSourceArn": "arn:aws:dynamodb:us-east-1:123456789012:table/endpoints/stream/2026-11-29T00:00:00.000",
        "functionName": "reconciler",
        "startingPosition": "LATEST",
        "batchSize": 100,
        "enabled": True,
        "maximumBatchingWindowInSeconds": 1,
        "maximumRecordAgeInSeconds": 120,
        "maximumRetryAttempts": 2,
        "filterCriteria": {"filters": [{"pattern": '{"eventName": ["MODIFY"]}'}]},
    },
)
