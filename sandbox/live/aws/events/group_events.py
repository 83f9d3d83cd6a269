"""What Auto Scaling tells EventBridge of a group's machines.

Auto Scaling user guide, "Amazon EC2 Auto Scaling event reference" (read 2026-11).
"""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.core.utils import utcnow

LAUNCHED = "EC2 Instance Launch Successful"
NOT_LAUNCHED = "EC2 Instance Launch Unsuccessful"
TERMINATED = "EC2 Instance Terminate Successful"
TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def group_event(
    kind: str, group: Any, activity: Mapping[str, Any], instance_id: str
) -> dict[str, Any]:
    """What a rule sees of it, but what every event has. `instance_id` is empty where EC2 had no machine."""
    leaving = kind == TERMINATED
    places = ["AutoScalingGroup", "EC2"] if leaving else ["EC2", "AutoScalingGroup"]
    resources = [group.arn]
    if instance_id:
        region, account = group.arn.split(":")[3:5]
        resources.append(f"arn:aws:ec2:{region}:{account}:instance/{instance_id}")
    return {
        "detail-type": kind,
        "source": "aws.autoscaling",
        "resources": resources,
        "detail": {
            "StatusCode": "Failed" if kind == NOT_LAUNCHED else "InProgress",
            "Description": activity["Description"],
            "AutoScalingGroupName": group.name,
            "ActivityId": activity["ActivityId"],
            "Details": json.loads(activity["Details"]),
            "RequestId": str(uuid.uuid4()),
            "StatusMessage": activity.get("StatusMessage", ""),
            "EndTime": _text(activity.get("EndTime") or utcnow()),
            "EC2InstanceId": instance_id,
            "StartTime": _text(activity["StartTime"]),
            "Cause": activity["Cause"],
            "Origin": places[0],
            "Destination": places[1],
        },
    }


def _text(time: datetime) -> str:
    return time.strftime(TIME_FORMAT)
