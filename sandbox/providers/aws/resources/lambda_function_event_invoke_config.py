"""aws.lambda.FunctionEventInvokeConfig: how long an event may wait for a function, and how often it is tried again."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._lambda import GONE, SOURCE, function_name

MEMBERS = {  # property -> (member of the API, AWS's default)
    "maximumEventAgeInSeconds": ("MaximumEventAgeInSeconds", 21600),
    "maximumRetryAttempts": ("MaximumRetryAttempts", 2),
}


def create(operation: Operation) -> None:
    _put(operation, operation.inputs["functionName"])
    operation.created(operation.inputs["functionName"])


def read(operation: Operation) -> dict[str, Any] | None:
    client = operation.client("lambda")
    answer = found(GONE, lambda: client.get_function_event_invoke_config(FunctionName=operation.id))
    if answer is None:
        return None
    return {
        "functionName": operation.id,
        **{name: answer.get(member, default) for name, (member, default) in MEMBERS.items()},
    }


def update(operation: Operation) -> None:
    """A put replaces all of it."""
    _put(operation, operation.id)


def delete(operation: Operation) -> None:
    client = operation.client("lambda")
    found(GONE, lambda: client.delete_function_event_invoke_config(FunctionName=operation.id))


def _put(operation: Operation, name: str) -> None:
    operation.client("lambda").put_function_event_invoke_config(
        FunctionName=function_name(name),
        **{
            member: operation.get(property_name, default)
            for property_name, (member, default) in MEMBERS.items()
        },
    )


DOCS = "pulumi_aws.lambda_.FunctionEventInvokeConfig"
GO = f"{SOURCE}function_event_invoke_config.go"

TYPE = ResourceType(
    token="aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
    python="lambda_.function_event_invoke_config:FunctionEventInvokeConfig",
    cloudformation="AWS::Lambda::EventInvokeConfig",
    properties={
        "functionName": Property(),
        "maximumEventAgeInSeconds": Property(),
        "maximumRetryAttempts": Property(
            default=2, because=f"{DOCS}: 'Valid values between 0 and 2. Defaults to 2.'; {GO}"
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "functionName": "homeport-demo-reconciler",
        "maximumEventAgeInSeconds": 60,
        "maximumRetryAttempts": 0,
    },
)
