"""A private link names who may connect; everybody in AWS is nobody's list."""

import re
from collections.abc import Iterator, Sequence

from policies.rule import Inputs, Resource, Rule, Violation, entries, is_true

_SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
_PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
# An account, or one of its roles or users.
_ACCOUNT = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:(root|role/.+|user/.+)")


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    named: list[object] = []
    if type_ == _PRINCIPAL:
        named = [inputs.get("principalArn")]
    elif type_ == _SERVICE:
        named = list(entries(inputs.get("allowedPrincipals")))
    for arn in named:
        if not isinstance(arn, str) or not _ACCOUNT.fullmatch(arn):
            yield f"{arn} may connect, must be an account, a role or a user"


def _check_stack(resources: Sequence[Resource]) -> Iterator[Violation]:
    """A service that accepts by itself must say whom; one without any is useless, not open."""
    allowed = {urn for one in resources if one.type == _PRINCIPAL for urn in one.dependencies}
    for service in resources:
        if service.type != _SERVICE or is_true(service.inputs.get("acceptanceRequired")):
            continue
        if service.urn not in allowed and not entries(service.inputs.get("allowedPrincipals")):
            yield Violation(urn=service.urn, text="no consumer is named, must be at least one")


RULE = Rule(
    name="require-link-consumers",
    description="Private links name the accounts that may connect.",
    source="AWS PrivateLink guide, permissions of an endpoint service",
    check_resource=_check,
    check_stack=_check_stack,
)
