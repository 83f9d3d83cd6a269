"""aws.lb.Listener"""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._elbv2 import (
    SOURCE,
    Attribute,
    attribute_list,
    attribute_map,
    read_attributes,
    read_tags,
    tags_argument,
    update_tags,
    wanted_attributes,
)
from sandbox.providers.aws.resources._listener_actions import (
    action_properties,
    broken_actions,
    from_actions,
    to_actions,
)
from sandbox.providers.aws.values import UNKNOWN

NOT_FOUND = ("ListenerNotFound", "LoadBalancerNotFound")
SECURE = ("HTTPS", "TLS")
RETRIED = ("CertificateNotFound",)

_http, _https = frozenset({"HTTP", "HTTPS"}), frozenset({"HTTPS"})
_tls_headers = {
    f"routingHttpRequestXAmzn{name}HeaderName": f"routing.http.request.x_amzn_{key}.header_name"
    for name, key in {"TlsVersion": "tls_version", "TlsCipherSuite": "tls_cipher_suite"}.items()
}
_response_headers = {
    f"routingHttpResponse{name}HeaderValue": f"routing.http.response.{key}.header_value"
    for name, key in {
        "AccessControlAllowCredentials": "access_control_allow_credentials",
        "AccessControlAllowHeaders": "access_control_allow_headers",
        "AccessControlAllowMethods": "access_control_allow_methods",
        "AccessControlAllowOrigin": "access_control_allow_origin",
        "AccessControlExposeHeaders": "access_control_expose_headers",
        "AccessControlMaxAge": "access_control_max_age",
        "ContentSecurityPolicy": "content_security_policy",
        "StrictTransportSecurity": "strict_transport_security",
        "XContentTypeOptions": "x_content_type_options",
        "XFrameOptions": "x_frame_options",
    }.items()
}
ATTRIBUTES = {
    "tcpIdleTimeoutSeconds": Attribute(key="tcp.idle_timeout.seconds", kinds=frozenset({"TCP"})),
    "routingHttpResponseServerEnabled": Attribute(
        key="routing.http.response.server.enabled", kinds=_http
    ),
    **{name: Attribute(key=key, kinds=_http) for name, key in _response_headers.items()},
    **{name: Attribute(key=key, kinds=_https) for name, key in _tls_headers.items()},
}


def create(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    answer = operation.retry(
        RETRIED,
        lambda: elbv2.create_listener(
            LoadBalancerArn=operation.inputs["loadBalancerArn"],
            DefaultActions=to_actions(operation.inputs["defaultActions"]),
            **_settings(operation),
            **tags_argument(operation),
        ),
    )
    operation.created(answer["Listeners"][0]["ListenerArn"])
    _set_attributes(operation, {*operation.inputs})


def read(operation: Operation) -> dict[str, Any] | None:
    elbv2 = operation.client("elbv2")
    answer = found(NOT_FOUND, lambda: elbv2.describe_listeners(ListenerArns=[operation.id]))
    if not answer:
        return None
    listener = answer["Listeners"][0]
    live = attribute_map(elbv2.describe_listener_attributes(ListenerArn=operation.id))
    certificates = listener.get("Certificates", [])
    attributes = read_attributes(operation, ATTRIBUTES, listener["Protocol"], live)
    return {
        "arn": operation.id,
        "loadBalancerArn": listener["LoadBalancerArn"],
        "port": listener["Port"],
        "protocol": listener["Protocol"],
        "sslPolicy": listener.get("SslPolicy"),
        "certificateArn": certificates[0]["CertificateArn"] if certificates else None,
        "defaultActions": from_actions(listener["DefaultActions"]),
        **{name: _as_text(name, value) for name, value in attributes.items()},
        "tags": read_tags(operation),
    }


def update(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    if operation.changed & {"port", "protocol", "sslPolicy", "certificateArn", "defaultActions"}:
        actions = {}
        if "defaultActions" in operation.changed:
            actions = {"DefaultActions": to_actions(operation.inputs["defaultActions"])}
        operation.retry(
            RETRIED,
            lambda: elbv2.modify_listener(
                ListenerArn=operation.id, **_settings(operation), **actions
            ),
        )
    _set_attributes(operation, set(operation.changed))
    update_tags(operation)


def delete(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    found(NOT_FOUND, lambda: elbv2.delete_listener(ListenerArn=operation.id))


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rules across properties, of the provider and of the API."""
    failures = broken_actions(inputs.get("defaultActions"), "defaultActions")
    protocol = inputs.get("protocol")
    if protocol is UNKNOWN:
        return failures
    secure = protocol in SECURE
    if secure and "certificateArn" not in inputs:
        failures.append(("certificateArn", f"is required when the protocol is {protocol}"))
    for name in ("certificateArn", "sslPolicy"):
        if not secure and name in inputs:
            failures.append((name, f"cannot be given when the protocol is {protocol}"))
    for name, attribute in ATTRIBUTES.items():
        if name in inputs and protocol not in attribute.kinds:
            failures.append((name, f"has no effect on a listener of protocol {protocol}"))
    return failures


def _settings(operation: Operation) -> dict[str, Any]:
    certificate = operation.get("certificateArn")
    settings = {
        "Port": operation.inputs["port"],
        "Protocol": operation.inputs["protocol"],
        "SslPolicy": operation.get("sslPolicy"),
        "Certificates": [{"CertificateArn": certificate}] if certificate else None,
    }
    return {member: value for member, value in settings.items() if value is not None}


def _set_attributes(operation: Operation, names: set[str]) -> None:
    wanted = wanted_attributes(operation, ATTRIBUTES, operation.inputs["protocol"], names)
    for name in names & set(_response_headers) - set(operation.inputs):
        wanted[ATTRIBUTES[name].key] = ""  # left out again: the header is no longer set
    if wanted:
        operation.client("elbv2").modify_listener_attributes(
            ListenerArn=operation.id, Attributes=attribute_list(wanted)
        )


def _as_text(name: str, value: Any) -> Any:
    """Header values are texts, even `true` and `600`."""
    if value is None or name in ("tcpIdleTimeoutSeconds", "routingHttpResponseServerEnabled"):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


DOCS = "pulumi_aws.lb.Listener"
GO = f"{SOURCE}listener.go"

_ATTRIBUTE = Property(
    cloudformation=None,
    because="an entry of CloudFormation's ListenerAttributes; ELBv2 API, ModifyListenerAttributes",
)

TYPE = ResourceType(
    token="aws:lb/listener:Listener",
    cloudformation="AWS::ElasticLoadBalancingV2::Listener",
    properties={
        "loadBalancerArn": Property(),
        "port": Property(
            required=True,
            because=f"{DOCS}: 'Not valid for Gateway Load Balancers', needed for others",
        ),
        "protocol": Property(
            required=True,
            because="ELBv2 API, CreateListener: needed unless it is a Gateway Load Balancer; the sandbox's emulator "
            "knows these",
            rules={"enum": ["HTTP", "HTTPS", "TCP", "TLS"]},
        ),
        "sslPolicy": Property(),
        "certificateArn": Property(
            cloudformation="Certificates/*/CertificateArn",
            because=f"{GO}: verify.ValidARN",
            rules={"pattern": "^arn:[a-z-]+:(acm|iam):"},
        ),
        "defaultActions": action_properties(f"{GO}: a list in the order of the actions"),
        "tcpIdleTimeoutSeconds": Property(
            cloudformation=None,
            because=f"{GO}: IntBetween(60, 6000)",
            rules={"minimum": 60, "maximum": 6000},
        ),
        "routingHttpResponseServerEnabled": _ATTRIBUTE,
        **dict.fromkeys([*_response_headers, *_tls_headers], _ATTRIBUTE),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    timeouts=Timeouts(create_seconds=300, update_seconds=300),
    sample=lambda: {
        "loadBalancerArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/0123456789abcdef",
        "port": 443,
        "protocol": "HTTPS",
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
        "defaultActions": [
            {
                "type": "fixed-response",
                "order": 1,
                "fixedResponse": {
                    "contentType": "application/json",
                    "messageBody": "{}",
                    "statusCode": "404",
                },
            }
        ],
        "routingHttpResponseServerEnabled": False,
        **dict.fromkeys(_response_headers, "value"),
        **dict.fromkeys(_tls_headers, "x-name"),
        "tags": {"team": "search"},
    },
)
