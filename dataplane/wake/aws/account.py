"""What the reconciler asks of Auto Scaling and Elastic Load Balancing, and the calls that it makes there.

Every call is tried once and ends within `CONNECT_SECONDS` + `READ_SECONDS`: a call that came late could hit a state
that it was not meant for (`dataplane.wake.decide.FENCE_SECONDS`), and the next run makes it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import boto3
from botocore.config import Config as ClientConfig
from botocore.exceptions import BotoCoreError, ClientError

from ..gate_cloud import CloudError
from ..model import GATE, REPLICAS, Buy, Refresh, Resize, Turn
from ..observe import Activity

CONNECT_SECONDS, READ_SECONDS = 2, 5
STACK_TAG, ENDPOINT_TAG = "homeport:stack", "homeport:endpoint"
NAMES_AT_ONCE = 50
"""Groups and rules of one question."""
ACTIVITIES = 20
_LAUNCH = "Launching a new EC2 instance"
"""How the description of each activity begins that starts a machine (Auto Scaling guide, read 2026-11)."""
_NOT_NOW = frozenset({"InstanceRefreshInProgress", "ScalingActivityInProgress"})
"""What is asked for is under way."""


def client(service: str) -> Any:
    """One for the whole process; calls may come from several threads."""
    once = ClientConfig(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1},
    )
    sdk: Any = boto3
    return sdk.client(service, config=once)


class Account:
    """One region of one account, as far as a stack goes. Each call raises `CloudError`."""

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self._scaling, self._balancing = client("autoscaling"), client("elbv2")

    def groups(self) -> dict[str, Mapping[str, Any]]:
        """Endpoint -> its group, of the whole stack."""
        return self._groups(Filters=[{"Name": f"tag:{STACK_TAG}", "Values": [self._stack]}])

    def groups_named(self, names: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """Endpoint -> its group, of these groups."""
        found: dict[str, Mapping[str, Any]] = {}
        for some in _some(names):
            found |= self._groups(AutoScalingGroupNames=list(some))
        return found

    def rule_actions(self, arns: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
        """Rule -> its actions. One that is gone hides no other."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for some in _some(arns):
            try:
                found |= self._rules(some)
            except CloudError:
                for arn in some:
                    try:
                        found |= self._rules([arn])
                    except CloudError:
                        continue
        return found

    def healthy(self, target_group: str) -> int:
        """Targets that get requests."""
        answer = self._ask(self._balancing, "describe_target_health", TargetGroupArn=target_group)
        states = [one["TargetHealth"]["State"] for one in answer["TargetHealthDescriptions"]]
        return states.count("healthy")

    def starts(self, group: str, scale: float) -> list[Activity]:
        """The group's newest activities that started a machine or tried to, newest first."""
        answer = self._ask(
            self._scaling, "describe_scaling_activities", AutoScalingGroupName=group, MaxRecords=ACTIVITIES
        )  # fmt: skip
        return [
            Activity(one["StartTime"].timestamp() * scale, one["StatusCode"], one.get("StatusMessage", ""))
            for one in answer["Activities"]
            if one.get("Description", "").startswith(_LAUNCH)
        ]  # fmt: skip

    def refresh(self, group: str) -> str:
        """Status of the newest instance refresh; empty where there was none."""
        answer = self._ask(
            self._scaling, "describe_instance_refreshes", AutoScalingGroupName=group, MaxRecords=1
        )
        return next((one["Status"] for one in answer["InstanceRefreshes"]), "")

    def turn(self, rule: str, action: Turn, replicas: str, gate: str) -> None:
        """Send everything one way; both groups stay in the rule, so that both stay checked."""
        weights = {replicas: int(action.route == REPLICAS), gate: int(action.route == GATE)}
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
        forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
        self._ask(self._balancing, "modify_rule", RuleArn=rule, Actions=[forward])

    def act(self, group: str, action: Resize | Refresh | Buy) -> None:
        """A change of the group; one that is under way already is none."""
        if isinstance(action, Resize):
            sizes = {"MinSize": action.minimum, "DesiredCapacity": action.desired}
            self._ask(
                self._scaling, "update_auto_scaling_group", AutoScalingGroupName=group, **sizes
            )
        elif isinstance(action, Buy):
            share = {"OnDemandPercentageAboveBaseCapacity": 100 if action.on_demand else 0}
            self._ask(
                self._scaling, "update_auto_scaling_group", AutoScalingGroupName=group,
                MixedInstancesPolicy={"InstancesDistribution": share},
            )  # fmt: skip
        else:
            preferences = {
                "MinHealthyPercentage": 100, "MaxHealthyPercentage": 200, "SkipMatching": True,
                "AutoRollback": True, "ScaleInProtectedInstances": "Refresh",
            }  # fmt: skip
            self._ask(
                self._scaling, "start_instance_refresh", AutoScalingGroupName=group, Preferences=preferences
            )  # fmt: skip

    def _groups(self, **which: Any) -> dict[str, Mapping[str, Any]]:
        pages = self._pages(self._scaling, "describe_auto_scaling_groups", **which)
        groups = [group for page in pages for group in page["AutoScalingGroups"]]
        return {name: group for group in groups if (name := _endpoint(group))}

    def _rules(self, arns: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
        answer = self._ask(self._balancing, "describe_rules", RuleArns=list(arns))
        return {rule["RuleArn"]: rule["Actions"] for rule in answer["Rules"]}

    def _ask(self, service: Any, call: str, **arguments: Any) -> Any:
        try:
            return getattr(service, call)(**arguments)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _NOT_NOW:
                return {}
            raise CloudError(f"{call}: {code}") from None
        except BotoCoreError as error:
            raise CloudError(f"{call}: {type(error).__name__}") from None

    def _pages(self, service: Any, call: str, **arguments: Any) -> Iterator[Any]:
        try:
            yield from service.get_paginator(call).paginate(**arguments)
        except (ClientError, BotoCoreError) as error:
            raise CloudError(f"{call}: {type(error).__name__}") from None


def _endpoint(group: Mapping[str, Any]) -> str:
    return next((tag["Value"] for tag in group.get("Tags", []) if tag["Key"] == ENDPOINT_TAG), "")


def _some(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), NAMES_AT_ONCE):
        yield names[start : start + NAMES_AT_ONCE]
