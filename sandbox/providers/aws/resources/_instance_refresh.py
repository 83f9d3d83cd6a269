"""A group's rolling replacement of its machines after a change of what they are started from."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from sandbox.providers.aws.declaration import Property
from sandbox.providers.aws.operation import Operation, error_code
from sandbox.providers.aws.resources._member_names import to_members

GO = "hashicorp/terraform-provider-aws, internal/service/autoscaling/group.go"
IN_PROGRESS = "InstanceRefreshInProgress"
ENDED = ("Successful", "Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful")
ALWAYS = frozenset({"launchTemplate", "mixedInstancesPolicy"})
"""Changes of these always start a refresh; `triggers` names more, with Terraform's names (`tag`)."""


def must_refresh(operation: Operation) -> bool:
    """Whether the update of the group starts a refresh."""
    refresh = operation.get("instanceRefresh")
    if not refresh:
        return False
    triggers = {"tags" if name == "tag" else name for name in refresh.get("triggers", [])}
    return bool(operation.changed & (ALWAYS | triggers))


def start_refresh(operation: Operation, desired: Mapping[str, Any]) -> None:
    """Start it; one that runs is cancelled first. `desired` is the new template or policy, needed for a roll-back."""
    refresh = operation.inputs["instanceRefresh"]
    preferences = _preferences(refresh.get("preferences") or {})
    arguments: dict[str, Any] = {
        "AutoScalingGroupName": operation.id,
        "Strategy": refresh["strategy"],
        "Preferences": preferences,
    }
    if preferences.get("AutoRollback"):
        arguments["DesiredConfiguration"] = dict(desired)
    autoscaling = operation.client("autoscaling")

    def start() -> None:
        try:
            autoscaling.start_instance_refresh(**arguments)
        except ClientError as error:
            if error_code(error) == IN_PROGRESS:
                _cancel(operation)
            raise

    operation.retry((IN_PROGRESS,), start)


def _cancel(operation: Operation) -> None:
    autoscaling = operation.client("autoscaling")
    autoscaling.cancel_instance_refresh(AutoScalingGroupName=operation.id)

    def has_ended() -> bool:
        refreshes = autoscaling.describe_instance_refreshes(AutoScalingGroupName=operation.id)
        return all(item["Status"] in ENDED for item in refreshes["InstanceRefreshes"])

    operation.wait_until("the running instance refresh to be cancelled", has_ended)


def _preferences(given: Mapping[str, Any]) -> dict[str, Any]:
    """As `expandRefreshPreferences` sends them: with the provider's defaults, numbers out of texts."""
    filled = {
        "minHealthyPercentage": 90,
        "maxHealthyPercentage": 100,
        "scaleInProtectedInstances": "Ignore",
        "standbyInstances": "Ignore",
        "skipMatching": False,
        "autoRollback": False,
        **given,
    }
    for name in ("instanceWarmup", "checkpointDelay"):
        if filled.get(name) is not None:
            filled[name] = int(filled[name])
    return to_members(filled)


def _percent(minimum: int, maximum: int) -> Property:
    return Property(
        because=f"{GO}: IntBetween({minimum}, {maximum})",
        rules={"minimum": minimum, "maximum": maximum},
    )


_OTHERS = Property(
    because=f"{GO}: ScaleInProtectedInstances", rules={"enum": ["Refresh", "Ignore", "Wait"]}
)

INSTANCE_REFRESH = Property(
    cloudformation=None,
    because=f"{GO}: how an update starts StartInstanceRefresh; the group itself does not know it",
    provider_only=True,
    properties={
        "strategy": Property(
            because=f"{GO}; the sandbox serves this one", rules={"enum": ["Rolling"]}
        ),
        "preferences": Property(
            properties={
                "minHealthyPercentage": _percent(0, 100),
                "maxHealthyPercentage": _percent(100, 200),
                "scaleInProtectedInstances": _OTHERS,
                "standbyInstances": Property(
                    because=f"{GO}: StandbyInstances",
                    rules={"enum": ["Terminate", "Ignore", "Wait"]},
                ),
            },
            refused=frozenset({"alarmSpecification"}),
        ),
        "triggers": Property(unordered=True, because=f"{GO}: TypeSet"),
    },
)
