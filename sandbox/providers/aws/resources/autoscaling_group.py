"""aws.autoscaling.Group, with a launch template or a mixed instances policy."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation
from sandbox.providers.aws.resources._instance_refresh import (
    INSTANCE_REFRESH,
    must_refresh,
    start_refresh,
)
from sandbox.providers.aws.resources._lifecycle_hooks import (
    INITIAL_LIFECYCLE_HOOKS,
    put_hooks,
)
from sandbox.providers.aws.resources._member_names import to_members, to_properties

SETTINGS = {  # property -> member of CreateAutoScalingGroup, UpdateAutoScalingGroup and DescribeAutoScalingGroups
    "capacityRebalance": "CapacityRebalance",
    "defaultCooldown": "DefaultCooldown",
    "defaultInstanceWarmup": "DefaultInstanceWarmup",
    "healthCheckGracePeriod": "HealthCheckGracePeriod",
    "healthCheckType": "HealthCheckType",
    "maxInstanceLifetime": "MaxInstanceLifetime",
    "protectFromScaleIn": "NewInstancesProtectedFromScaleIn",
    "serviceLinkedRoleArn": "ServiceLinkedRoleARN",
    "terminationPolicies": "TerminationPolicies",
}
BLOCKS = {
    "instanceMaintenancePolicy": "InstanceMaintenancePolicy",
    "availabilityZoneDistribution": "AvailabilityZoneDistribution",
}
SIZES = {"minSize": "MinSize", "maxSize": "MaxSize", "desiredCapacity": "DesiredCapacity"}
ZONES = "vpcZoneIdentifiers"
TEMPLATES = {"launchTemplate": "LaunchTemplate", "mixedInstancesPolicy": "MixedInstancesPolicy"}
TEMPLATE_NAMES = {"id": "LaunchTemplateId", "name": "LaunchTemplateName"}
AFTER_REMOVAL: Mapping[
    str, Any
] = {  # what the provider, or AWS, puts where the program says nothing any more
    "capacityRebalance": False,
    "defaultInstanceWarmup": -1,
    "maxInstanceLifetime": 0,
    "terminationPolicies": ["Default"],
}
NO_MAINTENANCE_POLICY = {"MinHealthyPercentage": -1, "MaxHealthyPercentage": -1}


def create(operation: Operation) -> None:
    autoscaling = operation.client("autoscaling")
    name = operation.name()
    # With hooks in two steps: empty at first, so that no machine starts before its hook is there.
    two_steps = bool(operation.get("initialLifecycleHooks"))
    sizes = _sizes(operation, SIZES)
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        **({"MinSize": 0, "MaxSize": 0} if two_steps else sizes),
        **_settings(operation, {*operation.inputs}),
        **_template(operation),
        Tags=_tags(name, operation.get("tags", [])),
    )
    operation.created(name)
    if two_steps:
        put_hooks(operation)
        autoscaling.update_auto_scaling_group(AutoScalingGroupName=name, **sizes)
    _wait_for_capacity(operation)
    _set_processes(operation, set(), set(operation.get("suspendedProcesses", [])))
    _set_metrics(operation, set(), set(operation.get("enabledMetrics", [])))


def read(operation: Operation) -> dict[str, Any] | None:
    group = _described(operation)
    if group is None:
        return None
    metrics = group.get("EnabledMetrics", [])
    mixed = group.get("MixedInstancesPolicy")
    return {
        "arn": group["AutoScalingGroupARN"],
        "name": group["AutoScalingGroupName"],
        "namePrefix": operation.get("namePrefix"),
        **{name: group.get(member) for name, member in (SETTINGS | SIZES).items()},
        **{name: to_properties(group.get(member)) for name, member in BLOCKS.items()},
        "launchTemplate": to_properties(group.get("LaunchTemplate"), TEMPLATE_NAMES),
        "mixedInstancesPolicy": to_properties(mixed) if mixed else None,
        ZONES: (group.get("VPCZoneIdentifier") or "").split(","),
        "availabilityZones": sorted(set(group["AvailabilityZones"])),
        "targetGroupArns": group.get("TargetGroupARNs", []),
        "enabledMetrics": [metric["Metric"] for metric in metrics],
        "metricsGranularity": metrics[0]["Granularity"] if metrics else "1Minute",
        "suspendedProcesses": [item["ProcessName"] for item in group["SuspendedProcesses"]],
        "tags": [
            {
                "key": tag["Key"],
                "value": tag["Value"],
                "propagateAtLaunch": tag["PropagateAtLaunch"],
            }
            for tag in group.get("Tags", [])
            if not tag["Key"].startswith("aws:")
        ],
        "predictedCapacity": group.get("PredictedCapacity", 0),
        "warmPoolSize": group.get("WarmPoolSize", 0),
    }


def update(operation: Operation) -> None:
    changed = set(operation.changed)
    arguments = {
        **_sizes(operation, changed & set(SIZES)),
        **_settings(operation, changed),
        **(_template(operation) if changed & set(TEMPLATES) else {}),
    }
    if arguments:
        operation.client("autoscaling").update_auto_scaling_group(
            AutoScalingGroupName=operation.id, **arguments
        )
    _update_tags(operation)
    if must_refresh(operation):
        start_refresh(operation, _template(operation))
    if changed & {"minSize", "desiredCapacity"}:
        _wait_for_capacity(operation)
    for name, bring_about in (
        ("enabledMetrics", _set_metrics),
        ("suspendedProcesses", _set_processes),
    ):
        if name in changed:
            bring_about(
                operation,
                set(operation.old.get(name) or ()),
                set(operation.get(name, [])),
            )


def delete(operation: Operation) -> None:
    """Drains the group (size 0, wait for the last machine), unless told to force it; then waits until it is gone."""
    autoscaling = operation.client("autoscaling")
    group = _described(operation)
    if group is None:
        return
    force = bool(operation.get("forceDelete"))
    if not force:
        _drain(operation, group)
    operation.retry(
        ("ResourceInUse", "ScalingActivityInProgress"),
        lambda: autoscaling.delete_auto_scaling_group(
            AutoScalingGroupName=operation.id, ForceDelete=force
        ),
    )
    operation.wait_until(
        f"Auto Scaling Group ({operation.id}) delete", lambda: _described(operation) is None
    )


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rules across properties."""
    failures = []
    if "name" in inputs and "namePrefix" in inputs:
        failures.append(("namePrefix", "conflicts with name"))
    if len(set(TEMPLATES) & set(inputs)) != 1:
        failures.append(("", f"exactly one of {', '.join(TEMPLATES)} must be given"))
    template = inputs.get("launchTemplate")
    if isinstance(template, Mapping) and ("id" in template) == ("name" in template):
        failures.append(("launchTemplate", "needs exactly one of id and name"))
    smallest, largest = inputs.get("minSize"), inputs.get("maxSize")
    if isinstance(smallest, int) and isinstance(largest, int) and smallest > largest:
        failures.append(("minSize", f"is {smallest}, above maxSize, which is {largest}"))
    return failures


def _described(operation: Operation) -> dict[str, Any] | None:
    groups = operation.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[operation.id]
    )["AutoScalingGroups"]
    return groups[0] if groups else None


def _sizes(operation: Operation, names: Iterable[str]) -> dict[str, int]:
    return {
        SIZES[name]: operation.inputs[name] for name in names if operation.get(name) is not None
    }


def _settings(operation: Operation, names: set[str]) -> dict[str, Any]:
    """Arguments for those of `names` that are plain settings."""
    result: dict[str, Any] = {}
    for name in names & set(SETTINGS):
        value = operation.get(name, AFTER_REMOVAL.get(name))
        if value is not None:
            result[SETTINGS[name]] = value
    for name in names & set(BLOCKS):
        if operation.get(name):
            result[BLOCKS[name]] = to_members(operation.inputs[name])
        elif name == "instanceMaintenancePolicy":
            result[BLOCKS[name]] = NO_MAINTENANCE_POLICY
    if ZONES in names:
        result["VPCZoneIdentifier"] = ",".join(operation.inputs[ZONES])
    return result


def _template(operation: Operation) -> dict[str, Any]:
    """The argument LaunchTemplate or MixedInstancesPolicy."""
    if operation.get("launchTemplate"):
        return {"LaunchTemplate": to_members(operation.inputs["launchTemplate"], TEMPLATE_NAMES)}
    return {"MixedInstancesPolicy": to_members(operation.inputs["mixedInstancesPolicy"])}


def _tags(group: str, tags: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"ResourceId": group, "ResourceType": "auto-scaling-group", **to_members(tag)}
        for tag in tags
    ]


def _update_tags(operation: Operation) -> None:
    if "tags" not in operation.changed:
        return
    autoscaling = operation.client("autoscaling")
    old, new = operation.old.get("tags") or [], operation.get("tags", [])
    kept = {tag["key"] for tag in new}
    if removed := [tag for tag in old if tag["key"] not in kept]:
        autoscaling.delete_tags(Tags=_tags(operation.id, removed))
    if written := [tag for tag in new if tag not in old]:
        autoscaling.create_or_update_tags(Tags=_tags(operation.id, written))


def _set_metrics(operation: Operation, before: set[str], after: set[str]) -> None:
    autoscaling = operation.client("autoscaling")
    if before - after:
        autoscaling.disable_metrics_collection(
            AutoScalingGroupName=operation.id, Metrics=sorted(before - after)
        )
    if after - before:
        autoscaling.enable_metrics_collection(
            AutoScalingGroupName=operation.id,
            Granularity=operation.get("metricsGranularity", "1Minute"),
            Metrics=sorted(after - before),
        )


def _set_processes(operation: Operation, before: set[str], after: set[str]) -> None:
    autoscaling = operation.client("autoscaling")
    if before - after:
        autoscaling.resume_processes(
            AutoScalingGroupName=operation.id, ScalingProcesses=sorted(before - after)
        )
    if after - before:
        autoscaling.suspend_processes(
            AutoScalingGroupName=operation.id, ScalingProcesses=sorted(after - before)
        )


def _wait_for_capacity(operation: Operation) -> None:
    """Wait until as many machines are in service as asked for, unless the timeout is 0."""
    if not _seconds(operation.get("waitForCapacityTimeout", "10m")):
        return
    wanted = max(operation.get("desiredCapacity", 0), operation.inputs["minSize"])

    def is_satisfied() -> bool:
        group = _described(operation)
        instances = group["Instances"] if group else []
        in_service = [item for item in instances if item["LifecycleState"] == "InService"]
        return len(in_service) >= wanted

    operation.wait_until(f"at least {wanted} healthy instance(s) in the group", is_satisfied)


def _drain(operation: Operation, group: Mapping[str, Any]) -> None:
    autoscaling = operation.client("autoscaling")
    autoscaling.update_auto_scaling_group(
        AutoScalingGroupName=operation.id, MinSize=0, MaxSize=0, DesiredCapacity=0
    )
    protected = [i["InstanceId"] for i in group["Instances"] if i.get("ProtectedFromScaleIn")]
    if protected:
        autoscaling.set_instance_protection(
            AutoScalingGroupName=operation.id, InstanceIds=protected, ProtectedFromScaleIn=False
        )

    def is_empty() -> bool:
        live = _described(operation)
        return live is None or not live["Instances"]

    operation.wait_until(f"Auto Scaling Group ({operation.id}) drain", is_empty)


def _seconds(duration: str) -> float:
    """Go's durations: `10m`, `1h30m`, `0`."""
    parts = re.findall(r"([0-9.]+)(h|ms|m|s)", duration)
    return sum(
        float(number) * {"h": 3600, "m": 60, "s": 1, "ms": 0.001}[unit] for number, unit in parts
    )


DOCS = "pulumi_aws.autoscaling.Group"
GO = "hashicorp/terraform-provider-aws, internal/service/autoscaling/group.go"
GROUP_METRICS = [
    f"{family}{measure}"
    for family in ("Group", "WarmPool")
    for measure in (
        "MinSize",
        "MaxSize",
        "DesiredCapacity",
        "InServiceInstances",
        "PendingInstances",
        "StandbyInstances",
        "TerminatingInstances",
        "TotalInstances",
        "WarmedCapacity",
        "PendingCapacity",
        "TerminatingCapacity",
        "TotalCapacity",
    )
]

_PROVIDER_ONLY = f"{GO}: used by the provider alone, the group does not know it"

TYPE = ResourceType(
    token="aws:autoscaling/group:Group",
    cloudformation="AWS::AutoScaling::AutoScalingGroup",
    properties={
        "name": Property(
            cloudformation="AutoScalingGroupName",
            because=f"{GO}: ForceNew, StringLenBetween(0, 255)",
            rules={"maxLength": 255, "minLength": 1},
        ),
        "namePrefix": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Creates a unique name beginning with the specified prefix. Conflicts with name.'",
            replaces=True,
            provider_only=True,
        ),
        "minSize": Property(),
        "maxSize": Property(),
        "desiredCapacity": Property(),
        "vpcZoneIdentifiers": Property(
            cloudformation="VPCZoneIdentifier",
            required=True,
            because=f"{GO}: conflicts with availabilityZones, which the sandbox does not serve",
        ),
        "launchTemplate": Property(
            because=f"{GO}: id or name, and a version",
            properties={
                "id": Property(cloudformation="LaunchTemplateId"),
                "name": Property(cloudformation="LaunchTemplateName"),
            },
        ),
        "mixedInstancesPolicy": Property(
            because=GO,
            properties={
                "launchTemplate": Property(
                    properties={"overrides": Property(refused=frozenset({"instanceRequirements"}))}
                )
            },
        ),
        "capacityRebalance": Property(),
        "defaultCooldown": Property(cloudformation="Cooldown"),
        "defaultInstanceWarmup": Property(),
        "healthCheckType": Property(),
        "healthCheckGracePeriod": Property(default=300, because=f"default: {GO}"),
        "instanceMaintenancePolicy": Property(),
        "availabilityZoneDistribution": Property(),
        "maxInstanceLifetime": Property(),
        "protectFromScaleIn": Property(
            cloudformation="NewInstancesProtectedFromScaleIn",
            default=False,
            because=f"default: {GO}",
        ),
        "terminationPolicies": Property(),
        "serviceLinkedRoleArn": Property(cloudformation="ServiceLinkedRoleARN"),
        "suspendedProcesses": Property(
            cloudformation=None, unordered=True, because=f"{GO}: TypeSet; SuspendProcesses"
        ),
        "enabledMetrics": Property(
            cloudformation=None,
            unordered=True,
            because=f"{GO}: TypeSet; CloudFormation has MetricsCollection; DescribeMetricCollectionTypes",
        ),
        "metricsGranularity": Property(
            cloudformation=None,
            default="1Minute",
            because=f"default: {GO}",
            rules={"enum": ["1Minute"]},
        ),
        "initialLifecycleHooks": INITIAL_LIFECYCLE_HOOKS,
        "instanceRefresh": INSTANCE_REFRESH,
        "tags": Property(unordered=True, because=f"{GO}: TypeSet"),
        "forceDelete": Property(
            cloudformation=None, because=_PROVIDER_ONLY, default=False, provider_only=True
        ),
        "ignoreFailedScalingActivities": Property(
            cloudformation=None, because=_PROVIDER_ONLY, default=False, provider_only=True
        ),
        "waitForCapacityTimeout": Property(
            cloudformation=None,
            because=f"{_PROVIDER_ONLY}; a duration of Go",
            default="10m",
            provider_only=True,
            rules={"pattern": "^(0|([0-9.]+(h|m|s|ms))+)$"},
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    auto_name=AutoName(max_length=255),
    timeouts=Timeouts(update_seconds=600, delete_seconds=600),
    sample=lambda: {
        "name": "homeport-demo-llama-8b",
        "minSize": 1,
        "maxSize": 3,
        "desiredCapacity": 1,
        "vpcZoneIdentifiers": ["subnet-0123456789abcdef0"],
        "launchTemplate": {"id": "lt-0123456789abcdef0", "version": "3"},
        "capacityRebalance": False,
        "defaultCooldown": 300,
        "defaultInstanceWarmup": 300,
        "healthCheckType": "ELB",
        "healthCheckGracePeriod": 120,
        "instanceMaintenancePolicy": {"minHealthyPercentage": 100, "maxHealthyPercentage": 200},
        "availabilityZoneDistribution": {"capacityDistributionStrategy": "balanced-best-effort"},
        "maxInstanceLifetime": 86400,
        "protectFromScaleIn": False,
        "terminationPolicies": ["OldestLaunchTemplate", "Default"],
        "serviceLinkedRoleArn": "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/a",
        "suspendedProcesses": ["AZRebalance"],
        "enabledMetrics": ["GroupDesiredCapacity"],
        "metricsGranularity": "1Minute",
        "initialLifecycleHooks": [
            {
                "name": "launch",
                "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
                "defaultResult": "ABANDON",
                "heartbeatTimeout": 600,
            }
        ],
        "instanceRefresh": {
            "strategy": "Rolling",
            "preferences": {
                "minHealthyPercentage": 100,
                "maxHealthyPercentage": 200,
                "skipMatching": True,
                "autoRollback": True,
                "scaleInProtectedInstances": "Refresh",
                "standbyInstances": "Ignore",
            },
            "triggers": ["tag"],
        },
        "tags": [{"key": "team", "value": "search", "propagateAtLaunch": True}],
        "forceDelete": False,
        "ignoreFailedScalingActivities": True,
        "waitForCapacityTimeout": "0",
    },
)
