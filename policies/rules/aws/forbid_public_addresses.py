"""No machine has a public address: requests come through a load balancer, and nothing else comes."""

from collections.abc import Iterator

from policies.rule import Inputs, Rule, entries, is_true


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    if type_ == "aws:ec2/launchTemplate:LaunchTemplate":
        cards = entries(inputs.get("networkInterfaces"))
        if not cards:
            yield "networkInterfaces must say associatePublicIpAddress: false, else the subnet decides"
        for number, card in enumerate(cards):
            if card.get("associatePublicIpAddress") not in (False, "false"):
                yield f"networkInterfaces[{number}].associatePublicIpAddress must be false"
    elif type_ == "aws:ec2/instance:Instance":
        if inputs.get("associatePublicIpAddress") is not False:
            yield "associatePublicIpAddress must be false"
    elif type_ == "aws:ec2/subnet:Subnet" and is_true(inputs.get("mapPublicIpOnLaunch")):
        yield "mapPublicIpOnLaunch must be false"


RULE = Rule(
    name="forbid-public-addresses",
    description="Machines have no public address, and no subnet gives them one.",
    source="AWS Security Hub EC2.9, EC2.15, EC2.25",
    check_resource=_check,
)
