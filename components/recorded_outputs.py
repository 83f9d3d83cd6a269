"""Made-up outputs of resources, for the inventory: recognisable, and the same every time."""

from collections.abc import Mapping
from typing import Any


def recorded_outputs(
    type_token: str, name: str, inputs: Mapping[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Id and outputs of a resource: its inputs, an ARN, a name, and what its type alone yields."""
    kind = type_token.rpartition(":")[2]
    identity = f"{kind}/{name}"
    arn = f"arn:aws:recorded:::{identity}"
    outputs = {"arn": arn, "name": identity, **_OF_TYPE.get(type_token, {}), **inputs}
    filled = {key: _fill(value, name, arn) for key, value in outputs.items()}
    return identity, filled


def _fill(value: Any, name: str, arn: str) -> Any:
    if isinstance(value, _Text):
        return value.format(name=name, arn=arn)
    if isinstance(value, list):
        return [_fill(part, name, arn) for part in value]
    if isinstance(value, dict):
        return {key: _fill(part, name, arn) for key, part in value.items()}
    return value


class _Text(str):
    """A text that is filled in; inputs, which are plain text, never are."""


_VALIDATION = {
    "resourceRecordName": _Text("_proof.{name}"),
    "resourceRecordType": "CNAME",
    "resourceRecordValue": _Text("proof.{name}"),
}

_LOAD_BALANCER = {
    "arnSuffix": _Text("suffix/{name}"),
    "dnsName": _Text("{name}.elb"),
    "zoneId": "ZELB",
}

_OF_TYPE: dict[str, dict[str, Any]] = {
    "aws:acm/certificate:Certificate": {"domainValidationOptions": [_VALIDATION]},
    "aws:dynamodb/table:Table": {"streamArn": _Text("{arn}/stream")},
    "aws:ec2/launchTemplate:LaunchTemplate": {"latestVersion": 1},
    "aws:ec2/vpcEndpoint:VpcEndpoint": {"prefixListId": _Text("pl-{name}")},
    "aws:ec2/vpcEndpointService:VpcEndpointService": {
        "serviceName": _Text("com.amazonaws.vpce.{name}"),
        "privateDnsNameConfigurations": [
            {"name": _Text("_link.{name}"), "type": "TXT", "value": _Text("vpce:{name}")}
        ],
    },
    "aws:kms/key:Key": {"keyId": _Text("key-{name}")},
    "aws:lb/loadBalancer:LoadBalancer": _LOAD_BALANCER,
    "aws:lb/targetGroup:TargetGroup": {"arnSuffix": _Text("suffix/{name}")},
    "aws:route53/record:Record": {"fqdn": _Text("{name}.fqdn")},
    "aws:s3/bucket:Bucket": {"bucket": _Text("{name}-bucket")},
}
