"""aws.wafv2.WebAcl"""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, error_code, found
from sandbox.providers.aws.resources._ec2 import from_tag_list, to_tag_list
from sandbox.providers.aws.resources._firewall_rules import (
    EXCEPTIONS,
    RULES,
    VISIBILITY,
    broken_rules,
    from_rules,
    to_rules,
)
from sandbox.providers.aws.resources._member_names import to_members, to_properties

NOT_FOUND = ("WAFNonexistentItemException",)
UNAVAILABLE = "WAFUnavailableEntityException"
CHANGED_MEANWHILE = "WAFOptimisticLockException"


def create(operation: Operation) -> None:
    waf = operation.client("wafv2")
    tags = operation.get("tags")
    answer = operation.retry(
        (UNAVAILABLE,),
        lambda: waf.create_web_acl(
            Name=operation.name(),
            Scope=operation.inputs["scope"],
            **_content(operation),
            **({"Tags": to_tag_list(tags)} if tags else {}),
        ),
    )
    operation.state["name"] = answer["Summary"]["Name"]
    operation.created(answer["Summary"]["Id"])


def read(operation: Operation) -> dict[str, Any] | None:
    waf = operation.client("wafv2")
    answer = found(NOT_FOUND, lambda: waf.get_web_acl(**_key(operation)))
    if not answer:
        return None
    acl = answer["WebACL"]
    tags = waf.list_tags_for_resource(ResourceARN=acl["ARN"])["TagInfoForResource"]["TagList"]
    return {
        "arn": acl["ARN"],
        "name": acl["Name"],
        "namePrefix": operation.get("namePrefix"),
        "scope": _key(operation)["Scope"],
        "description": acl.get("Description") or None,
        "capacity": acl["Capacity"],
        "lockToken": answer["LockToken"],
        "applicationIntegrationUrl": answer.get("ApplicationIntegrationURL", ""),
        "defaultAction": to_properties(acl["DefaultAction"], EXCEPTIONS),
        "rules": from_rules(acl.get("Rules", [])),
        "visibilityConfig": to_properties(acl["VisibilityConfig"], EXCEPTIONS),
        "tokenDomains": acl.get("TokenDomains"),
        "tags": from_tag_list(tags),
    }


def update(operation: Operation) -> None:
    waf = operation.client("wafv2")
    if operation.changed - {"tags"}:
        _with_lock(
            operation,
            (UNAVAILABLE,),
            lambda token: waf.update_web_acl(
                **_key(operation), LockToken=token, **_content(operation)
            ),
        )
    if "tags" in operation.changed:
        written, removed = operation.tag_changes()
        arn = operation.state["arn"]
        if removed:
            waf.untag_resource(ResourceARN=arn, TagKeys=removed)
        if written:
            waf.tag_resource(ResourceARN=arn, Tags=to_tag_list(written))


def delete(operation: Operation) -> None:
    """The provider tries for five minutes while something is still associated."""
    waf = operation.client("wafv2")
    found(
        NOT_FOUND,
        lambda: _with_lock(
            operation,
            ("WAFAssociatedItemException", UNAVAILABLE),
            lambda token: waf.delete_web_acl(**_key(operation), LockToken=token),
        ),
    )


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rules across properties."""
    failures = broken_rules(inputs.get("rules"))
    if "name" in inputs and "namePrefix" in inputs:
        failures.append(("namePrefix", "conflicts with name"))
    if isinstance(inputs.get("defaultAction"), Mapping) and len(inputs["defaultAction"]) != 1:
        failures.append(("defaultAction", "needs exactly one of allow and block"))
    return failures


def _key(operation: Operation) -> dict[str, str]:
    known = {**operation.state, **operation.inputs}
    return {"Id": operation.id, "Name": known["name"], "Scope": known["scope"]}


def _content(operation: Operation) -> dict[str, Any]:
    """What create and update send alike: everything, because an update overwrites."""
    optional = {
        "Description": operation.get("description"),
        "TokenDomains": operation.get("tokenDomains"),
    }
    return {
        "DefaultAction": to_members(operation.inputs["defaultAction"], EXCEPTIONS),
        "VisibilityConfig": to_members(operation.inputs["visibilityConfig"], EXCEPTIONS),
        "Rules": to_rules(operation.get("rules", [])),
        **{member: value for member, value in optional.items() if value},
    }


def _with_lock(operation: Operation, retried: tuple[str, ...], call: Any) -> Any:
    """Call with the recorded lock token, and once more with the live one if someone was faster."""
    try:
        return operation.retry(retried, lambda: call(operation.state["lockToken"]))
    except ClientError as error:
        if error_code(error) != CHANGED_MEANWHILE:
            raise
    live = operation.client("wafv2").get_web_acl(**_key(operation))["LockToken"]
    return operation.retry(retried, lambda: call(live))


DOCS = "pulumi_aws.wafv2.WebAcl"
GO = "hashicorp/terraform-provider-aws, internal/service/wafv2/web_acl.go"

TYPE = ResourceType(
    token="aws:wafv2/webAcl:WebAcl",
    cloudformation="AWS::WAFv2::WebACL",
    properties={
        "name": Property(),
        "namePrefix": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Creates a unique name beginning with the specified prefix. Conflicts with name.'",
            replaces=True,
            provider_only=True,
        ),
        "scope": Property(
            because=f"{GO}: ForceNew; the sandbox serves regional ones",
            rules={"enum": ["REGIONAL"]},
        ),
        "description": Property(
            because=f"{GO}: StringLenBetween(1, 256); the pattern is CloudFormation's",
            rules={"minLength": 1, "maxLength": 256},
        ),
        "defaultAction": Property(),
        "rules": RULES,
        "visibilityConfig": VISIBILITY,
        "tokenDomains": Property(unordered=True, because=f"{GO}: TypeSet"),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    auto_name=AutoName(max_length=128),
    timeouts=Timeouts(create_seconds=300, update_seconds=300, delete_seconds=300),
    sample=lambda: {
        "name": "public",
        "scope": "REGIONAL",
        "description": "Internet-facing side",
        "defaultAction": {"allow": {}},
        "rules": [
            {
                "name": "rate",
                "priority": 0,
                "action": {"block": {}},
                "statement": {
                    "rateBasedStatement": {
                        "aggregateKeyType": "IP",
                        "limit": 2000,
                        "evaluationWindowSec": 300,
                    }
                },
                "visibilityConfig": {
                    "cloudwatchMetricsEnabled": True,
                    "metricName": "rate",
                    "sampledRequestsEnabled": False,
                },
            }
        ],
        "visibilityConfig": {
            "cloudwatchMetricsEnabled": True,
            "metricName": "public",
            "sampledRequestsEnabled": False,
        },
        "tokenDomains": ["example.com"],
        "tags": {"team": "search"},
    },
)
