"""aws.lambda_.Permission: one statement of a function's own policy."""

import json
from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("ResourceNotFoundException",)


def create(operation: Operation) -> None:
    name = operation.name("statementId", "statementIdPrefix")
    optional = {
        "SourceArn": operation.get("sourceArn"),
        "SourceAccount": operation.get("sourceAccount"),
    }
    operation.client("lambda").add_permission(
        FunctionName=operation.inputs["function"],
        StatementId=name,
        Action=operation.inputs["action"],
        Principal=operation.inputs["principal"],
        **{key: value for key, value in optional.items() if value},
    )
    operation.created(name)


def read(operation: Operation) -> dict[str, Any] | None:
    function = {**operation.state, **operation.inputs}["function"]
    answer = found(GONE, lambda: operation.client("lambda").get_policy(FunctionName=function))
    statements = json.loads(answer["Policy"])["Statement"] if answer else []
    for one in statements:
        if one["Sid"] == operation.id:
            conditions = one.get("Condition", {})
            principal = one["Principal"]
            return {
                "function": function,
                "statementId": operation.id,
                "action": one["Action"],
                "principal": principal
                if isinstance(principal, str)
                else next(iter(principal.values())),
                "sourceArn": conditions.get("ArnLike", {}).get("AWS:SourceArn"),
                "sourceAccount": conditions.get("StringEquals", {}).get("AWS:SourceAccount"),
            }
    return None


def delete(operation: Operation) -> None:
    found(
        GONE,
        lambda: operation.client("lambda").remove_permission(
            FunctionName=operation.inputs["function"], StatementId=operation.id
        ),
    )


GO = "hashicorp/terraform-provider-aws, internal/service/lambda/permission.go"

TYPE = ResourceType(
    token="aws:lambda/permission:Permission",
    cloudformation="AWS::Lambda::Permission",
    python="lambda_:Permission",
    properties={
        "function": Property(cloudformation="FunctionName"),
        "action": Property(),
        "principal": Property(),
        "sourceArn": Property(),
        "sourceAccount": Property(),
        "statementId": Property(
            cloudformation=None,
            replaces=True,
            because=f"{GO}: ForceNew; CloudFormation makes its own",
            rules={"pattern": "^[A-Za-z0-9_-]{1,100}$"},
        ),
    },
    create=create,
    read=read,
    update=None,
    delete=delete,
    auto_name=AutoName(property="statementId", max_length=100, prefix_property=None),
    sample=lambda: {
        "function": "gate",
        "action": "lambda:InvokeFunction",
        "principal": "elasticloadbalancing.amazonaws.com",
        "sourceArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/0123456789abcdef",
        "sourceAccount": "123456789012",
        "statementId": "balancer",
    },
)
