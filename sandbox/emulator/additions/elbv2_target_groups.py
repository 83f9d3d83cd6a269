"""Target groups and targets: what moto drops (matcher of an `alb` group) and what AWS refuses and moto does not.

ELBv2 API reference, CreateTargetGroup and RegisterTargets; Network Load Balancers guide, "Use Application Load
Balancers as targets"; ALB guide, "Use Lambda functions as targets" (read 2026-11).
"""

from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda_simple.models import lambda_simple_backends
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend
from moto.elbv2.responses import ELBV2Response

from sandbox.emulator.additions import after, operation
from sandbox.emulator.additions.awslambda import permits

LONGEST_DELAY_SECONDS = "3600"
BALANCERS = "elasticloadbalancing.amazonaws.com"
DELAY = "deregistration_delay.timeout_seconds"
OF_HTTP = frozenset({"load_balancing.algorithm.type", "slow_start.duration_seconds"})
OF_TCP = frozenset({"deregistration_delay.connection_termination.enabled"})
OF_FUNCTIONS = frozenset({"lambda.multi_value_headers.enabled"})
_modify_attributes = ELBv2Backend.modify_target_group_attributes
_register_targets = ELBV2Response.register_targets


@after(ELBV2Response, "CreateTargetGroup")
def attributes_of_its_kind(response: Any, result: Any) -> Any:
    """AWS shows only attributes that the kind knows; an `alb` group keeps its matcher."""
    group = result.result["TargetGroups"][0]
    if group.target_type == "lambda":
        group.attributes = dict.fromkeys(OF_FUNCTIONS, "false")
    elif group.target_type == "alb":
        group.attributes = {}
        matcher = response._get_param("Matcher")
        group.matcher = matcher or {"HttpCode": "200-399"}
    elif group.protocol in ("HTTP", "HTTPS"):
        group.attributes = {k: v for k, v in group.attributes.items() if k not in OF_TCP}
    else:
        group.attributes = {k: v for k, v in group.attributes.items() if k not in OF_HTTP}
        group.attributes["deregistration_delay.connection_termination.enabled"] = "false"
    return result


@after(ELBV2Response, "ModifyTargetGroup")
def keep_matcher(response: Any, result: Any) -> Any:
    """moto takes a new matcher only for HTTP groups, not for HTTP checks of an `alb` group."""
    matcher = response._get_param("Matcher")
    if matcher:
        group = response.elbv2_backend.target_groups[response._get_param("TargetGroupArn")]
        group.matcher = dict(matcher)
    return result


def modify_target_group_attributes(
    backend: ELBv2Backend, target_group_arn: str, attributes: dict[str, Any]
) -> None:
    """Refuses attributes of another kind; allows the longest delay, which moto does not."""
    group = backend.target_groups.get(target_group_arn)
    if group:
        for key in attributes:
            if not _knows(group, key):
                raise ELBClientError(
                    "InvalidConfigurationRequest",
                    f"Target group attribute key '{key}' is not supported on target groups with protocol "
                    f"'{group.protocol}' and target type '{group.target_type}'",
                )
        if attributes.get(DELAY) == LONGEST_DELAY_SECONDS:
            group.attributes[DELAY] = LONGEST_DELAY_SECONDS
            attributes = {key: value for key, value in attributes.items() if key != DELAY}
    _modify_attributes(backend, target_group_arn, attributes)


ELBv2Backend.modify_target_group_attributes = modify_target_group_attributes  # type: ignore[method-assign]


@operation(ELBV2Response, "RegisterTargets")
def register_targets(response: Any) -> Any:
    """An instance must exist; an application load balancer must listen on the target group's port, in its VPC."""
    backend = response.elbv2_backend
    group = backend.target_groups.get(response._get_param("TargetGroupArn"))
    for target in response._get_param("Targets", []) if group else ():
        if group.target_type == "alb":
            _refuse_unfit_balancer(backend, group, target)
        elif group.target_type == "lambda":
            _refuse_unfit_function(group, target)
        elif backend.ec2_backend.get_instance_by_id(target["Id"]) is None:
            raise ELBClientError(
                "InvalidTarget", f"The following targets are not found: '{target['Id']}'"
            )
    return _register_targets(response)


def _knows(group: Any, attribute: str) -> bool:
    if group.target_type == "lambda":
        return attribute in OF_FUNCTIONS
    unknown = OF_TCP if group.protocol in ("HTTP", "HTTPS") else OF_HTTP
    return group.target_type != "alb" and attribute not in unknown | OF_FUNCTIONS


def _refuse_unfit_balancer(backend: ELBv2Backend, group: Any, target: dict[str, Any]) -> None:
    balancer = backend.load_balancers.get(target["Id"])
    port = int(target.get("Port") or group.port)
    if balancer is None or balancer.type != "application":
        raise ELBClientError(
            "InvalidTarget", f"'{target['Id']}' is not an Application Load Balancer of this account"
        )
    if balancer.vpc_id != group.vpc_id:
        raise ELBClientError("InvalidTarget", f"'{target['Id']}' is not in the target group's VPC")
    if port != int(group.port) or port not in {
        int(listener.port) for listener in balancer.listeners.values()
    }:
        raise ELBClientError(
            "InvalidTarget",
            f"The Application Load Balancer '{target['Id']}' must have a listener on the target group's port "
            f"{group.port}",
        )


def _refuse_unfit_function(group: Any, target: dict[str, Any]) -> None:
    """It must exist, and its policy let the load balancers invoke it for this group, which has one function."""
    arn = target["Id"]
    try:
        function = lambda_simple_backends[group.account_id][group.region_name].get_function(arn)
    except UnknownFunctionException:
        raise ELBClientError(
            "InvalidTarget", f"The following targets are not found: '{arn}'"
        ) from None
    if not permits(function, BALANCERS, group.arn):
        raise ELBClientError(
            "AccessDenied",
            f"elasticloadbalancing principal does not have permission to invoke {arn} from target group {group.arn}",
        )
    if set(group.targets) - {arn}:
        raise ELBClientError(
            "TooManyTargets", f"The target group '{group.arn}' has a function already"
        )
