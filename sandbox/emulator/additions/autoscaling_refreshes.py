"""Instance refreshes: start, describe, cancel. Instances are replaced at once when the refresh is first looked at.

Auto Scaling API reference, StartInstanceRefresh and DescribeInstanceRefreshes (read 2026-11).
"""

import uuid
from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from sandbox.emulator.additions import operation
from sandbox.emulator.additions.autoscaling_groups import group_of, version_number

RUNNING = ("Pending", "InProgress", "Cancelling")
MOVING_VERSIONS = ("$Latest", "$Default")


@operation(AutoScalingResponse, "StartInstanceRefresh")
def start_instance_refresh(response: Any) -> ActionResult:
    group = group_of(response)
    if any(item["Status"] in RUNNING for item in refreshes_of(group)):
        raise AutoscalingClientError(
            "InstanceRefreshInProgress",
            "An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.",
        )
    preferences = response._get_param("Preferences") or {}
    desired = response._get_param("DesiredConfiguration") or {}
    if preferences.get("AutoRollback"):
        _refuse_without_way_back(group, desired)
    refresh = {
        "InstanceRefreshId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "Status": "Pending",
        "StartTime": utcnow(),
        "PercentageComplete": 0,
        "InstancesToUpdate": len(_to_replace(group, preferences)),
        "Preferences": preferences,
        "DesiredConfiguration": desired,
    }
    refreshes_of(group).insert(0, refresh)
    return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})


@operation(AutoScalingResponse, "DescribeInstanceRefreshes")
def describe_instance_refreshes(response: Any) -> ActionResult:
    group = group_of(response)
    for refresh in refreshes_of(group):
        if refresh["Status"] in RUNNING:
            _finish(group, refresh)
    wanted = response._get_param("InstanceRefreshIds") or []
    found = [
        item for item in refreshes_of(group) if not wanted or item["InstanceRefreshId"] in wanted
    ]
    return ActionResult({"InstanceRefreshes": found})


@operation(AutoScalingResponse, "CancelInstanceRefresh")
def cancel_instance_refresh(response: Any) -> ActionResult:
    group = group_of(response)
    for refresh in refreshes_of(group):
        if refresh["Status"] in RUNNING:
            refresh |= {"Status": "Cancelled", "EndTime": utcnow()}
            return ActionResult({"InstanceRefreshId": refresh["InstanceRefreshId"]})
    raise AutoscalingClientError(
        "ActiveInstanceRefreshNotFound",
        f"No in progress or pending Instance Refresh found for Auto Scaling group {group.name}",
    )


def refreshes_of(group: Any) -> list[dict[str, Any]]:
    """The group's refreshes, newest first; they go with the group."""
    if not hasattr(group, "instance_refreshes"):
        group.instance_refreshes = []
    return group.instance_refreshes


def _refuse_without_way_back(group: Any, desired: dict[str, Any]) -> None:
    """A roll-back needs a desired configuration, and numbered versions on both sides."""
    if not desired:
        raise ValidationError(
            "The AutoRollback parameter cannot be set to true when the DesiredConfiguration parameter is empty."
        )
    mixed = desired.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
    template = desired.get("LaunchTemplate") or mixed.get("LaunchTemplateSpecification", {})
    versions = (template.get("Version"), group.launch_template_version)
    if any(version in (None, *MOVING_VERSIONS) for version in versions):
        raise ValidationError(
            "The AutoRollback parameter cannot be set to true when the launch template version is $Latest or $Default."
        )


def _to_replace(group: Any, preferences: dict[str, Any]) -> list[Any]:
    if not preferences.get("SkipMatching"):
        return list(group.instance_states)
    return [state for state in group.instance_states if state.version != version_number(group)]


def _finish(group: Any, refresh: dict[str, Any]) -> None:
    replaced = _to_replace(group, refresh["Preferences"])
    if replaced:
        group.instance_states = [s for s in group.instance_states if s not in replaced]
        group.ec2_backend.terminate_instances([state.instance.id for state in replaced])
        group.set_desired_capacity(group.desired_capacity)
    refresh |= {
        "Status": "Successful",
        "EndTime": utcnow(),
        "PercentageComplete": 100,
        "InstancesToUpdate": 0,
    }
