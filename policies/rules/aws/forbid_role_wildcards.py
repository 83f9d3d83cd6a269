"""No role may do everything with a service, or one thing with every resource of an account."""

import json
from collections.abc import Iterator
from typing import Any

from homeport.planner.unscoped_actions import UNSCOPED_ACTIONS
from policies.rule import Inputs, Rule, entries

_POLICIES = (
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/policy:Policy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
)


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    if type_ in _POLICIES:
        yield from _document(inputs.get("policy"))
    elif type_ == "aws:iam/role:Role":
        for policy in entries(inputs.get("inlinePolicies")):
            yield from _document(policy.get("policy"))
        for arn in entries(inputs.get("managedPolicyArns")):
            if str(arn).startswith("arn:aws:iam::aws:policy/"):
                yield f"{arn} names no resource of the stack; write the policy out"
    elif type_ == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
        arn = str(inputs.get("policyArn"))
        if arn.startswith("arn:aws:iam::aws:policy/"):
            yield f"{arn} names no resource of the stack; write the policy out"


def _document(policy: Any) -> Iterator[str]:
    if policy is None:
        return
    try:
        document = json.loads(policy) if isinstance(policy, str) else policy
        statements = _listed(document["Statement"])
    except (ValueError, KeyError, TypeError):
        yield "the policy is no policy document"
        return
    for number, statement in enumerate(statements):
        if statement.get("Effect") == "Allow":
            yield from _statement(statement.get("Sid") or f"statement {number}", statement)


def _statement(name: str, statement: Inputs) -> Iterator[str]:
    if "NotAction" in statement or "NotResource" in statement:
        yield f"{name} allows all but a list, must name what it allows"
    actions = _listed(statement.get("Action") or [])
    for action in actions:
        if "*" in action:
            yield f"{name} allows {action}, must name its actions"
    if "*" in _listed(statement.get("Resource") or []):
        for action in actions:
            if action not in UNSCOPED_ACTIONS and "*" not in action:
                yield f"{name} allows {action} on every resource, must name them"


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


RULE = Rule(
    name="forbid-role-wildcards",
    description="Roles name their actions and resources.",
    source="AWS Security Hub IAM.1, IAM.21; homeport's table of actions without a resource",
    check_resource=_check,
)
