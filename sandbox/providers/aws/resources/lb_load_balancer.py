"""aws.lb.LoadBalancer: application and network; the other kinds are refused."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType, Timeouts
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

NOT_FOUND = ("LoadBalancerNotFound",)
APPLICATION, NETWORK = "application", "network"
ACCESS_LOGS = "access_logs.s3"
PRIVATE_LINK_RULES = "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic"

_application, _network = frozenset({APPLICATION}), frozenset({NETWORK})
ATTRIBUTES = {
    "clientKeepAlive": Attribute(key="client_keep_alive.seconds", kinds=_application),
    "desyncMitigationMode": Attribute(
        key="routing.http.desync_mitigation_mode", kinds=_application
    ),
    "dropInvalidHeaderFields": Attribute(
        key="routing.http.drop_invalid_header_fields.enabled", kinds=_application
    ),
    "enableHttp2": Attribute(key="routing.http2.enabled", kinds=_application),
    "enableTlsVersionAndCipherSuiteHeaders": Attribute(
        key="routing.http.x_amzn_tls_version_and_cipher_suite.enabled", kinds=_application
    ),
    "enableWafFailOpen": Attribute(key="waf.fail_open.enabled", kinds=_application),
    "enableXffClientPort": Attribute(
        key="routing.http.xff_client_port.enabled", kinds=_application
    ),
    "idleTimeout": Attribute(key="idle_timeout.timeout_seconds", kinds=_application),
    "preserveHostHeader": Attribute(
        key="routing.http.preserve_host_header.enabled", kinds=_application
    ),
    "xffHeaderProcessingMode": Attribute(
        key="routing.http.xff_header_processing.mode", kinds=_application
    ),
    "dnsRecordClientRoutingPolicy": Attribute(
        key="dns_record.client_routing_policy", kinds=_network
    ),
    "enableCrossZoneLoadBalancing": Attribute(
        key="load_balancing.cross_zone.enabled", kinds=_network
    ),
    "enableDeletionProtection": Attribute(
        key="deletion_protection.enabled", kinds=_application | _network
    ),
}


def create(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    name = operation.name()
    # CreateLoadBalancer answers with the existing one when all settings are equal; so the provider looks first.
    if found(NOT_FOUND, lambda: elbv2.describe_load_balancers(Names=[name])):
        raise ValueError(f"ELBv2 Load Balancer ({name}) already exists")
    answer = elbv2.create_load_balancer(
        Name=name,
        Type=_kind(operation),
        Scheme="internal" if operation.get("internal") else "internet-facing",
        Subnets=operation.inputs["subnets"],
        SecurityGroups=operation.get("securityGroups", []),
        IpAddressType=operation.get("ipAddressType", "ipv4"),
        **tags_argument(operation),
    )
    operation.created(answer["LoadBalancers"][0]["LoadBalancerArn"])
    _wait_until_active(operation)
    _set_attributes(operation, {*operation.inputs})
    if operation.get(PRIVATE_LINK_RULES) and _kind(operation) == NETWORK:
        _set_security_groups(operation)
    _wait_until_active(operation)


def read(operation: Operation) -> dict[str, Any] | None:
    balancer = _described(operation)
    if balancer is None:
        return None
    live = attribute_map(
        operation.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=operation.id)
    )
    return {
        "arn": operation.id,
        "arnSuffix": operation.id.split(":loadbalancer/")[-1],
        "name": balancer["LoadBalancerName"],
        "namePrefix": operation.get("namePrefix"),
        "dnsName": balancer["DNSName"],
        "zoneId": balancer["CanonicalHostedZoneId"],
        "vpcId": balancer["VpcId"],
        "loadBalancerType": balancer["Type"],
        "internal": balancer["Scheme"] == "internal",
        "ipAddressType": balancer["IpAddressType"],
        "subnets": [zone["SubnetId"] for zone in balancer["AvailabilityZones"]],
        "securityGroups": balancer.get("SecurityGroups", []),
        PRIVATE_LINK_RULES: balancer.get(
            "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
            operation.get(PRIVATE_LINK_RULES),
        ),
        "accessLogs": _read_access_logs(operation, live),
        **read_attributes(operation, ATTRIBUTES, balancer["Type"], live),
        "tags": read_tags(operation),
    }


def update(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    _set_attributes(operation, set(operation.changed))
    if operation.changed & {"securityGroups", PRIVATE_LINK_RULES}:
        _set_security_groups(operation)
    if "subnets" in operation.changed:
        elbv2.set_subnets(LoadBalancerArn=operation.id, Subnets=operation.inputs["subnets"])
    if "ipAddressType" in operation.changed:
        elbv2.set_ip_address_type(
            LoadBalancerArn=operation.id, IpAddressType=operation.get("ipAddressType", "ipv4")
        )
    update_tags(operation)
    _wait_until_active(operation)


def delete(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    found(NOT_FOUND, lambda: elbv2.delete_load_balancer(LoadBalancerArn=operation.id))


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rules across properties; a setting that this kind of load balancer does not know is refused, not dropped."""
    failures = []
    if "name" in inputs and "namePrefix" in inputs:
        failures.append(("namePrefix", "conflicts with name"))
    if str(inputs.get("name", "")).startswith("internal-"):
        failures.append(("name", "cannot begin with 'internal-'"))
    kind = inputs.get("loadBalancerType", APPLICATION)
    if kind is UNKNOWN:
        return failures
    for name, attribute in ATTRIBUTES.items():
        value = inputs.get(name, TYPE.properties[name].default)
        if kind not in attribute.kinds and value != TYPE.properties[name].default:
            failures.append((name, f"has no effect on a load balancer of type {kind}"))
    if kind != NETWORK and PRIVATE_LINK_RULES in inputs:
        failures.append((PRIVATE_LINK_RULES, f"has no effect on a load balancer of type {kind}"))
    return failures


def _kind(operation: Operation) -> str:
    return operation.get("loadBalancerType", APPLICATION)


def _described(operation: Operation) -> dict[str, Any] | None:
    elbv2 = operation.client("elbv2")
    answer = found(
        NOT_FOUND, lambda: elbv2.describe_load_balancers(LoadBalancerArns=[operation.id])
    )
    return answer["LoadBalancers"][0] if answer else None


def _wait_until_active(operation: Operation) -> None:
    def is_active() -> bool:
        balancer = _described(operation)
        return bool(balancer) and balancer["State"]["Code"] == "active"

    operation.wait_until("state to become 'active'", is_active)


def _set_attributes(operation: Operation, names: set[str]) -> None:
    wanted = wanted_attributes(operation, ATTRIBUTES, _kind(operation), names)
    if "accessLogs" in names:
        logs = operation.get("accessLogs", {})
        wanted[f"{ACCESS_LOGS}.enabled"] = bool(logs.get("enabled"))
        if logs.get("enabled"):
            wanted[f"{ACCESS_LOGS}.bucket"] = logs["bucket"]
            wanted[f"{ACCESS_LOGS}.prefix"] = logs.get("prefix", "")
    if wanted:
        operation.client("elbv2").modify_load_balancer_attributes(
            LoadBalancerArn=operation.id, Attributes=attribute_list(wanted)
        )


def _read_access_logs(operation: Operation, live: Mapping[str, str]) -> dict[str, Any]:
    """Bucket and prefix mean nothing while logging is off: then the recorded ones stay (DiffSuppressFunc)."""
    if live.get(f"{ACCESS_LOGS}.enabled") != "true":
        return {**operation.get("accessLogs", {"bucket": ""}), "enabled": False}
    return {
        "enabled": True,
        "bucket": live.get(f"{ACCESS_LOGS}.bucket", ""),
        "prefix": live.get(f"{ACCESS_LOGS}.prefix") or None,
    }


def _set_security_groups(operation: Operation) -> None:
    enforced = operation.get(PRIVATE_LINK_RULES) if _kind(operation) == NETWORK else None
    extra = {"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": enforced} if enforced else {}
    operation.client("elbv2").set_security_groups(
        LoadBalancerArn=operation.id, SecurityGroups=operation.get("securityGroups", []), **extra
    )


DOCS = "pulumi_aws.lb.LoadBalancer"
GO = f"{SOURCE}load_balancer.go"


def _attribute(default: Any, rules: Mapping[str, Any] | None = None) -> Property:
    return Property(
        cloudformation=None,
        because=f"an entry of CloudFormation's LoadBalancerAttributes; default: {GO}; limits: Application and Network "
        "Load Balancers guides, 'Load balancer attributes'",
        default=default,
        rules=rules or {},
    )


TYPE = ResourceType(
    token="aws:lb/loadBalancer:LoadBalancer",
    cloudformation="AWS::ElasticLoadBalancingV2::LoadBalancer",
    properties={
        "name": Property(**name_rules(DOCS)),
        "namePrefix": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Creates a unique name beginning with the specified prefix.' {SOURCE}validate.go: at "
            "most 6 characters",
            rules={"maxLength": 6},
            replaces=True,
            provider_only=True,
        ),
        "loadBalancerType": Property(
            cloudformation="Type",
            because=f"default: {GO}; the sandbox serves no gateway load balancer",
            default=APPLICATION,
            rules={"enum": [APPLICATION, NETWORK]},
        ),
        "internal": Property(cloudformation="Scheme", because=GO, rules={"enum": None}),
        "ipAddressType": Property(
            because="the sandbox's emulator knows these two", rules={"enum": ["ipv4", "dualstack"]}
        ),
        "subnets": Property(
            required=True,
            because=f"{GO}: exactly one of subnets and subnetMappings; the sandbox serves subnets",
        ),
        "securityGroups": Property(
            replaces_when_added_or_removed=True,
            because=f"{GO}, customizeDiffLoadBalancerNLB: a network load balancer that is made without security groups "
            "can never have one, and one with them cannot lose the last",
        ),
        PRIVATE_LINK_RULES: Property(
            because="AWS's EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum",
            rules={"enum": ["on", "off"]},
        ),
        "accessLogs": Property(
            cloudformation=None, because="entries of CloudFormation's LoadBalancerAttributes"
        ),
        "clientKeepAlive": _attribute(3600, {"minimum": 60, "maximum": 604800}),
        "desyncMitigationMode": _attribute(
            "defensive", {"enum": ["monitor", "defensive", "strictest"]}
        ),
        "dropInvalidHeaderFields": _attribute(False),
        "enableHttp2": _attribute(True),
        "enableTlsVersionAndCipherSuiteHeaders": _attribute(False),
        "enableWafFailOpen": _attribute(False),
        "enableXffClientPort": _attribute(False),
        "idleTimeout": _attribute(60, {"minimum": 1, "maximum": 4000}),
        "preserveHostHeader": _attribute(False),
        "xffHeaderProcessingMode": _attribute("append", {"enum": ["append", "preserve", "remove"]}),
        "dnsRecordClientRoutingPolicy": _attribute(
            "any_availability_zone",
            {
                "enum": [
                    "availability_zone_affinity",
                    "partial_availability_zone_affinity",
                    "any_availability_zone",
                ]
            },
        ),
        "enableCrossZoneLoadBalancing": _attribute(False),
        "enableDeletionProtection": _attribute(False),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    auto_name=AutoName(max_length=32),
    timeouts=Timeouts(create_seconds=600, update_seconds=600, delete_seconds=600),
    sample=lambda: {
        "name": "homeport-public",
        "loadBalancerType": APPLICATION,
        "internal": False,
        "ipAddressType": "ipv4",
        "subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        "securityGroups": ["sg-0123456789abcdef0"],
        "accessLogs": {"bucket": "logs-0123456", "prefix": "public", "enabled": True},
        "clientKeepAlive": 3600,
        "desyncMitigationMode": "defensive",
        "dropInvalidHeaderFields": True,
        "enableHttp2": True,
        "enableTlsVersionAndCipherSuiteHeaders": True,
        "enableWafFailOpen": False,
        "enableXffClientPort": False,
        "idleTimeout": 4000,
        "preserveHostHeader": True,
        "xffHeaderProcessingMode": "append",
        "dnsRecordClientRoutingPolicy": "any_availability_zone",
        "enableCrossZoneLoadBalancing": False,
        "enableDeletionProtection": False,
        "tags": {"team": "search"},
    },
)
