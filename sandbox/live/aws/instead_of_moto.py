"""What moto answers at once, and a live account in its own time: put into moto's classes when the tier starts.

Auto Scaling API reference, CompleteLifecycleAction, RecordLifecycleActionHeartbeat,
TerminateInstanceInAutoScalingGroup; ELB API reference, DescribeTargetHealth (read 2026-11).
"""

from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup
from moto.autoscaling.responses import AutoScalingResponse
from moto.cloudwatch.models import CloudWatchBackend
from moto.core.responses import ActionResult, EmptyResult
from moto.elbv2.models import ELBv2Backend, FakeHealthStatus

from sandbox.emulator.additions import after, operation
from sandbox.emulator.additions.autoscaling_groups import group_of
from sandbox.emulator.additions.autoscaling_refreshes import refreshes_of
from sandbox.live.aws.account import LiveAccount
from sandbox.live.aws.activities import activities_of
from sandbox.live.aws.functions_instead_of_moto import put_functions_in_place
from sandbox.live.aws.instances import ABANDON, CONTINUE, LiveInstance
from sandbox.live.aws.targets import REASONS

NOT_CHECKED = ("Target.HealthCheckDisabled", "Health checks are disabled for this target")
NO_ACTION = "No active Lifecycle Action found with instance ID {}"


def put_in_place(account: LiveAccount) -> None:
    """From now on groups, hooks, refreshes and target health are the account's."""
    _groups(account)
    _hooks(account)
    _refreshes()
    _target_health(account)
    _metrics(account)
    put_functions_in_place(account.functions, account.turns, account.clock.now)


def _groups(account: LiveAccount) -> None:
    def set_desired_capacity(group: Any, new_capacity: int | None) -> None:
        group.desired_capacity = group.min_size if new_capacity is None else new_capacity

    def nothing(*_: Any) -> None:
        """The account's loop does it."""

    def detach_target_groups(backend: Any, group_name: str, target_group_arns: list[str]) -> None:
        group = backend.autoscaling_groups[group_name]
        left = [arn for arn in group.target_group_arns if arn not in target_group_arns]
        group.target_group_arns = left

    FakeAutoScalingGroup.set_desired_capacity = set_desired_capacity  # type: ignore[method-assign]
    AutoScalingBackend.update_attached_target_groups = nothing  # type: ignore[method-assign]
    AutoScalingBackend.detach_load_balancer_target_groups = detach_target_groups  # type: ignore[method-assign]
    AutoScalingBackend.notify_terminate_instances = nothing  # type: ignore[method-assign,assignment]

    @operation(AutoScalingResponse, "TerminateInstanceInAutoScalingGroup")
    def terminate_instance_in_auto_scaling_group(response: Any) -> Any:
        instance_id = response._get_param("InstanceId")
        found = account.find(instance_id)
        if found is None:
            raise ValidationError(
                f"Instance Id not found - No managed instance found for instance ID: {instance_id}"
            )
        keeper, instance = found
        if response._get_bool_param("ShouldDecrementDesiredCapacity"):
            keeper.group.desired_capacity -= 1
        keeper.remove(instance, "a user asked for it", account.clock.now())
        return ActionResult({"Activity": instance.activity})

    @operation(AutoScalingResponse, "DescribeScalingActivities")
    def describe_scaling_activities(response: Any) -> Any:
        name = response._get_param("AutoScalingGroupName")
        found = activities_of(response.autoscaling_backend)
        shown = [one for one in found if name in (None, one["AutoScalingGroupName"])]
        return ActionResult({"Activities": shown[: response._get_int_param("MaxRecords") or 100]})


def _hooks(account: LiveAccount) -> None:
    @operation(AutoScalingResponse, "CompleteLifecycleAction")
    def complete_lifecycle_action(response: Any) -> Any:
        instance = _waiting(account, response)
        result = response._get_param("LifecycleActionResult")
        if result not in (CONTINUE, ABANDON):
            raise ValidationError(f"Invalid lifecycle action result: {result}")
        assert instance.wait is not None
        instance.wait.result = result
        return EmptyResult()

    @operation(AutoScalingResponse, "RecordLifecycleActionHeartbeat")
    def record_lifecycle_action_heartbeat(response: Any) -> Any:
        instance = _waiting(account, response)
        assert instance.wait is not None
        timeout = float(instance.wait.hook.heartbeat_timeout)
        instance.wait.expires = account.clock.now() + timeout
        return EmptyResult()


def _waiting(account: LiveAccount, response: Any) -> LiveInstance:
    """The instance whose action of this hook nobody has completed, or AWS's error."""
    group_of(response)
    instance_id, hook = response._get_param("InstanceId"), response._get_param("LifecycleHookName")
    found = account.find(instance_id)
    instance = found[1] if found else None
    if instance is None or instance.wait is None or instance.wait.hook.name != hook:
        raise ValidationError(NO_ACTION.format(instance_id))
    if instance.wait.result is not None:
        raise ValidationError(NO_ACTION.format(instance_id))
    return instance


def _refreshes() -> None:
    @after(AutoScalingResponse, "StartInstanceRefresh")
    def keep_versions(response: Any, result: Any) -> Any:
        group = group_of(response)
        refresh = refreshes_of(group)[0]
        desired = refresh["DesiredConfiguration"]
        mixed = desired.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
        template = desired.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification", {})
        # The group has the new version already where an update came first, as the provider does it: such a
        # refresh knows no way back but to the same version.
        had = str(group.launch_template_version)
        refresh |= {"live_from": had, "live_to": str(template.get("Version") or had)}
        return result

    @operation(AutoScalingResponse, "DescribeInstanceRefreshes")
    def describe_instance_refreshes(response: Any) -> Any:
        wanted = response._get_param("InstanceRefreshIds") or []
        found = refreshes_of(group_of(response))
        shown = [one for one in found if not wanted or one["InstanceRefreshId"] in wanted]
        return ActionResult({"InstanceRefreshes": [_without_own(one) for one in shown]})


def _without_own(refresh: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in refresh.items() if not name.startswith("live_")}


def _target_health(account: LiveAccount) -> None:
    of_moto = ELBv2Backend.describe_target_health

    def describe_target_health(backend: Any, target_group_arn: str, targets: Any) -> Any:
        group = backend.target_groups.get(target_group_arn)
        if group is not None and group.target_type == "lambda" and not group.health_check_enabled:
            return [
                FakeHealthStatus(arn, None, None, "unavailable", *NOT_CHECKED)
                for arn in group.targets
            ]
        if group is None or group.target_type != "instance":
            return of_moto(backend, target_group_arn, targets)
        return [
            FakeHealthStatus(
                target.instance.id,
                group.port,
                str(group.port),
                target.state,
                *REASONS.get(target.state, (None, None)),
            )
            for target in account.targets.of_group(target_group_arn)
        ]

    ELBv2Backend.describe_target_health = describe_target_health  # type: ignore[method-assign]


def _metrics(account: LiveAccount) -> None:
    of_moto = CloudWatchBackend.put_metric_data

    def put_metric_data(backend: Any, namespace: str, metric_data: list[dict[str, Any]]) -> None:
        of_moto(backend, namespace, metric_data)
        for datum in metric_data:
            dimensions = {one["Name"]: one["Value"] for one in datum.get("Dimensions") or ()}
            for value, count in _samples(datum):
                account.publish(namespace, datum["MetricName"], dimensions, value, count)

    CloudWatchBackend.put_metric_data = put_metric_data  # type: ignore[method-assign]


def _samples(datum: dict[str, Any]) -> list[tuple[float, float]]:
    """Values with how often each was seen, as PutMetricData takes them."""
    if not datum.get("Values"):
        return [(float(datum.get("Value", 0)), 1.0)]
    values = [float(value) for value in datum["Values"]]
    counts = [float(count) for count in datum.get("Counts") or [1.0] * len(values)]
    return list(zip(values, counts, strict=True))
