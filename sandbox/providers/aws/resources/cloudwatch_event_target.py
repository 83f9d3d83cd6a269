"""aws.cloudwatch.EventTarget: what a rule calls."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("ResourceNotFoundException",)


def create(operation: Operation) -> None:
    target = operation.name("targetId")
    rule = operation.inputs["rule"]
    if any(one["Id"] == target for one in _targets(operation, rule)):
        raise ValueError(f"the rule {rule} has a target {target} already")
    _put(operation, rule, target)
    operation.created(f"{rule}-{target}")


def read(operation: Operation) -> dict[str, Any] | None:
    known = {**operation.state, **operation.inputs}
    for one in _targets(operation, known["rule"]):
        if f"{known['rule']}-{one['Id']}" == operation.id:
            return {"rule": known["rule"], "targetId": one["Id"], "arn": one["Arn"]}
    return None


def update(operation: Operation) -> None:
    _put(operation, operation.inputs["rule"], operation.inputs["targetId"])


def delete(operation: Operation) -> None:
    events = operation.client("events")
    rule, target = operation.inputs["rule"], operation.inputs["targetId"]
    found(GONE, lambda: events.remove_targets(Rule=rule, Ids=[target]))


def _targets(operation: Operation, rule: str) -> list[dict[str, Any]]:
    answer = found(GONE, lambda: operation.client("events").list_targets_by_rule(Rule=rule))
    return answer["Targets"] if answer else []


def _put(operation: Operation, rule: str, target: str) -> None:
    answer = operation.client("events").put_targets(
        Rule=rule, Targets=[{"Id": target, "Arn": operation.inputs["arn"]}]
    )
    if answer["FailedEntryCount"]:
        raise ValueError(answer["FailedEntries"][0]["ErrorMessage"])


_PART = (
    "a part of CloudFormation's AWS::Events::Rule;"
    " hashicorp/terraform-provider-aws, internal/service/events/target.go"
)

TYPE = ResourceType(
    token="aws:cloudwatch/eventTarget:EventTarget",
    cloudformation=None,
    because="CloudFormation has no such type: targets stand in AWS::Events::Rule",
    properties={
        "rule": Property(
            because=f"{_PART}: ForceNew",
            replaces=True,
            rules={"pattern": r"^[.\-_A-Za-z0-9]{1,64}$"},
        ),
        "targetId": Property(
            because=f"{_PART}: ForceNew, made up where none is given",
            replaces=True,
            rules={"pattern": r"^[.\-_A-Za-z0-9]{1,64}$"},
        ),
        "arn": Property(because=_PART, rules={"pattern": "^arn:"}),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(property="targetId", max_length=255, prefix_property=None),
    sample=lambda: {
        "rule": "minute",
        "targetId": "reconciler",
        "arn": "arn:aws:lambda:us-east-1:123456789012:function:reconciler",
    },
)
