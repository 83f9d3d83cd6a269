"""The whole internet reaches port 443 of an internet-facing load balancer, and nothing else."""

from collections.abc import Iterator, Sequence

from policies.rule import Inputs, Resource, Rule, Violation, entries

_ANYWHERE = ("0.0.0.0/0", "::/0")
_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_GROUPS = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)
_MACHINES = ("aws:ec2/launchTemplate:LaunchTemplate", "aws:ec2/instance:Instance")
_BALANCERS = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    for what, opening in _openings(type_, inputs):
        if not _is_https(opening):
            yield (
                f"{what} opens {_ports(opening)} to {_from(opening)}, must be TCP 443 or fewer addresses"
            )


def _check_stack(resources: Sequence[Resource]) -> Iterator[Violation]:
    """Groups that are open by a rule of their own must be of load balancers that face the internet."""
    facing: set[str] = set()
    others: set[str] = set()
    for resource in resources:
        if resource.type in _BALANCERS:
            internal = resource.inputs.get("internal") is True
            (others if internal else facing).update(_groups(resource))
        elif resource.type in _MACHINES:
            others.update(_groups(resource))
    for resource in resources:
        if resource.type not in (_RULE, _OLD_RULE) or not _openings(resource.type, resource.inputs):
            continue
        for group in _groups(resource):
            if group in others or group not in facing:
                yield Violation(
                    urn=resource.urn,
                    text=f"opens {group.rpartition('::')[2]} to the internet, must be the group of an "
                    "internet-facing load balancer and of nothing else",
                )


def _groups(resource: Resource) -> list[str]:
    """Security groups of the stack that the resource is made with."""
    # The type stands in the third part of a URN, behind those of its parents.
    return [
        urn for urn in resource.dependencies if urn.split("::")[2].rpartition("$")[2] in _GROUPS
    ]


def _openings(type_: str, inputs: Inputs) -> list[tuple[str, Inputs]]:
    """What lets everybody in: the resource itself, or its inline rules."""
    if type_ == _RULE or (type_ == _OLD_RULE and inputs.get("type") == "ingress"):
        found = [("the rule", inputs)]
    elif type_ in _GROUPS:
        found = [
            (f"ingress[{number}]", rule)
            for number, rule in enumerate(entries(inputs.get("ingress")))
        ]
    else:
        found = []
    return [(what, rule) for what, rule in found if _from(rule)]


def _from(rule: Inputs) -> str:
    """Which whole internet it lets in, empty for none."""
    ranges = [
        rule.get("cidrIpv4"),
        rule.get("cidrIpv6"),
        *entries(rule.get("cidrBlocks")),
        *entries(rule.get("ipv6CidrBlocks")),
    ]
    return " and ".join(one for one in ranges if one in _ANYWHERE)


def _is_https(rule: Inputs) -> bool:
    protocol = rule.get("ipProtocol") or rule.get("protocol")
    return protocol in ("tcp", "6") and rule.get("fromPort") == rule.get("toPort") == 443


def _ports(rule: Inputs) -> str:
    protocol = rule.get("ipProtocol") or rule.get("protocol")
    # The engine hands every number over as a float.
    first, last = rule.get("fromPort"), rule.get("toPort")
    return f"{protocol} {first or 0:g} to {last or 0:g}"


RULE = Rule(
    name="forbid-open-groups",
    description="Only port 443 of internet-facing load balancers is open to everybody.",
    source="AWS Security Hub EC2.13, EC2.14, EC2.18, EC2.19",
    check_resource=_check,
    check_stack=_check_stack,
)
