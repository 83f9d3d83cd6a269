"""aws.lambda_.EventSourceMapping: a stream whose records call a function."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._lambda import function_name, update_tags

GONE = ("ResourceNotFoundException",)
SETTLED = ("Enabled", "Disabled")
FOREVER = -1
CHANGEABLE = {  # property -> (member of the API, what AWS takes where nothing is said)
    "batchSize": ("BatchSize", 100),
    "bisectBatchOnFunctionError": ("BisectBatchOnFunctionError", False),
    "enabled": ("Enabled", True),
    "maximumBatchingWindowInSeconds": ("MaximumBatchingWindowInSeconds", 0),
    "maximumRecordAgeInSeconds": ("MaximumRecordAgeInSeconds", FOREVER),
    "maximumRetryAttempts": ("MaximumRetryAttempts", FOREVER),
    "parallelizationFactor": ("ParallelizationFactor", 1),
}


def create(operation: Operation) -> None:
    answer = operation.client("lambda").create_event_source_mapping(
        EventSourceArn=operation.inputs["eventSourceArn"],
        FunctionName=operation.inputs["functionName"],
        StartingPosition=operation.inputs["startingPosition"],
        Tags=operation.get("tags", {}),
        **_changeable(operation, frozenset(operation.inputs)),
    )
    operation.created(answer["UUID"])
    _wait_until_settled(operation)


def read(operation: Operation) -> dict[str, Any] | None:
    seen = _mapping(operation)
    if seen is None:
        return None
    filters = (seen.get("FilterCriteria") or {}).get("Filters") or []
    return {
        "arn": seen["EventSourceMappingArn"],
        "uuid": operation.id,
        "functionArn": seen["FunctionArn"],
        "functionName": seen["FunctionArn"],
        "eventSourceArn": seen["EventSourceArn"],
        "startingPosition": seen.get("StartingPosition"),
        "state": seen["State"],
        "stateTransitionReason": seen.get("StateTransitionReason"),
        "lastModified": seen["LastModified"].isoformat(),
        "lastProcessingResult": seen.get("LastProcessingResult"),
        **{name: seen.get(member, default) for name, (member, default) in CHANGEABLE.items()},
        "enabled": seen["State"] in ("Enabled", "Enabling", "Creating"),
        "filterCriteria": {"filters": [{"pattern": one["Pattern"]} for one in filters]}
        if filters
        else None,
        "tags": operation.client("lambda").list_tags(Resource=seen["EventSourceMappingArn"])[
            "Tags"
        ],
    }


def update(operation: Operation) -> None:
    changed = _changeable(operation, operation.changed)
    if "functionName" in operation.changed:
        changed["FunctionName"] = operation.inputs["functionName"]
    if changed:
        client = operation.client("lambda")
        client.update_event_source_mapping(UUID=operation.id, **changed)
        _wait_until_settled(operation)
    update_tags(operation)


def delete(operation: Operation) -> None:
    """The provider tries on while the mapping is still being made or changed."""
    client = operation.client("lambda")
    operation.retry(
        ("ResourceInUseException",),
        lambda: found(GONE, lambda: client.delete_event_source_mapping(UUID=operation.id)),
    )
    operation.wait_until(
        f"event source mapping {operation.id} to go", lambda: _mapping(operation) is None
    )


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The schema says from -1 on; a record is younger than a minute or may be of any age."""
    age = inputs.get("maximumRecordAgeInSeconds")
    if isinstance(age, int) and FOREVER < age < 60:
        return [("maximumRecordAgeInSeconds", f"expected -1 or 60 to 604800, got {age}")]
    return []


def _mapping(operation: Operation) -> Any:
    client = operation.client("lambda")
    return found(GONE, lambda: client.get_event_source_mapping(UUID=operation.id))


def _wait_until_settled(operation: Operation) -> None:
    operation.wait_until(
        f"event source mapping {operation.id} to be enabled or disabled",
        lambda: (_mapping(operation) or {}).get("State") in SETTLED,
    )


def _changeable(operation: Operation, names: frozenset[str]) -> dict[str, Any]:
    """Arguments for these properties; one that is gone from the inputs gets AWS's own value."""
    wanted = {
        member: operation.get(name, default)
        for name, (member, default) in CHANGEABLE.items()
        if name in names
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
            compared_as=function_name,
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
        "bisectBatchOnFunctionError": Property(),
        "enabled": Property(default=True, because=f"{GO}: default true"),
        "maximumBatchingWindowInSeconds": Property(),
        "maximumRecordAgeInSeconds": Property(),
        "maximumRetryAttempts": Property(),
        "parallelizationFactor": Property(),
        "filterCriteria": Property(
            properties={
                "filters": Property(
                    unordered=True,
                    because=f"{GO}: TypeSet, 1 to 10 items",
                    rules={"minItems": 1, "maxItems": 10},
                    properties={
                        "pattern": Property(
                            because=f"{GO}: StringLenBetween(0, 4096)", rules={"maxLength": 4096}
                        )
                    },
                )
            }
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    recomputed=lambda _: frozenset({"lastModified"}),
    sample=lambda: {
        "eventSourceArn": "arn:aws:dynamodb:us-east-1:123456789012:table/endpoints/stream/2026-11-29T00:00:00.000",
        "functionName": "reconciler",
        "startingPosition": "LATEST",
        "batchSize": 100,
        "bisectBatchOnFunctionError": False,
        "enabled": True,
        "maximumBatchingWindowInSeconds": 1,
        "maximumRecordAgeInSeconds": 120,
        "maximumRetryAttempts": 2,
        "parallelizationFactor": 1,
        "filterCriteria": {"filters": [{"pattern": '{"eventName": ["MODIFY"]}'}]},
        "tags": {"team": "search"},
    },
)
