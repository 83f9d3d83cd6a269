"""Edits behind Pulumi's back: every property that a deployment set and that the cloud lets change.

The edits are made by the stand-in's own calls to the account (boto3 against the emulator), outside the
engine, which knows nothing of them.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from components.aws.owners import OWNERS
from sandbox.providers.aws.account import Account
from sandbox.providers.aws.cases import another
from sandbox.providers.aws.lifecycle import Lifecycle
from sandbox.providers.aws.model import Node, model_of
from sandbox.providers.aws.registry import resource_type
from sandbox.providers.aws.values import SIGNATURE_KEY, Asset
from sandbox.session import Sandbox

REGION = "us-east-1"
FUNCTION = "aws:lambda/function:Function"
OWNED = {(owner.type_token, owner.property_path) for owner in OWNERS}

NOT_EDITABLE = {
    ("aws:ec2/vpc:Vpc", "instanceTenancy"): "EC2 only changes it to `default`, which it is",
    (
        "aws:dynamodb/table:Table",
        "streamViewType",
    ): "DynamoDB refuses another view of a live stream",
    ("aws:dynamodb/table:Table", "attributes"): "DynamoDB keeps the attributes of keys only",
    ("aws:route53/record:Record", "type"): "a record of another type is another record",
    (
        "aws:ec2/internetGateway:InternetGateway",
        "vpcId",
    ): "the network holds addresses of the NAT gateway",
    ("aws:autoscaling/group:Group", "metricsGranularity"): "Auto Scaling knows one granularity",
    ("aws:autoscaling/policy:Policy", "policyType"): "another type takes other settings",
}
"""Properties that nobody can change in place, with the reason."""


NOT_TAKEN_BACK = {
    (
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        "routeTableId",
    ),  # it has another id then
}
"""Edits that stay, so they are made last."""


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """Things of the account that no stack made, for edits that must name something that exists."""

    security_group: str
    subnet: str
    key: str
    gateway: str
    certificate: str


def make_foreign(sandbox: Sandbox, vpc: str, zone_id: str) -> Foreign:
    """Make them, in the stack's network."""
    ec2, acm = sandbox.boto3_client("ec2"), sandbox.boto3_client("acm")
    certificate = acm.request_certificate(DomainName="other.example.com", ValidationMethod="DNS")[
        "CertificateArn"
    ]
    described = acm.describe_certificate(CertificateArn=certificate)["Certificate"]
    proof = described["DomainValidationOptions"][0]["ResourceRecord"]
    record = {
        "Name": proof["Name"],
        "Type": proof["Type"],
        "TTL": 60,
        "ResourceRecords": [{"Value": proof["Value"]}],
    }
    sandbox.create_hosted_zone("other.example.com", zone_id)
    sandbox.boto3_client("route53").change_resource_record_sets(
        HostedZoneId=zone_id,
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )
    acm.describe_certificate(CertificateArn=certificate)
    return Foreign(
        security_group=ec2.create_security_group(
            GroupName="foreign", Description="foreign", VpcId=vpc
        )["GroupId"],
        subnet=ec2.create_subnet(
            VpcId=vpc, CidrBlock="10.20.112.0/20", AvailabilityZone=f"{REGION}c"
        )["Subnet"]["SubnetId"],
        key=sandbox.boto3_client("kms").create_key()["KeyMetadata"]["Arn"],
        gateway=ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"],
        certificate=certificate,
    )


Value = Callable[[Any, Foreign, Mapping[str, Any]], Any]


def _others(state: Mapping[str, Any], token: str, field: str, own: Any) -> Any:
    """The field of another resource of the type."""
    values = [
        one["outputs"].get(field, one["id"]) for one in state.values() if one["type"] == token
    ]
    return next(value for value in values if value != own)


def _more(field: str) -> Value:
    return lambda value, foreign, state: [*value, getattr(foreign, field)]


def _deeper(*steps: Any, change: Callable[[Any], Any]) -> Value:
    """A change at one place inside the value."""

    def changed(value: Any, foreign: Foreign, state: Mapping[str, Any]) -> Any:
        del foreign, state
        edited = copy.deepcopy(value)
        place = edited
        for step in steps[:-1]:
            place = place[step]
        place[steps[-1]] = change(place[steps[-1]])
        return edited

    return changed


_OPEN_TO_ALL = [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]

CHOSEN: dict[tuple[str, str], Value] = {
    ("aws:iam/instanceProfile:InstanceProfile", "role"): lambda v, f, s: _others(
        s, "aws:iam/role:Role", "name", v
    ),
    ("aws:wafv2/webAcl:WebAcl", "defaultAction"): lambda v, f, s: {"block": {}},
    ("aws:wafv2/webAcl:WebAcl", "rules"): _deeper(0, "action", change=lambda _: {"count": {}}),
    ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "ingress"): lambda v, f, s: _OPEN_TO_ALL,
    ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "egress"): lambda v, f, s: _OPEN_TO_ALL,
    ("aws:kms/alias:Alias", "targetKeyId"): lambda v, f, s: f.key.rsplit("/", 1)[-1],
    ("aws:ec2/routeTableAssociation:RouteTableAssociation", "routeTableId"): (
        lambda v, f, s: _others(s, "aws:ec2/routeTable:RouteTable", "id", v)
    ),
    ("aws:ec2/route:Route", "gatewayId"): lambda v, f, s: f.gateway,
    ("aws:ec2/route:Route", "natGatewayId"): lambda v, f, s: v.replace("nat-", "nat-0"),
    ("aws:lb/loadBalancer:LoadBalancer", "securityGroups"): _more("security_group"),
    ("aws:lb/loadBalancer:LoadBalancer", "subnets"): _more("subnet"),
    ("aws:lb/loadBalancer:LoadBalancer", "accessLogs"): _deeper(
        "enabled", change=lambda on: not on
    ),
    ("aws:lb/listener:Listener", "tcpIdleTimeoutSeconds"): lambda v, f, s: v - 1,
    ("aws:lb/listener:Listener", "certificateArn"): lambda v, f, s: f.certificate,
    ("aws:lb/listener:Listener", "sslPolicy"): lambda v, f, s: (
        "ELBSecurityPolicy-TLS13-1-2-2021-06"
    ),
    ("aws:autoscaling/group:Group", "launchTemplate"): lambda v, f, s: {
        **v,
        "id": _others(s, "aws:ec2/launchTemplate:LaunchTemplate", "id", v["id"]),
    },
    ("aws:autoscaling/group:Group", "vpcZoneIdentifiers"): _more("subnet"),
    ("aws:autoscaling/policy:Policy", "stepAdjustments"): _deeper(
        0, "scalingAdjustment", change=lambda step: step + 1
    ),
    ("aws:cloudwatch/logGroup:LogGroup", "kmsKeyId"): lambda v, f, s: f.key,
    ("aws:dynamodb/table:Table", "serverSideEncryption"): lambda v, f, s: {
        "enabled": True,
        "kmsKeyArn": f.key,
    },
    (
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "referencedSecurityGroupId",
    ): lambda v, f, s: f.security_group,
    (
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "referencedSecurityGroupId",
    ): lambda v, f, s: f.security_group,
    (FUNCTION, "role"): lambda v, f, s: _others(s, FUNCTION, "role", v),
    (FUNCTION, "kmsKeyArn"): lambda v, f, s: f.key,
    (FUNCTION, "loggingConfig"): _deeper("logGroup", change=lambda group: f"{group}x"),
    ("aws:lambda/eventSourceMapping:EventSourceMapping", "functionName"): (
        lambda v, f, s: _others(s, FUNCTION, "arn", v)
    ),
    ("aws:s3/bucketObjectv2:BucketObjectv2", "contentBase64"): lambda v, f, s: "ZHJpZnRlZA==",
}
"""Values that follow from what exists or from rules that no schema states."""


def editable(resource: Mapping[str, Any]) -> Iterator[tuple[str, Node]]:
    """Top-level inputs of a deployed resource that may drift: set, shown by the cloud, not create-only."""
    token = resource["type"]
    kind = resource_type(token)
    if kind.update is None:
        return
    for name, node in model_of(kind).inputs.fields.items():
        declared, key = node.declaration, (token, name)
        if name not in resource["inputs"] or not node.served or node.replaces:
            continue
        if name in resource["inputs"].get("__defaults", ()):
            continue  # the program did not set it
        if declared.provider_only or declared.write_only or key in OWNED or key in NOT_EDITABLE:
            continue
        yield name, node


def changed_value(
    resource: Mapping[str, Any], name: str, node: Node, foreign: Foreign, state: Mapping[str, Any]
) -> Any:
    """Another valid value of the property."""
    value, key = resource["inputs"][name], (resource["type"], name)
    if key in CHOSEN:
        return CHOSEN[key](value, foreign, state)
    if node.declaration.json_document:
        return _changed_document(value)
    if node.kind == "string" and not node.rules.get("enum"):
        return f"{value}x"
    if node.kind in ("integer", "number") and "maximum" in node.rules:
        return value - 1 if value >= node.rules["maximum"] else value + 1
    return another(node, copy.deepcopy(value))


def _changed_document(text: str) -> str:
    document = json.loads(text)
    if "Statement" in document:
        document["Statement"][0]["Sid"] = "Drifted"
    elif "source" in document:  # a pattern of events
        document["source"] = ["drifted"]
    else:
        document["drifted"] = {"S": "yes"} if "pk" in document else True
    return json.dumps(document)


class Intruder:
    """Changes and reads single properties in the account, without the engine."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._lifecycle = Lifecycle(Account(sandbox.address, sandbox.account_id), REGION)

    def edit(self, resource: Mapping[str, Any], name: str, value: Any) -> None:
        """Raises what the cloud raises where the value is not a valid one."""
        inputs = _inputs(resource)
        self._write(resource, inputs, {**inputs, name: value})

    def restore(self, resource: Mapping[str, Any], name: str, value: Any) -> None:
        """Takes the edit back."""
        inputs = _inputs(resource)
        self._write(resource, {**inputs, name: value}, inputs)

    def read(self, resource: Mapping[str, Any]) -> Mapping[str, Any]:
        """The inputs as a refresh would record them; empty where it would find the resource gone."""
        found = self._lifecycle.read(
            resource["type"], resource["id"], resource["inputs"], resource["outputs"]
        )
        return found[0] if found is not None else {}

    def _write(
        self, resource: Mapping[str, Any], old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> None:
        self._lifecycle.update(
            resource["type"], resource["id"], resource["outputs"], old, new, timeout_seconds=2
        )


def _inputs(resource: Mapping[str, Any]) -> dict[str, Any]:
    """As the stand-in gets them: an exported state has archives as plain objects."""
    return {
        key: Asset(value) if isinstance(value, Mapping) and SIGNATURE_KEY in value else value
        for key, value in resource["inputs"].items()
        if key != "__defaults"
    }
