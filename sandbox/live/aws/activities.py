"""Scaling activities, newest first, as DescribeScalingActivities shows them; they stay when their group is gone."""

import uuid
from typing import Any

from moto.core.utils import utcnow

KEPT_MAX = 500


def activities_of(backend: Any) -> list[dict[str, Any]]:
    """All of a region."""
    if not hasattr(backend, "live_activities"):
        backend.live_activities = []
    return backend.live_activities


def begin_activity(group: Any, description: str, cause: str) -> dict[str, Any]:
    """One that is under way."""
    now = utcnow()
    activity = {
        "ActivityId": str(uuid.uuid4()),
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "Description": description,
        "Cause": f"At {now:%Y-%m-%dT%H:%M:%SZ} {cause}.",
        "StartTime": now,
        "StatusCode": "InProgress",
        "Progress": 50,
        "Details": "{}",
    }
    activities = activities_of(group.autoscaling_backend)
    activities.insert(0, activity)
    del activities[KEPT_MAX:]
    return activity


def end_activity(activity: dict[str, Any], status: str, message: str | None = None) -> None:
    """It is over; an ended one stays as it is."""
    if not activity or "EndTime" in activity:
        return
    activity |= {"StatusCode": status, "Progress": 100, "EndTime": utcnow()}
    if message is not None:
        activity["StatusMessage"] = message
