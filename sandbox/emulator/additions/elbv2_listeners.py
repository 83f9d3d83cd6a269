"""Listeners and rules: attributes with AWS's defaults, and what AWS refuses and moto does not.

ELBv2 API reference, CreateListener and CreateRule; "Quotas for your Application Load Balancers" (read 2026-11).
"""

from collections.abc import Iterable
from typing import Any

from moto.acm.models import acm_backends
from moto.elbv2.exceptions import DuplicateListenerError, ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.elbv2.responses import ELBV2Response
from moto.elbv2.ssl_policies import SSL_POLICIES

from sandbox.emulator.additions import operation

SECURE = ("HTTPS", "TLS")
HTTP = ("HTTP", "HTTPS")
RULES_PER_BALANCER = 100
LISTENERS_PER_BALANCER = 50
GROUPS_BY_LISTENER = {
    "HTTP": ("HTTP", "HTTPS"),
    "HTTPS": ("HTTP", "HTTPS"),
    "TCP": ("TCP", "TCP_UDP"),
    "TLS": ("TCP", "TLS"),
}
_create_listener = ELBV2Response.create_listener
_modify_listener = ELBV2Response.modify_listener
_modify_attributes = ELBV2Response.modify_listener_attributes
_create_rule = ELBV2Response.create_rule
_modify_rule = ELBV2Response.modify_rule


@operation(ELBV2Response, "CreateListener")
def create_listener(response: Any) -> Any:
    backend = response.elbv2_backend
    balancer = backend.load_balancers.get(response._get_param("LoadBalancerArn"))
    if balancer:
        taken = {int(listener.port) for listener in balancer.listeners.values()}
        if int(response._get_param("Port")) in taken:
            raise DuplicateListenerError
        if len(taken) >= LISTENERS_PER_BALANCER:
            raise ELBClientError(
                "TooManyListeners",
                "The maximum number of listeners has been reached on this load balancer",
            )
    protocol = response._get_param("Protocol")
    _refuse_unfit_settings(response, protocol)
    _refuse_unfit_groups(backend, protocol, balancer, response._get_param("DefaultActions") or [])
    result: Any = _create_listener(response)
    listener = result.result["Listeners"][0]
    listener.attributes = _default_attributes(protocol)
    if protocol not in SECURE:
        listener.ssl_policy = None
    return result


@operation(ELBV2Response, "ModifyListener")
def modify_listener(response: Any) -> Any:
    backend = response.elbv2_backend
    listener = backend.describe_listeners(None, [response._get_param("ListenerArn")])[0]
    protocol = response._get_param("Protocol") or listener.protocol
    balancer = backend.load_balancers[listener.load_balancer_arn]
    port = response._get_param("Port")
    others = [item for item in balancer.listeners.values() if item is not listener]
    if port and int(port) in {int(item.port) for item in others}:
        raise DuplicateListenerError
    if response._get_param("Certificates"):
        _refuse_unissued(response)
    _refuse_unfit_groups(backend, protocol, balancer, response._get_param("DefaultActions") or [])
    return _modify_listener(response)


@operation(ELBV2Response, "ModifyListenerAttributes")
def modify_listener_attributes(response: Any) -> Any:
    """Only attributes that this protocol knows."""
    listener = response.elbv2_backend.describe_listeners(
        None, [response._get_param("ListenerArn")]
    )[0]
    for item in response._get_param("Attributes") or []:
        if item["Key"] not in _default_attributes(listener.protocol):
            raise ELBClientError(
                "InvalidConfigurationRequest",
                f"Listener attribute key '{item['Key']}' is not supported on listeners with protocol "
                f"'{listener.protocol}'",
            )
    return _modify_attributes(response)


@operation(ELBV2Response, "CreateRule")
def create_rule(response: Any) -> Any:
    backend = response.elbv2_backend
    listener = backend.describe_listeners(None, [response._get_param("ListenerArn")])[0]
    balancer = backend.load_balancers[listener.load_balancer_arn]
    rules = sum(len(item._non_default_rules) for item in balancer.listeners.values())
    if rules >= RULES_PER_BALANCER:
        raise ELBClientError(
            "TooManyRules", "You've reached the limit on the number of rules per load balancer"
        )
    _refuse_unfit_groups(backend, listener.protocol, balancer, response._get_param("Actions") or [])
    return _create_rule(response)


@operation(ELBV2Response, "ModifyRule")
def modify_rule(response: Any) -> Any:
    backend = response.elbv2_backend
    rule = backend.describe_rules(None, [response._get_param("RuleArn")])[0]
    listener = backend.describe_listeners(None, [rule.listener_arn])[0]
    balancer = backend.load_balancers[listener.load_balancer_arn]
    _refuse_unfit_groups(backend, listener.protocol, balancer, response._get_param("Actions") or [])
    result = _modify_rule(response)
    for group in _groups_of(backend, response._get_param("Actions") or []):
        group.load_balancer_arns.append(balancer.arn)
    return result


def _default_attributes(protocol: str) -> dict[str, str]:
    if protocol == "TCP":
        return {"tcp.idle_timeout.seconds": "350"}
    if protocol not in HTTP:
        return {}
    headers = (
        "access_control_allow_credentials",
        "access_control_allow_headers",
        "access_control_allow_methods",
        "access_control_allow_origin",
        "access_control_expose_headers",
        "access_control_max_age",
        "content_security_policy",
        "strict_transport_security",
        "x_content_type_options",
        "x_frame_options",
    )
    result = {f"routing.http.response.{name}.header_value": "" for name in headers}
    result["routing.http.response.server.enabled"] = "true"
    if protocol == "HTTPS":
        for name in ("tls_version", "tls_cipher_suite"):
            key = f"routing.http.request.x_amzn_{name}.header_name"
            result[key] = "X-Amzn-" + name.title().replace("_", "-")
    return result


def _refuse_unfit_settings(response: Any, protocol: str) -> None:
    if protocol in SECURE:
        if not response._get_param("Certificates"):
            raise ELBClientError(
                "ValidationError", f"A certificate must be specified for {protocol} listeners"
            )
        _refuse_unissued(response)
    policy = response._get_param("SslPolicy")
    if policy and policy not in SSL_POLICIES:
        raise ELBClientError("SSLPolicyNotFound", f"SSL policy '{policy}' not found")


def _refuse_unissued(response: Any) -> None:
    """A certificate of ACM must exist and be issued."""
    certificates = acm_backends[response.current_account][response.region]._certificates
    for item in response._get_param("Certificates"):
        arn = item["CertificateArn"]
        if ":acm:" not in arn:
            continue
        certificate = certificates.get(arn)
        if certificate is None:
            raise ELBClientError("CertificateNotFound", f"Certificate '{arn}' not found")
        certificate.check()
        if certificate.status != "ISSUED":
            raise ELBClientError(
                "UnsupportedCertificate",
                f"The certificate '{arn}' must have a fully-qualified domain name, a supported signature, and a "
                "supported key size, and be issued",
            )


def _refuse_unfit_groups(
    backend: ELBv2Backend, protocol: str, balancer: Any, actions: Iterable[dict[str, Any]]
) -> None:
    """The target groups' protocol fits the listener's, and no group serves two load balancers."""
    for group in _groups_of(backend, actions):
        if group.protocol and group.protocol not in GROUPS_BY_LISTENER.get(protocol, ()):
            raise ELBClientError(
                "InvalidConfigurationRequest",
                f"Protocol '{group.protocol}' of target group '{group.arn}' does not fit listener protocol "
                f"'{protocol}'",
            )
        if balancer and set(group.load_balancer_arns) - {balancer.arn}:
            raise ELBClientError(
                "TargetGroupAssociationLimit",
                f"The following target groups cannot be associated with more than one load balancer: {group.arn}",
            )


def _groups_of(backend: ELBv2Backend, actions: Iterable[dict[str, Any]]) -> list[Any]:
    arns = [arn for action in actions for arn in backend._get_target_group_arns_from(action)]
    return [backend.target_groups[arn] for arn in arns if arn in backend.target_groups]
