"""Auto Scaling groups: the settings that moto drops, and what AWS refuses and moto does not.

Auto Scaling API reference (read 2026-11). Instances start and stop at once, as in moto: no hook is waited for.
"""

import copy
from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, InstanceState
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import EmptyResult

from sandbox.emulator.additions import after, operation

KEPT = {  # parameter -> attribute of moto's group, which its answers are written from
    "AvailabilityZoneDistribution": "availability_zone_distribution",
    "CapacityRebalance": "capacity_rebalance",
    "DefaultCooldown": "default_cooldown",
    "DefaultInstanceWarmup": "default_instance_warmup",
    "InstanceMaintenancePolicy": "instance_maintenance_policy",
    "MaxInstanceLifetime": "max_instance_lifetime",
    "ServiceLinkedRoleARN": "service_linked_role_arn",
    "TerminationPolicies": "termination_policies",
}
OFF = -1
TURNED_OFF = (("DefaultInstanceWarmup", OFF), ("MaxInstanceLifetime", 0))
_create = AutoScalingResponse.create_auto_scaling_group
_update = AutoScalingResponse.update_auto_scaling_group
_delete = AutoScalingResponse.delete_auto_scaling_group
_update_group = FakeAutoScalingGroup.update
_new_state = InstanceState.__init__


@operation(AutoScalingResponse, "CreateAutoScalingGroup")
def create_auto_scaling_group(response: Any) -> Any:
    name = response._get_param("AutoScalingGroupName")
    if name in response.autoscaling_backend.autoscaling_groups:
        raise AutoscalingClientError(
            "AlreadyExists",
            f"AutoScalingGroup by this name already exists - A group with the name {name} already exists",
        )
    _refuse_sizes(response, {})
    result = _create(response)
    _keep(response, name)
    return result


@operation(AutoScalingResponse, "UpdateAutoScalingGroup")
def update_auto_scaling_group(response: Any) -> Any:
    group = group_of(response)
    smallest = response._get_int_param("MinSize")
    sizes = {"MinSize": group.min_size, "MaxSize": group.max_size}
    _refuse_sizes(response, sizes)
    result = _update(response)
    # A group outside its new limits is brought inside them.
    if response._get_int_param("DesiredCapacity") is None:
        inside = max(group.min_size, min(group.desired_capacity, group.max_size))
        if inside != group.desired_capacity or (smallest or 0) > len(group.instance_states):
            group.set_desired_capacity(inside)
    _keep(response, group.name)
    return result


@operation(AutoScalingResponse, "DeleteAutoScalingGroup")
def delete_auto_scaling_group(response: Any) -> Any:
    """Refused while it has instances, unless forced; policies and hooks go with the group."""
    backend = response.autoscaling_backend
    group = group_of(response)
    if group.instance_states and not response._get_param("ForceDelete"):
        raise AutoscalingClientError(
            "ResourceInUse",
            "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still "
            "in the group.",
        )
    result = _delete(response)
    for table in (backend.policies, backend.lifecycle_hooks):
        for key in [k for k, item in table.items() if item.auto_scaling_group_name == group.name]:
            del table[key]
    return result


@operation(AutoScalingResponse, "EnableMetricsCollection")
def enable_metrics_collection(response: Any) -> Any:
    """Adds to what is collected (moto replaces it)."""
    group = group_of(response)
    group.metrics = list(dict.fromkeys([*group.metrics, *(response._get_param("Metrics") or [])]))
    return EmptyResult()


@operation(AutoScalingResponse, "DisableMetricsCollection")
def disable_metrics_collection(response: Any) -> Any:
    """Without a list: all of them."""
    group = group_of(response)
    removed = response._get_param("Metrics") or group.metrics
    group.metrics = [metric for metric in group.metrics if metric not in removed]
    return EmptyResult()


@after(AutoScalingResponse, "PutLifecycleHook")
def keep_what_was_given(response: Any, result: Any) -> Any:
    """moto shows an invented queue and role for every hook."""
    key = (
        f"{response._get_param('AutoScalingGroupName')}_{response._get_param('LifecycleHookName')}"
    )
    hook: Any = response.autoscaling_backend.lifecycle_hooks[key]
    hook.role_arn = response._get_param("RoleARN")
    hook.notification_target_arn = response._get_param("NotificationTargetARN")
    hook.notification_metadata = response._get_param("NotificationMetadata")
    return result


def refuse_unknown_group(name: str) -> None:
    """AWS's error where moto fails with a KeyError."""
    of_moto = getattr(AutoScalingResponse, name)

    def checked(response: Any) -> Any:
        group_of(response)
        return of_moto(response)

    setattr(AutoScalingResponse, name, checked)


for _name in (
    "attach_load_balancer_target_groups",
    "detach_load_balancer_target_groups",
    "put_lifecycle_hook",
    "put_scaling_policy",
    "set_desired_capacity",
    "suspend_processes",
    "resume_processes",
):
    refuse_unknown_group(_name)

_attach = AutoScalingResponse.attach_load_balancer_target_groups
_detach = AutoScalingResponse.detach_load_balancer_target_groups


@operation(AutoScalingResponse, "AttachLoadBalancerTargetGroups")
def attach_load_balancer_target_groups(response: Any) -> Any:
    known = response.autoscaling_backend.elbv2_backend.target_groups
    for arn in response._get_param("TargetGroupARNs") or []:
        if arn not in known:
            raise ValidationError(
                f"Provided Target Groups may not be valid. Please ensure they exist: {arn}"
            )
    return _attach(response)


@operation(AutoScalingResponse, "DetachLoadBalancerTargetGroups")
def detach_load_balancer_target_groups(response: Any) -> Any:
    group = group_of(response)
    for arn in response._get_param("TargetGroupARNs") or []:
        if arn not in group.target_group_arns:
            raise ValidationError(
                f"Trying to remove Target Groups that are not part of the group {group.name}: {arn}"
            )
    return _detach(response)


def group_of(response: Any) -> Any:
    """The group that a request names, or AWS's error."""
    backend: AutoScalingBackend = response.autoscaling_backend
    name = response._get_param("AutoScalingGroupName")
    if name not in backend.autoscaling_groups:
        raise ValidationError(
            f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found"
        )
    return backend.autoscaling_groups[name]


def update_group(group: FakeAutoScalingGroup, **named: Any) -> None:
    """An update that says nothing of templates keeps the mixed instances policy (moto drops it)."""
    given = ("launch_template", "launch_config_name", "mixed_instances_policy")
    if group.mixed_instances_policy and not any(named.get(name) for name in given):
        kept = copy.deepcopy(group.mixed_instances_policy)
        # moto shows id and name of the template, and takes one of them.
        kept["LaunchTemplate"]["LaunchTemplateSpecification"].pop("LaunchTemplateName", None)
        named["mixed_instances_policy"] = kept
    _update_group(group, **named)


def launch_template(group: FakeAutoScalingGroup) -> dict[str, Any] | None:
    """A group with a mixed instances policy shows no template beside it (moto does)."""
    if group.ec2_launch_template is None or group.mixed_instances_policy:
        return None
    return {
        "LaunchTemplateId": group.ec2_launch_template.id,
        "LaunchTemplateName": group.ec2_launch_template.name,
        "Version": group.provided_launch_template_version,
    }


def version_number(group: Any) -> str:
    """The number behind the group's template version."""
    template, version = group.ec2_launch_template, group.launch_template_version
    if version == "$Latest":
        return str(template.latest_version_number)
    return str(template.default_version_number if version == "$Default" else version)


def new_instance_state(state: InstanceState, *arguments: Any, **named: Any) -> None:
    """Remember the version that an instance was started from (moto shows the template's default one)."""
    _new_state(state, *arguments, **named)
    group: Any = state.auto_scaling_group
    started: Any = state
    started.version = version_number(group) if group and group.ec2_launch_template else None


def launch_template_of_instance(state: Any) -> dict[str, Any] | None:
    template = state.auto_scaling_group.ec2_launch_template
    if template is None:
        return None
    return {
        "LaunchTemplateId": template.id,
        "LaunchTemplateName": template.name,
        "Version": state.version,
    }


FakeAutoScalingGroup.update = update_group  # type: ignore[method-assign]
FakeAutoScalingGroup.launch_template = property(launch_template)  # type: ignore[assignment]
InstanceState.__init__ = new_instance_state  # type: ignore[method-assign]
InstanceState.launch_template = property(launch_template_of_instance)  # type: ignore[assignment]


def _keep(response: Any, name: str) -> None:
    group = response.autoscaling_backend.autoscaling_groups[name]
    for parameter, attribute in KEPT.items():
        value = response._get_param(parameter)
        if value in (None, "", []):
            continue
        if parameter == "InstanceMaintenancePolicy" and value["MinHealthyPercentage"] == OFF:
            value = None
        if (parameter, value) in TURNED_OFF:
            value = None
        setattr(group, attribute, value)


def _refuse_sizes(response: Any, before: dict[str, int]) -> None:
    smallest = _size(response, "MinSize", before)
    largest = _size(response, "MaxSize", before)
    desired = response._get_int_param("DesiredCapacity")
    if smallest > largest:
        raise ValidationError("Min bound, must be less than or equal to max bound")
    if desired is not None and not smallest <= desired <= largest:
        raise ValidationError(
            f"Desired capacity:{desired} must be between the specified min size:{smallest} and max size:{largest}"
        )


def _size(response: Any, name: str, before: dict[str, int]) -> int:
    given = response._get_int_param(name)
    return int(before.get(name, 0) if given is None else given)
