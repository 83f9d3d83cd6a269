"""Bucket policies: statements under a condition are not judged, because moto ignores conditions.

Without this a policy that denies everything *that does not come over TLS* denies everything. Nothing is permitted by
it: who may do what is not the emulator's business (docs/sandbox.md).
"""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket


def get_permission(bucket: FakeBucket, action: str, resource: str) -> Any:
    """What the statements without a condition say."""
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy)
    policy["Statement"] = [one for one in policy["Statement"] if "Condition" not in one]
    if not policy["Statement"]:
        return PermissionResult.NEUTRAL
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


FakeBucket.get_permission = get_permission  # type: ignore[method-assign]
