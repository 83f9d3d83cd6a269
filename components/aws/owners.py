"""Who owns the few fields that Pulumi sets once and then leaves alone.

This table is the only source of `ignore_changes`; a test holds the code to it. Pulumi owns
everything that is not in it, on every endpoint alike, whatever its `replicas.min`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Owner:
    """One property that something else than Pulumi changes after creation."""

    type_token: str
    property_path: str
    """As Pulumi's `ignoreChanges` spells it."""
    owner: str
    reason: str


OWNERS = (
    Owner(
        type_token="aws:autoscaling/group:Group",
        property_path="minSize",
        owner="reconciler",
        reason="0 while asleep; a deployment that reset it would wake or starve the endpoint",
    ),
    Owner(
        type_token="aws:autoscaling/group:Group",
        property_path="desiredCapacity",
        owner="autoscaler and reconciler",
        reason="the live size; a deployment that reset it would kill live replicas",
    ),
    Owner(
        type_token="aws:autoscaling/group:Group",
        property_path="targetGroupArns",
        owner="attachment resources",
        reason="a group joins the new side's target group before it leaves the old one",
    ),
    Owner(
        type_token="aws:lb/listenerRule:ListenerRule",
        property_path="actions",
        owner="reconciler",
        reason="which way traffic points: to the replicas, or to the function that wakes them",
    ),
)


def ignored_properties(type_token: str) -> list[str]:
    """What `ignore_changes` takes for a resource of this type. Raises `KeyError` if nothing."""
    paths = [row.property_path for row in OWNERS if row.type_token == type_token]
    if not paths:
        raise KeyError(type_token)
    return paths
