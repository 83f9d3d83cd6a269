"""Load balancers: attributes by kind with AWS's defaults, and what AWS refuses and moto does not.

ELBv2 API reference and the Application and Network Load Balancers guides, "Load balancer attributes" (read 2026-11).
"""

from typing import Any

from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend, elbv2_backends
from moto.elbv2.responses import ELBV2Response
from moto.s3.models import s3_backends

from sandbox.emulator.additions import after, operation

APPLICATION, NETWORK = "application", "network"
OF_EVERY_KIND = {
    "access_logs.s3.enabled": "false",
    "access_logs.s3.bucket": "",
    "access_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
DEFAULTS = {
    APPLICATION: {
        **OF_EVERY_KIND,
        "load_balancing.cross_zone.enabled": "true",
        "connection_logs.s3.enabled": "false",
        "connection_logs.s3.bucket": "",
        "connection_logs.s3.prefix": "",
        "client_keep_alive.seconds": "3600",
        "idle_timeout.timeout_seconds": "60",
        "routing.http.desync_mitigation_mode": "defensive",
        "routing.http.drop_invalid_header_fields.enabled": "false",
        "routing.http.preserve_host_header.enabled": "false",
        "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
        "routing.http.xff_client_port.enabled": "false",
        "routing.http.xff_header_processing.mode": "append",
        "routing.http2.enabled": "true",
        "waf.fail_open.enabled": "false",
    },
    NETWORK: {
        **OF_EVERY_KIND,
        "load_balancing.cross_zone.enabled": "false",
        "dns_record.client_routing_policy": "any_availability_zone",
    },
}
HOSTED_ZONES = {  # AWS General Reference, "Elastic Load Balancing endpoints and quotas"; elsewhere moto's stays
    ("us-east-1", APPLICATION): "Z35SXDOTRQ7X7K",
    ("us-east-1", NETWORK): "Z26RNL4JYFTOTI",
}
_delete_load_balancer = ELBV2Response.delete_load_balancer
_create_load_balancer = ELBV2Response.create_load_balancer
_modify_attributes = ELBV2Response.modify_load_balancer_attributes


@operation(ELBV2Response, "CreateLoadBalancer")
def create_load_balancer(response: Any) -> Any:
    subnets = [response.elbv2_backend.ec2_backend.get_subnet(i) for i in _list(response, "Subnets")]
    zones = {subnet.availability_zone for subnet in subnets if subnet}
    kind = response._get_param("Type") or APPLICATION
    if kind == APPLICATION and len(zones) < 2:
        raise ELBClientError(
            "ValidationError",
            "At least two subnets in two different Availability Zones must be specified",
        )
    if len(zones) < len(subnets):
        raise ELBClientError(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    _refuse_taken_name(response)
    result: Any = _create_load_balancer(response)
    balancer = result.result["LoadBalancers"][0]
    balancer.attrs = dict(DEFAULTS[kind])
    zone = HOSTED_ZONES.get((response.region, kind))
    balancer.canonical_hosted_zone_id = zone or balancer.canonical_hosted_zone_id
    _keep_private_link_rules(balancer, "on" if balancer.security_groups else None)
    return result


@operation(ELBV2Response, "DeleteLoadBalancer")
def delete_load_balancer(response: Any) -> Any:
    """Refused while protected, while a network one stands before it, or while an endpoint service needs it."""
    arn = response._get_param("LoadBalancerArn")
    backend = response.elbv2_backend
    balancer = backend.load_balancers.get(arn)
    if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
        raise ELBClientError(
            "OperationNotPermitted",
            f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
        )
    if balancer and (user := _user_of(backend, arn)):
        raise ELBClientError(
            "ResourceInUse",
            f"Load balancer '{arn}' cannot be deleted because it is in use by {user}",
        )
    _forget(backend, arn)
    return _delete_load_balancer(response)


@operation(ELBV2Response, "ModifyLoadBalancerAttributes")
def modify_load_balancer_attributes(response: Any) -> Any:
    """Only attributes that this kind knows; access logs only into a bucket that lets them be written."""
    backend = response.elbv2_backend
    balancer = backend.load_balancers.get(response._get_param("LoadBalancerArn"))
    given = {item["Key"]: item["Value"] for item in _list(response, "Attributes")}
    if balancer:
        for key in given:
            if key not in DEFAULTS[balancer.type]:
                raise ELBClientError(
                    "InvalidConfigurationRequest",
                    f"Load balancer attribute key '{key}' is not supported on load balancers with type "
                    f"'{balancer.type}'",
                )
        wanted = {**balancer.attrs, **given}
        if wanted["access_logs.s3.enabled"] == "true":
            _refuse_closed_bucket(backend, wanted["access_logs.s3.bucket"])
    return _modify_attributes(response)


@after(ELBV2Response, "SetSecurityGroups")
def keep_private_link_rules(response: Any, result: Any) -> Any:
    balancer = response.elbv2_backend.load_balancers[response._get_param("LoadBalancerArn")]
    enforced = response._get_param("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
    if enforced:
        _keep_private_link_rules(balancer, enforced)
    return result


def add_tags(backend: ELBv2Backend, resource_arns: list[str], tags: list[dict[str, str]]) -> None:
    """Up to 50 tags a resource (moto stops at 10)."""
    for arn in resource_arns:
        backend._get_resource_by_arn(arn)
        backend.tagging_service.tag_resource(arn, tags)


ELBv2Backend.add_tags = add_tags  # type: ignore[method-assign]


def _list(response: Any, name: str) -> list[Any]:
    return response._get_param(name) or []


def _keep_private_link_rules(balancer: Any, enforced: str | None) -> None:
    if balancer.type == NETWORK:
        balancer.enforce_security_group_inbound_rules_on_private_link_traffic = enforced


def _refuse_taken_name(response: Any) -> None:
    name = response._get_param("Name")
    if any(item.name == name for item in response.elbv2_backend.load_balancers.values()):
        raise ELBClientError(
            "DuplicateLoadBalancerName", "A load balancer with the same name already exists"
        )


def _refuse_closed_bucket(backend: ELBv2Backend, name: str) -> None:
    bucket = s3_backends[backend.account_id][backend.partition].buckets.get(name)
    policy = bucket.policy if bucket else None
    text = policy.decode() if isinstance(policy, bytes) else policy or ""
    if "s3:PutObject" not in text:
        raise ELBClientError(
            "InvalidConfigurationRequest",
            f"Access Denied for bucket: {name}. Please check S3bucket permission",
        )


def _user_of(backend: ELBv2Backend, arn: str) -> str | None:
    for group in backend.target_groups.values():
        if arn in group.targets:
            return f"the target group {group.arn}"
    for service in backend.ec2_backend.configurations.values():
        if arn in (service.network_load_balancer_arns or ()):
            return f"the endpoint service {service.id}"
    return None


def _forget(backend: ELBv2Backend, arn: str) -> None:
    for group in elbv2_backends[backend.account_id][backend.region_name].target_groups.values():
        group.load_balancer_arns = [item for item in group.load_balancer_arns if item != arn]
