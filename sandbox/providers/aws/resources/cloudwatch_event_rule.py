"""aws.cloudwatch.EventRule: events of a pattern, or a schedule, on the account's default bus."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found

GONE = ("ResourceNotFoundException",)


def create(operation: Operation) -> None:
    events = operation.client("events")
    name = operation.name()
    if found(GONE, lambda: events.describe_rule(Name=name)) is not None:
        raise ValueError(f"the rule {name} exists already")  # PutRule would take it over
    _put(operation, name)
    operation.created(name)


def read(operation: Operation) -> dict[str, Any] | None:
    events = operation.client("events")
    rule = found(GONE, lambda: events.describe_rule(Name=operation.id))
    if rule is None:
        return None
    tags = events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
    return {
        "arn": rule["Arn"],
        "name": rule["Name"],
        "description": rule.get("Description") or None,
        "eventPattern": rule.get("EventPattern") or None,
        "scheduleExpression": rule.get("ScheduleExpression") or None,
        "state": rule["State"],
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def update(operation: Operation) -> None:
    events = operation.client("events")
    if operation.changed - {"tags"}:
        _put(operation, operation.id)
    if "tags" in operation.changed:
        written, removed = operation.tag_changes()
        if removed:
            events.untag_resource(ResourceARN=operation.state["arn"], TagKeys=removed)
        if written:
            tags = [{"Key": key, "Value": value} for key, value in written.items()]
            events.tag_resource(ResourceARN=operation.state["arn"], Tags=tags)


def delete(operation: Operation) -> None:
    """The provider tries for five minutes while the rule still has a target."""
    events = operation.client("events")
    operation.retry(
        ("ValidationException",),
        lambda: found(GONE, lambda: events.delete_rule(Name=operation.id)),
    )


def check(inputs: Any) -> list[tuple[str, str]]:
    """PutRule wants to know when."""
    if not {"eventPattern", "scheduleExpression"} & set(inputs):
        return [("eventPattern", "needs eventPattern, scheduleExpression or both")]
    return []


def _put(operation: Operation, name: str) -> None:
    wanted = {
        "Description": operation.get("description"),
        "EventPattern": operation.get("eventPattern"),
        "ScheduleExpression": operation.get("scheduleExpression"),
        "State": operation.get("state", "ENABLED"),
    }
    tags = [{"Key": key, "Value": value} for key, value in operation.get("tags", {}).items()]
    operation.client("events").put_rule(
        Name=name,
        **{key: value for key, value in wanted.items() if value},
        **({"Tags": tags} if tags and not operation.id else {}),
    )


GO = "hashicorp/terraform-provider-aws, internal/service/events/rule.go"

TYPE = ResourceType(
    token="aws:cloudwatch/eventRule:EventRule",
    cloudformation="AWS::Events::Rule",
    properties={
        "name": Property(
            rules={"pattern": r"^[.\-_A-Za-z0-9]{1,64}$"}, because=f"{GO}: validateRuleName"
        ),
        "description": Property(
            rules={"maxLength": 512}, because="EventBridge API, PutRule: at most 512 characters"
        ),
        "eventPattern": Property(json_document=True, because=f"{GO}: a JSON document"),
        "scheduleExpression": Property(
            rules={"maxLength": 256}, because="EventBridge API, PutRule: at most 256 characters"
        ),
        "state": Property(
            default="ENABLED",
            because=f"{GO}: default",
            rules={"enum": ["ENABLED", "DISABLED"]},
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    auto_name=AutoName(max_length=64),
    timeouts=Timeouts(delete_seconds=300),
    sample=lambda: {
        "name": "minute",
        "description": "Runs.",
        "eventPattern": '{"source":["aws.autoscaling"]}',
        "scheduleExpression": "rate(1 minute)",
        "state": "ENABLED",
        "tags": {"team": "search"},
    },
)
