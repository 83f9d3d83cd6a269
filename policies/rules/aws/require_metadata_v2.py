"""Instance metadata only by version 2: a request forged through the engine cannot read the role."""

from collections.abc import Iterator

from policies.rule import Inputs, Rule

_TYPES = ("aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance")


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    if type_ not in _TYPES:
        return
    options = inputs.get("metadataOptions") or {}
    if options.get("httpEndpoint") == "disabled":
        return
    if options.get("httpTokens") != "required":
        yield "metadataOptions.httpTokens must be `required`"
    if options.get("httpPutResponseHopLimit", 1) != 1:
        # A second hop reaches into containers.
        yield "metadataOptions.httpPutResponseHopLimit must be 1"


RULE = Rule(
    name="require-metadata-v2",
    description="Machines answer instance metadata by version 2 only, and not to containers.",
    source="AWS Security Hub EC2.8, EC2.170; CIS AWS Foundations 5.6",
    check_resource=_check,
)
