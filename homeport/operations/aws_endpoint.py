"""AWS's answers about one endpoint's machines, as plain data. `session` is boto3's; its errors pass through."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from homeport.operations.aws_wake import (
    Item,
    last_wakes,
    not_deployed,
    read_configuration,
    read_items,
    read_state,
    read_times,
)
from homeport.operations.endpoint_status import (
    EndpointKey,
    EndpointStatus,
    Event,
    LogLine,
    MachineStatus,
    ReplicaReport,
    Rollout,
)

_IN_SERVICE = "InService"
_ROLLOUT_FAILED = frozenset({"Failed", "Cancelled", "RollbackFailed", "RollbackSuccessful"})
_ROLLOUT_RUNNING = frozenset(
    {"Pending", "InProgress", "Cancelling", "RollbackInProgress", "Baking"}
)
"""Statuses of an instance refresh (Auto Scaling API reference, InstanceRefresh, read 2026-11)."""


def endpoint_status(session: Any, key: EndpointKey) -> EndpointStatus:
    """One look. Raises `HomeportError` for an endpoint that was not deployed."""
    client = session.client("autoscaling")
    group = _group(client, key)
    refreshes = client.describe_instance_refreshes(
        AutoScalingGroupName=key.names.group, MaxRecords=1
    )
    health = _target_health(session, group.get("TargetGroupARNs", []))
    reports = _reports(session, key)
    configuration = read_configuration(session, key)
    (state,) = read_items(session, key, "state")
    # Not the group's own word: one that rolled back names an older template.
    wanted = (
        configuration["wanted_template_id"]["S"],
        configuration["wanted_template_version"]["S"],
    )
    machines = [
        _machine(instance, wanted, health, reports.get(instance["InstanceId"]))
        for instance in group["Instances"]
    ]
    newest = [_rollout(one) for one in refreshes["InstanceRefreshes"][:1]]
    return EndpointStatus(
        endpoint=key.endpoint,
        wanted=group["DesiredCapacity"],
        minimum=group["MinSize"],
        maximum=group["MaxSize"],
        machines=machines,
        rollout=newest[0] if newest else None,
        template=":".join(wanted),
        wake_state=read_state(state),
        wakes=last_wakes(session, key),
    )


def _group(client: Any, key: EndpointKey) -> dict[str, Any]:
    found = client.describe_auto_scaling_groups(AutoScalingGroupNames=[key.names.group])
    if not found["AutoScalingGroups"]:
        raise not_deployed(key, f"no Auto Scaling group {key.names.group}")
    return found["AutoScalingGroups"][0]


def _template(instance: Mapping[str, Any]) -> tuple[str, str] | None:
    """Id and version; None for a machine whose template was deleted since."""
    template = instance.get("LaunchTemplate")
    return (template["LaunchTemplateId"], template["Version"]) if template else None


def _target_health(session: Any, target_groups: Sequence[str]) -> dict[str, list[str]]:
    """Machine -> its state in each target group."""
    client = session.client("elbv2")
    states: dict[str, list[str]] = {}
    for arn in target_groups:
        answer = client.describe_target_health(TargetGroupArn=arn)
        for one in answer["TargetHealthDescriptions"]:
            states.setdefault(one["Target"]["Id"], []).append(one["TargetHealth"]["State"])
    return states


def _reports(session: Any, key: EndpointKey) -> dict[str, ReplicaReport]:
    """Machine -> its agent's last report; one that cannot be understood is none."""
    client = session.client("dynamodb")
    pages = client.get_paginator("query").paginate(
        TableName=key.table,
        KeyConditionExpression="pk = :replicas",
        ExpressionAttributeValues={":replicas": {"S": f"{key.names.table_prefix}replica"}},
    )
    found: dict[str, ReplicaReport] = {}
    for page in pages:
        for item in page["Items"]:
            try:
                found[item["sk"]["S"]] = _report(item)
            except (KeyError, ValueError):
                continue
    return found


def _report(item: Item) -> ReplicaReport:
    """Raises `KeyError` or `ValueError` for what no agent wrote."""
    in_flight, pending = (
        int(item[name]["N"]) if name in item else None for name in ("in_flight", "pending")
    )
    return ReplicaReport(
        phase=item["phase"]["S"],
        in_flight=in_flight,
        pending=pending,
        at=float(item["at"]["N"]),
        phases=read_times(item.get("phases", {}).get("M", {})),
    )


def _machine(
    instance: Mapping[str, Any],
    wanted: tuple[str, str],
    health: Mapping[str, Sequence[str]],
    report: ReplicaReport | None,
) -> MachineStatus:
    states = health.get(instance["InstanceId"], [])
    lifecycle = instance["LifecycleState"]
    return MachineStatus(
        identifier=instance["InstanceId"],
        lifecycle=lifecycle,
        in_service=lifecycle == _IN_SERVICE and bool(states) and set(states) == {"healthy"},
        target_health=", ".join(sorted(set(states))) or "-",
        current=_template(instance) == wanted,
        report=report,
    )


def _rollout(refresh: Mapping[str, Any]) -> Rollout:
    status = refresh["Status"]
    return Rollout(
        status=status,
        running=status in _ROLLOUT_RUNNING,
        failed=status in _ROLLOUT_FAILED,
        percent=int(refresh.get("PercentageComplete", 0)),
        reason=refresh.get("StatusReason", ""),
    )


def _event(endpoint: str, activity: Mapping[str, Any]) -> Event:
    return Event(
        at=_iso(activity["StartTime"]),
        endpoint=endpoint,
        status=activity["StatusCode"],
        what=activity.get("Description", ""),
        why=activity.get("StatusMessage") or activity.get("Cause", ""),
    )


def _iso(moment: datetime.datetime) -> str:
    return moment.astimezone(datetime.UTC).isoformat(timespec="seconds")


def scaling_activities(session: Any, key: EndpointKey, limit: int) -> Iterator[Event]:
    """The newest `limit`, newest first. Raises `HomeportError` for an endpoint that was not deployed."""
    client = session.client("autoscaling")
    _group(client, key)
    pages = client.get_paginator("describe_scaling_activities").paginate(
        AutoScalingGroupName=key.names.group, PaginationConfig={"MaxItems": limit}
    )
    for page in pages:
        for activity in page["Activities"]:
            yield _event(key.endpoint, activity)


def log_lines(session: Any, key: EndpointKey, since_seconds: float) -> Iterator[LogLine]:
    """Oldest first. Raises `HomeportError` for an endpoint that was not deployed."""
    client = session.client("logs")
    begin = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=since_seconds)
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=key.names.log_group, startTime=int(begin.timestamp() * 1000)
    )
    try:
        for page in pages:
            for line in page["events"]:
                at = datetime.datetime.fromtimestamp(line["timestamp"] / 1000, datetime.UTC)
                text = line["message"].rstrip("\n")
                yield LogLine(at=_iso(at), source=line["logStreamName"], text=text)
    except client.exceptions.ResourceNotFoundException:
        raise not_deployed(key, f"no log group {key.names.log_group}") from None
