"""A group's initial lifecycle hooks: made with the group, before its first machine, and with it only."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property
from sandbox.providers.aws.operation import Operation

GO = "hashicorp/terraform-provider-aws, internal/service/autoscaling/group.go"
MEMBERS = {
    "name": "LifecycleHookName",
    "lifecycleTransition": "LifecycleTransition",
    "defaultResult": "DefaultResult",
    "heartbeatTimeout": "HeartbeatTimeout",
    "notificationMetadata": "NotificationMetadata",
    "notificationTargetArn": "NotificationTargetARN",
    "roleArn": "RoleARN",
}


def put_hooks(operation: Operation) -> None:
    """PutLifecycleHook for each; the group has size 0 until then."""
    for hook in operation.get("initialLifecycleHooks", []):
        operation.client("autoscaling").put_lifecycle_hook(
            AutoScalingGroupName=operation.id, **_arguments(hook)
        )


def _arguments(hook: Mapping[str, Any]) -> dict[str, Any]:
    return {member: hook[name] for name, member in MEMBERS.items() if hook.get(name) is not None}


INITIAL_LIFECYCLE_HOOKS = Property(
    cloudformation="LifecycleHookSpecificationList",
    because=f"{GO}: ForceNew since pull request 34260 (2023-11); Read does not set the property",
    provider_only=True,
    replaces=True,
    unordered=True,
    properties={
        "name": Property(cloudformation="LifecycleHookName"),
        "lifecycleTransition": Property(
            because=f"{GO}: enum.Validate[lifecycleHookLifecycleTransition]",
            rules={
                "enum": [
                    "autoscaling:EC2_INSTANCE_LAUNCHING",
                    "autoscaling:EC2_INSTANCE_TERMINATING",
                ]
            },
        ),
        "defaultResult": Property(
            because=f"{GO}: enum.Validate[lifecycleHookDefaultResult]",
            rules={"enum": ["ABANDON", "CONTINUE"]},
        ),
        "heartbeatTimeout": Property(
            because=f"{GO}: IntBetween(30, 7200)", rules={"minimum": 30, "maximum": 7200}
        ),
    },
)
