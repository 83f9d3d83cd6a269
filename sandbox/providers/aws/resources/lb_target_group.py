"""aws.lb.TargetGroup: targets that are instances, a function, or one application load balancer behind a network one."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._elbv2 import (
    SOURCE,
    Attribute,
    attribute_list,
    attribute_map,
    name_rules,
    read_attributes,
    read_tags,
    tags_argument,
    update_tags,
    wanted_attributes,
)
from sandbox.providers.aws.values import UNKNOWN

NOT_FOUND = ("TargetGroupNotFound",)
INSTANCE, ALB, FUNCTION = "instance", "alb", "lambda"
HTTP = ("HTTP", "HTTPS")

_instance = frozenset({INSTANCE})
ATTRIBUTES = {
    "connectionTermination": Attribute(
        key="deregistration_delay.connection_termination.enabled", kinds=_instance
    ),
    "deregistrationDelay": Attribute(key="deregistration_delay.timeout_seconds", kinds=_instance),
    "loadBalancingAlgorithmType": Attribute(key="load_balancing.algorithm.type", kinds=_instance),
    "loadBalancingCrossZoneEnabled": Attribute(
        key="load_balancing.cross_zone.enabled", kinds=_instance
    ),
    "lambdaMultiValueHeadersEnabled": Attribute(
        key="lambda.multi_value_headers.enabled", kinds=frozenset({FUNCTION})
    ),
    "slowStart": Attribute(key="slow_start.duration_seconds", kinds=_instance),
}
OF_A_PORT = ("protocol", "port", "vpcId")
"""Required, and possible, for every target but a function."""
OF_HTTP = ("loadBalancingAlgorithmType", "slowStart")
OF_TCP = ("connectionTermination",)

# property -> (argument of the API, the provider's default)
HEALTH_CHECK: Mapping[str, tuple[str, Any]] = {
    "enabled": ("HealthCheckEnabled", True),
    "healthyThreshold": ("HealthyThresholdCount", 3),
    "unhealthyThreshold": ("UnhealthyThresholdCount", 3),
    "interval": ("HealthCheckIntervalSeconds", 30),
    "timeout": ("HealthCheckTimeoutSeconds", None),
    "path": ("HealthCheckPath", None),
    "port": ("HealthCheckPort", "traffic-port"),
    "protocol": ("HealthCheckProtocol", "HTTP"),
}


def create(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    name = operation.name()
    # CreateTargetGroup answers with the existing one when all settings are equal; so the provider looks first.
    if found(NOT_FOUND, lambda: elbv2.describe_target_groups(Names=[name])):
        raise ValueError(f"ELBv2 Target Group ({name}) already exists")
    optional = {
        "Protocol": operation.get("protocol"),
        "Port": operation.get("port"),
        "VpcId": operation.get("vpcId"),
        "ProtocolVersion": operation.get("protocolVersion") if _is_http(operation) else None,
        "IpAddressType": operation.get("ipAddressType"),
    }
    answer = elbv2.create_target_group(
        Name=name,
        TargetType=_kind(operation),
        **{key: value for key, value in optional.items() if value},
        **_health_check(operation),
        **tags_argument(operation),
    )
    operation.created(answer["TargetGroups"][0]["TargetGroupArn"])
    _set_attributes(operation, {*operation.inputs})


def read(operation: Operation) -> dict[str, Any] | None:
    elbv2 = operation.client("elbv2")
    answer = found(NOT_FOUND, lambda: elbv2.describe_target_groups(TargetGroupArns=[operation.id]))
    if not answer:
        return None
    group = answer["TargetGroups"][0]
    live = attribute_map(elbv2.describe_target_group_attributes(TargetGroupArn=operation.id))
    return {
        "arn": operation.id,
        "arnSuffix": operation.id.rsplit(":", 1)[-1],
        "name": group["TargetGroupName"],
        "namePrefix": operation.get("namePrefix"),
        "loadBalancerArns": sorted(set(group.get("LoadBalancerArns", []))),
        "targetType": group["TargetType"],
        "protocol": group.get("Protocol"),
        "protocolVersion": group.get("ProtocolVersion"),
        "port": group.get("Port"),
        "vpcId": group.get("VpcId") or None,
        "ipAddressType": group.get("IpAddressType"),
        "healthCheck": {
            **{name: group.get(member) for name, (member, _) in HEALTH_CHECK.items()},
            "matcher": group.get("Matcher", {}).get("HttpCode"),
        },
        **_read_attributes(operation, group, live),
        "tags": read_tags(operation),
    }


def update(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    if "healthCheck" in operation.changed and operation.get("healthCheck"):
        elbv2.modify_target_group(TargetGroupArn=operation.id, **_health_check(operation))
    _set_attributes(operation, set(operation.changed))
    update_tags(operation)


def delete(operation: Operation) -> None:
    """The provider tries for two minutes while a listener or rule still forwards here."""
    elbv2 = operation.client("elbv2")
    operation.retry(
        ("ResourceInUse",),
        lambda: found(NOT_FOUND, lambda: elbv2.delete_target_group(TargetGroupArn=operation.id)),
    )


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rules across properties, of the provider's CustomizeDiff and of the API."""
    failures = []
    if "name" in inputs and "namePrefix" in inputs:
        failures.append(("namePrefix", "conflicts with name"))
    kind, protocol = inputs.get("targetType", INSTANCE), inputs.get("protocol")
    if UNKNOWN in (kind, protocol):
        return failures
    failures.extend(_misplaced(inputs, kind))
    if kind == ALB and protocol != "TCP":
        failures.append(("protocol", "a target group of type alb must use TCP"))
    if "protocolVersion" in inputs and protocol not in HTTP:
        failures.append(("protocolVersion", f"has no effect with protocol {protocol}"))
    for name, attribute in ATTRIBUTES.items():
        value = inputs.get(name, TYPE.properties[name].default)
        of_protocol = () if kind == FUNCTION else OF_TCP if protocol in HTTP else OF_HTTP
        unknown = kind not in attribute.kinds or name in of_protocol
        if unknown and value != TYPE.properties[name].default:
            failures.append(
                (name, f"has no effect on a target group of type {kind} and protocol {protocol}")
            )
    return failures + _broken_health_check(inputs.get("healthCheck"), protocol)


def _misplaced(inputs: Mapping[str, Any], kind: Any) -> list[tuple[str, str]]:
    if kind == FUNCTION:
        return [(name, "a function has none") for name in OF_A_PORT if name in inputs]
    return [
        (name, f"required for targets of type {kind}") for name in OF_A_PORT if name not in inputs
    ]


def _broken_health_check(health_check: Any, protocol: Any) -> list[tuple[str, str]]:
    if not isinstance(health_check, Mapping):
        return []
    failures = []
    checked_with = health_check.get("protocol", "HTTP")
    if checked_with == "TCP" and protocol in HTTP:
        failures.append(("healthCheck.protocol", f"cannot be TCP when the protocol is {protocol}"))
    failures.extend(
        (f"healthCheck.{name}", "cannot be given when the check is TCP")
        for name in ("path", "matcher")
        if checked_with == "TCP" and name in health_check
    )
    interval, timeout = health_check.get("interval", 30), health_check.get("timeout")
    if isinstance(timeout, int) and isinstance(interval, int) and timeout >= interval:
        failures.append(("healthCheck.timeout", f"must be smaller than the interval of {interval}"))
    return failures


def _kind(operation: Operation) -> str:
    return operation.get("targetType", INSTANCE)


def _is_http(operation: Operation) -> bool:
    return operation.get("protocol") in HTTP


def _health_check(operation: Operation) -> dict[str, Any]:
    """Arguments of CreateTargetGroup and ModifyTargetGroup; empty without the block: then AWS's own defaults hold."""
    given = operation.get("healthCheck")
    if not given:
        return {}
    wanted = {member: given.get(name, default) for name, (member, default) in HEALTH_CHECK.items()}
    if given.get("matcher"):
        wanted["Matcher"] = {"HttpCode": given["matcher"]}
    return {member: value for member, value in wanted.items() if value is not None}


def _set_attributes(operation: Operation, names: set[str]) -> None:
    known = names - set(OF_TCP if _is_http(operation) else OF_HTTP)
    wanted = wanted_attributes(operation, ATTRIBUTES, _kind(operation), known)
    if wanted:
        operation.client("elbv2").modify_target_group_attributes(
            TargetGroupArn=operation.id, Attributes=attribute_list(wanted)
        )


def _read_attributes(
    operation: Operation, group: Mapping[str, Any], live: Mapping[str, str]
) -> dict[str, Any]:
    values = read_attributes(operation, ATTRIBUTES, group["TargetType"], live)
    if group["TargetType"] == FUNCTION:
        return values
    for name in OF_TCP if group["Protocol"] in HTTP else OF_HTTP:
        values[name] = operation.get(name)
    cross_zone = values["loadBalancingCrossZoneEnabled"]
    if isinstance(
        cross_zone, bool
    ):  # a text in Pulumi: true, false or use_load_balancer_configuration
        values["loadBalancingCrossZoneEnabled"] = "true" if cross_zone else "false"
    return values


DOCS = "pulumi_aws.lb.TargetGroup"
GO = f"{SOURCE}target_group.go"

_ATTRIBUTE = f"an entry of CloudFormation's TargetGroupAttributes; default and limits: {GO}"

TYPE = ResourceType(
    token="aws:lb/targetGroup:TargetGroup",
    cloudformation="AWS::ElasticLoadBalancingV2::TargetGroup",
    properties={
        "name": Property(**name_rules(DOCS)),
        "namePrefix": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Creates a unique name beginning with the specified prefix. ... Cannot be longer than 6 "
            "characters.'",
            rules={"maxLength": 6},
            replaces=True,
            provider_only=True,
        ),
        "targetType": Property(
            default=INSTANCE,
            because=f"default: {GO}; the sandbox serves these three",
            rules={"enum": [INSTANCE, ALB, FUNCTION]},
        ),
        "protocol": Property(
            because=f"{GO}: required unless the targets are Lambda functions",
            rules={"enum": ["HTTP", "HTTPS", "TCP", "TLS"]},
        ),
        "protocolVersion": Property(
            because=f"{GO}; the sandbox does not serve GRPC", rules={"enum": ["HTTP1", "HTTP2"]}
        ),
        "port": Property(because=f"{GO}: required unless the targets are Lambda functions"),
        "vpcId": Property(because=f"{GO}: required unless the targets are Lambda functions"),
        "ipAddressType": Property(
            because="ELBv2 API, TargetGroupIpAddressTypeEnum", rules={"enum": ["ipv4", "ipv6"]}
        ),
        "healthCheck": Property(
            cloudformation=None,
            because="CloudFormation has its parts at the top",
            properties={
                "interval": Property(cloudformation="/HealthCheckIntervalSeconds"),
                "timeout": Property(cloudformation="/HealthCheckTimeoutSeconds"),
                "healthyThreshold": Property(cloudformation="/HealthyThresholdCount"),
                "unhealthyThreshold": Property(cloudformation="/UnhealthyThresholdCount"),
                "path": Property(
                    because=f"{GO}: 1 to 1024 characters, begins with /",
                    rules={"maxLength": 1024, "minLength": 1, "pattern": "^/"},
                ),
                "protocol": Property(
                    because=f"{GO}, healthCheckProtocolEnumValues",
                    rules={"enum": ["HTTP", "HTTPS", "TCP"]},
                ),
                "port": Property(
                    because=f"{SOURCE}validate.go: traffic-port or 1 to 65536",
                    rules={"pattern": "^(traffic-port|[1-9][0-9]{0,4})$"},
                ),
                "matcher": Property(
                    because="ELBv2 API, Matcher: '200', '200,202' or '200-299'",
                    rules={"pattern": r"^[0-9]{3}(-[0-9]{3})?(,[0-9]{3}(-[0-9]{3})?)*$"},
                ),
            },
        ),
        "deregistrationDelay": Property(
            cloudformation=None,
            because=_ATTRIBUTE,
            default=300,
            rules={"minimum": 0, "maximum": 3600},
        ),
        "slowStart": Property(
            cloudformation=None, because=_ATTRIBUTE, default=0, rules={"minimum": 0, "maximum": 900}
        ),
        "loadBalancingAlgorithmType": Property(
            cloudformation=None,
            because=_ATTRIBUTE,
            rules={"enum": ["round_robin", "least_outstanding_requests", "weighted_random"]},
        ),
        "loadBalancingCrossZoneEnabled": Property(
            cloudformation=None,
            because=_ATTRIBUTE,
            rules={"enum": ["true", "false", "use_load_balancer_configuration"]},
        ),
        "connectionTermination": Property(cloudformation=None, because=_ATTRIBUTE),
        "lambdaMultiValueHeadersEnabled": Property(
            cloudformation=None, because=_ATTRIBUTE, default=False
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    auto_name=AutoName(max_length=32),
    sample=lambda: {
        "name": "llama-8b",
        "targetType": INSTANCE,
        "protocol": "HTTPS",
        "protocolVersion": "HTTP1",
        "port": 8443,
        "vpcId": "vpc-0123456789abcdef0",
        "ipAddressType": "ipv4",
        "healthCheck": {
            "enabled": True,
            "protocol": "HTTPS",
            "path": "/ready",
            "port": "traffic-port",
            "matcher": "200",
            "interval": 5,
            "timeout": 4,
            "healthyThreshold": 2,
            "unhealthyThreshold": 3,
        },
        "deregistrationDelay": 900,
        "slowStart": 0,
        "loadBalancingAlgorithmType": "least_outstanding_requests",
        "loadBalancingCrossZoneEnabled": "use_load_balancer_configuration",
        "tags": {"team": "search"},
    },
)
