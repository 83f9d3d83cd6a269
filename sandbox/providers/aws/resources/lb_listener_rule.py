"""aws.lb.ListenerRule: a rule without a priority takes the next one behind the highest, and keeps it."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._elbv2 import SOURCE, read_tags, tags_argument, update_tags
from sandbox.providers.aws.resources._listener_actions import (
    action_properties,
    broken_actions,
    from_actions,
    to_actions,
)
from sandbox.providers.aws.resources._member_names import to_members, to_properties

NOT_FOUND = ("RuleNotFound", "ListenerNotFound", "LoadBalancerNotFound")
DEFAULT_RULE = "default"
FIELDS = {  # property -> (field, member of the API)
    "hostHeader": ("host-header", "HostHeaderConfig"),
    "httpHeader": ("http-header", "HttpHeaderConfig"),
    "httpRequestMethod": ("http-request-method", "HttpRequestMethodConfig"),
    "pathPattern": ("path-pattern", "PathPatternConfig"),
    "queryStrings": ("query-string", "QueryStringConfig"),
    "sourceIp": ("source-ip", "SourceIpConfig"),
}
QUERY = "queryStrings"


def create(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")

    def create_rule() -> dict[str, Any]:
        priority = operation.get("priority") or _highest_priority(operation) + 1
        return elbv2.create_rule(
            ListenerArn=operation.inputs["listenerArn"],
            Priority=priority,
            Conditions=_to_conditions(operation.inputs["conditions"]),
            Actions=to_actions(operation.inputs["actions"]),
            **tags_argument(operation),
        )

    # Two rules that are made at once may choose the same number: the provider tries the next.
    retried = () if operation.get("priority") else ("PriorityInUse",)
    operation.created(operation.retry(retried, create_rule)["Rules"][0]["RuleArn"])


def read(operation: Operation) -> dict[str, Any] | None:
    elbv2 = operation.client("elbv2")
    answer = found(NOT_FOUND, lambda: elbv2.describe_rules(RuleArns=[operation.id]))
    if not answer:
        return None
    rule = answer["Rules"][0]
    return {
        "arn": operation.id,
        "listenerArn": operation.id.replace(":listener-rule/", ":listener/").rsplit("/", 1)[0],
        "priority": int(rule["Priority"]),
        "conditions": [_from_condition(condition) for condition in rule["Conditions"]],
        "actions": from_actions(rule["Actions"]),
        "tags": read_tags(operation),
    }


def update(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    if "priority" in operation.changed and operation.get("priority"):
        elbv2.set_rule_priorities(
            RulePriorities=[{"RuleArn": operation.id, "Priority": operation.inputs["priority"]}]
        )
    changes: dict[str, Any] = {}
    if "conditions" in operation.changed:
        changes["Conditions"] = _to_conditions(operation.inputs["conditions"])
    if "actions" in operation.changed:
        changes["Actions"] = to_actions(operation.inputs["actions"])
    if changes:
        elbv2.modify_rule(RuleArn=operation.id, **changes)
    update_tags(operation)


def delete(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    found(NOT_FOUND, lambda: elbv2.delete_rule(RuleArn=operation.id))


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Actions fit their types, and each condition says exactly one thing."""
    failures = broken_actions(inputs.get("actions"), "actions")
    conditions = inputs.get("conditions")
    for index, condition in enumerate(conditions if isinstance(conditions, list) else ()):
        if isinstance(condition, Mapping) and len(condition) != 1:
            failures.append(
                (f"conditions[{index}]", f"needs exactly one of {', '.join(FIELDS)} ({GO})")
            )
    return failures


def _highest_priority(operation: Operation) -> int:
    pages = operation.client("elbv2").get_paginator("describe_rules")
    rules = [
        rule
        for page in pages.paginate(ListenerArn=operation.inputs["listenerArn"])
        for rule in page["Rules"]
    ]
    return max((int(r["Priority"]) for r in rules if r["Priority"] != DEFAULT_RULE), default=0)


def _to_conditions(conditions: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    result = []
    for condition in conditions:
        (name, value), *_ = condition.items()
        field, member = FIELDS[name]
        content = {"values": value} if name == QUERY else value
        result.append({"Field": field, member: to_members(content)})
    return result


def _from_condition(condition: Mapping[str, Any]) -> dict[str, Any]:
    for name, (field, member) in FIELDS.items():
        if condition["Field"] == field:
            # An older call gives plain Values instead of the block.
            content = to_properties(condition.get(member) or {"Values": condition["Values"]})
            return {name: content["values"] if name == QUERY else content}
    raise ValueError(f"a condition of the unknown field {condition['Field']}")


DOCS = "pulumi_aws.lb.ListenerRule"
GO = f"{SOURCE}listener_rule.go"


def _condition(member: str, **rules: Any) -> Property:
    return Property(
        cloudformation=member,
        properties={
            "values": Property(unordered=True, because=f"{GO}: TypeSet", rules={"minItems": 1}),
            **rules,
        },
        refused=frozenset({"regexValues"}) if member in REGEX else frozenset(),
    )


REGEX = ("HostHeaderConfig", "HttpHeaderConfig", "PathPatternConfig")

TYPE = ResourceType(
    token="aws:lb/listenerRule:ListenerRule",
    cloudformation="AWS::ElasticLoadBalancingV2::ListenerRule",
    properties={
        "listenerArn": Property(),
        "priority": Property(),
        "conditions": Property(
            unordered=True,
            because=f"{GO}: TypeSet, at least 1 item; {DOCS}: 'One or more condition blocks can be set per rule'",
            rules={"minItems": 1},
            properties={
                "hostHeader": _condition("HostHeaderConfig"),
                "httpHeader": _condition("HttpHeaderConfig"),
                "httpRequestMethod": _condition("HttpRequestMethodConfig"),
                "pathPattern": _condition("PathPatternConfig"),
                "queryStrings": Property(
                    cloudformation="QueryStringConfig/Values",
                    unordered=True,
                    because=f"{GO}: TypeSet",
                ),
                "sourceIp": Property(
                    cloudformation="SourceIpConfig",
                    properties={"values": Property(unordered=True, because=f"{GO}: TypeSet")},
                    refused=frozenset({"ipAddressType"}),
                ),
            },
        ),
        "actions": action_properties(f"{GO}: a list in the order of the actions"),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    timeouts=Timeouts(create_seconds=300),
    sample=lambda: {
        "listenerArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/0123456789abcdef/0123456789",
        "priority": 10,
        "conditions": [{"hostHeader": {"values": ["llama-8b.example.com"]}}],
        "actions": [
            {
                "type": "forward",
                "order": 1,
                "forward": {
                    "targetGroups": [
                        {
                            "arn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/0123456789abcdef",
                            "weight": 1,
                        }
                    ]
                },
            }
        ],
        "tags": {"team": "search"},
    },
)
