"""A group's initial lifecycle hooks: made with the group, before its first machine, and never touched again."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property
from sandbox.providers.aws.operation import Operation, Refused

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


def refuse_changed_hooks(operation: Operation) -> None:
    """The real provider reports such a change as done and does nothing; the stand-in says so instead."""
    if "initialLifecycleHooks" in operation.changed:
        raise Refused(
            "initialLifecycleHooks are read only when the group is made: the real provider would report this change "
            "as done, and the live hooks would stay as they are; keep them, or replace the group"
        )


def _arguments(hook: Mapping[str, Any]) -> dict[str, Any]:
    return {member: hook[name] for name, member in MEMBERS.items() if hook.get(name) is not None}


INITIAL_LIFECYCLE_HOOKS = Property(
    cloudformation="LifecycleHookSpecificationList",
    because=f"{GO}: expandPutLifecycleHookInputs is called in Create alone, and Read does not set the property",
    provider_only=True,
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
