"""Actions of a listener and of its rules: forward, fixed response, redirect."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property
from sandbox.providers.aws.resources._elbv2 import SOURCE
from sandbox.providers.aws.resources._member_names import to_members, to_properties
from sandbox.providers.aws.values import UNKNOWN

FORWARD, FIXED_RESPONSE, REDIRECT = "forward", "fixed-response", "redirect"
BLOCKS = {FIXED_RESPONSE: "fixedResponse", REDIRECT: "redirect"}
GROUP_NAMES = {"arn": "TargetGroupArn"}
STICKINESS_NAMES = {"duration": "DurationSeconds"}


def to_actions(actions: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Pulumi's list as the API's; an action without order gets its place in the list, as the provider does it."""
    return [_to_action(action, place) for place, action in enumerate(actions, start=1)]


def from_actions(actions: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The API's list as Pulumi's, in its order."""
    ordered = sorted(actions, key=lambda action: action.get("Order", 1))
    return [_from_action(action, place) for place, action in enumerate(ordered, start=1)]


def broken_actions(actions: Any, path: str) -> list[tuple[str, str]]:
    """Each action has the block that its type asks for (`validateListenerActionsCustomDiff`)."""
    if not isinstance(actions, list):
        return []
    failures = []
    for index, action in enumerate(actions):
        kind = action.get("type") if isinstance(action, Mapping) else UNKNOWN
        if kind is UNKNOWN:
            continue
        given = {name for name in ("targetGroupArn", "forward") if name in action}
        if kind == FORWARD and len(given) != 1:
            failures.append(
                (f"{path}[{index}]", "type forward needs exactly one of targetGroupArn and forward")
            )
        if kind in BLOCKS and BLOCKS[kind] not in action:
            failures.append((f"{path}[{index}]", f"type {kind} needs the block {BLOCKS[kind]}"))
    return failures


def action_properties(because: str) -> Property:
    """The declaration of `actions` and `defaultActions`."""
    return Property(
        because=because,
        properties={
            "type": Property(
                because=f"{SOURCE}listener_rule.go; those that the sandbox serves",
                rules={"enum": [FORWARD, FIXED_RESPONSE, REDIRECT]},
            ),
            "order": Property(
                because=f"{SOURCE}listener_rule.go: IntBetween(1, 50000)",
                rules={"minimum": 1, "maximum": 50000},
            ),
            "fixedResponse": Property(
                cloudformation="FixedResponseConfig",
                properties={
                    "contentType": Property(
                        because=f"{SOURCE}listener_rule.go, content_type: StringInSlice",
                        rules={"enum": CONTENT_TYPES},
                    ),
                    "messageBody": Property(
                        because=f"{SOURCE}listener_rule.go: StringLenBetween(0, 1024)",
                        rules={"maxLength": 1024},
                    ),
                    "statusCode": Property(
                        because=f"{SOURCE}listener_rule.go: must be 2XX, 4XX or 5XX",
                        rules={"pattern": "^[245][0-9][0-9]$"},
                    ),
                },
            ),
            "redirect": Property(cloudformation="RedirectConfig"),
            "forward": Property(
                cloudformation="ForwardConfig",
                properties={
                    "targetGroups": Property(
                        unordered=True,
                        because=f"{SOURCE}listener_rule.go: TypeSet, 1 to 5 items",
                        rules={"minItems": 1, "maxItems": 5},
                        properties={
                            "weight": Property(
                                because=f"{SOURCE}listener_rule.go: IntBetween(0, 999)",
                                rules={"minimum": 0, "maximum": 999},
                            )
                        },
                    ),
                    "stickiness": Property(cloudformation="TargetGroupStickinessConfig"),
                },
            ),
        },
        refused=frozenset({"authenticateCognito", "authenticateOidc", "jwtValidation"}),
    )


def _to_action(action: Mapping[str, Any], place: int) -> dict[str, Any]:
    result: dict[str, Any] = {"Type": action["type"], "Order": action.get("order") or place}
    if action["type"] == FORWARD and action.get("targetGroupArn"):
        result["TargetGroupArn"] = action["targetGroupArn"]
    elif action["type"] == FORWARD:
        result["ForwardConfig"] = _to_forward(action["forward"])
    elif action["type"] == FIXED_RESPONSE:
        result["FixedResponseConfig"] = to_members(action["fixedResponse"])
    else:
        result["RedirectConfig"] = to_members(action["redirect"])
    return result


def _to_forward(forward: Mapping[str, Any]) -> dict[str, Any]:
    groups = [{"weight": 1, **group} for group in forward["targetGroups"]]
    result: dict[str, Any] = {"TargetGroups": to_members(groups, GROUP_NAMES)}
    if forward.get("stickiness"):
        result["TargetGroupStickinessConfig"] = to_members(forward["stickiness"], STICKINESS_NAMES)
    return result


def _from_action(action: Mapping[str, Any], place: int) -> dict[str, Any]:
    result: dict[str, Any] = {"type": action["Type"], "order": action.get("Order", place)}
    if action.get("TargetGroupArn"):
        result["targetGroupArn"] = action["TargetGroupArn"]
    elif "ForwardConfig" in action:
        config = action["ForwardConfig"]
        result["forward"] = {"targetGroups": to_properties(config["TargetGroups"], GROUP_NAMES)}
        stickiness = config.get("TargetGroupStickinessConfig", {})
        if stickiness.get("Enabled"):
            result["forward"]["stickiness"] = to_properties(stickiness, STICKINESS_NAMES)
    if "FixedResponseConfig" in action:
        result["fixedResponse"] = to_properties(action["FixedResponseConfig"])
    if "RedirectConfig" in action:
        result["redirect"] = to_properties(action["RedirectConfig"])
    return result


CONTENT_TYPES = [
    "text/plain",
    "text/css",
    "text/html",
    "application/javascript",
    "application/json",
]
