"""What a cloud's answers and the table's items come to: one look at an endpoint. Pure; `ItemError` where it is none.

Everything that AWS names here is in Auto Scaling's and Elastic Load Balancing's API references (read 2026-11).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .decide import REPORT_SECONDS
from .model import (
    GATE,
    MIXED,
    REPLICAS,
    ROLLED_BACK,
    ROLLOUT_FAILED,
    RUNNING,
    Config,
    Machine,
    Observed,
    State,
)
from .plain_item import Item, number, text, whole

_IN_SERVICE = "InService"
_REFRESHES = {
    "Pending": RUNNING, "InProgress": RUNNING, "Cancelling": RUNNING, "Baking": RUNNING,
    "RollbackInProgress": RUNNING, "RollbackSuccessful": ROLLED_BACK, "RollbackFailed": ROLLED_BACK,
    "Failed": ROLLOUT_FAILED, "Cancelled": ROLLOUT_FAILED,
}  # fmt: skip
"""Status of an instance refresh -> what it means; `Successful` means nothing any more."""
_LEFT = "draining"
"""Phase of a replica that leaves in order: it has told of its last request."""


class Report(NamedTuple):
    """What one replica's agent wrote last; times by the run's clock."""

    at: float
    phase: str
    in_flight: int | None
    counts_at: float | None
    """When Envoy said so, before `at`; None with `in_flight`."""
    request_end: float
    phases: Mapping[str, float]
    first_request_end: float


class Answers(NamedTuple):
    """What the cloud said of one endpoint."""

    group: Mapping[str, Any]
    """One of `DescribeAutoScalingGroups`."""
    route: str
    healthy: int
    activities: Sequence[Activity] = ()
    """Of the group, newest first."""
    refresh: str = ""
    """Status of the newest instance refresh."""


class Activity(NamedTuple):
    """A scaling activity that started a machine, or tried to."""

    at: float
    status: str
    message: str


def config_of(item: Item) -> Config:
    """From the configuration item."""
    idle = item.get("scale_to_zero_after_seconds")
    content = json.dumps(item, sort_keys=True, default=str)
    return Config(
        digest=hashlib.sha256(content.encode()).hexdigest()[:16],
        min_replicas=whole(item, "min_replicas"),
        idle_seconds=None if idle is None else number(item, "scale_to_zero_after_seconds"),
        startup_seconds=number(item, "startup_seconds"),
        max_request_seconds=number(item, "max_request_seconds"),
        template=f"{text(item, 'wanted_template_id')}:{text(item, 'wanted_template_version')}",
        falls_back=bool(item.get("spot_falls_back", False)),
    )


def report_of(item: Item, scale: float) -> Report:
    """From a replica's item. A count that is missing, or of which nobody knows how old it is, is no 0."""
    counts = [item.get("in_flight"), item.get("pending")]
    known = all(isinstance(one, (int, float)) for one in (*counts, item.get("counts_at")))
    phases: Item = item.get("phases") or {}
    return Report(
        at=number(item, "at") * scale,
        phase=text(item, "phase", ""),
        in_flight=sum(int(one) for one in counts if one is not None) if known else None,
        counts_at=number(item, "counts_at") * scale if known else None,
        request_end=number(item, "last_request_end", 0.0) * scale,
        phases={name: number(phases, name) * scale for name in phases},
        first_request_end=number(item, "first_request_end", 0.0) * scale,
    )


def observed(
    config: Config,
    wake: Item,
    command: Item,
    answers: Answers,
    reports: Mapping[str, Report],
    state: State | None,
    *,
    scale: float = 1.0,
) -> Observed:
    """One look, from answers and items; `scale` turns the items' Unix seconds into the run's."""
    group, since = answers.group, state.since if state else 0.0
    machines = tuple(_machine(one, reports) for one in group["Instances"])
    starts = [one for one in answers.activities if one.at >= since]
    serving = [
        reports[one.identifier] for one in machines if one.in_service and one.identifier in reports
    ]
    return Observed(
        config=config,
        wakes=whole(wake, "count", 0),
        wake_at=number(wake, "at", 0.0) * scale,
        paused=bool(command.get("paused", False)),
        sleeps=whole(command, "sleep_count", 0),
        retries=whole(command, "retry_count", 0),
        route=answers.route,
        minimum=group["MinSize"],
        desired=group["DesiredCapacity"],
        group_template=_template(group),
        machines=machines,
        healthy=answers.healthy,
        request_end=_newest_end(reports, {one.identifier for one in machines}),
        failed_starts=sum(one.status == "Cancelled" for one in starts),
        trouble=starts[0].message if starts and starts[0].status == "Failed" else "",
        refresh=_REFRESHES.get(answers.refresh, ""),
        on_demand=_buys_on_demand(group),
        first_answer=any(one.first_request_end >= since for one in serving if one.first_request_end),
    )  # fmt: skip


def route_of(actions: Sequence[Mapping[str, Any]], replicas: str, gate: str) -> str:
    """To which of the two target groups a rule sends everything."""
    forward: Mapping[str, Any] = actions[0].get("ForwardConfig", {}) if len(actions) == 1 else {}
    groups: Sequence[Mapping[str, Any]] = forward.get("TargetGroups", [])
    weights = {one["TargetGroupArn"]: one.get("Weight") for one in groups}
    routes = {REPLICAS: {replicas: 1, gate: 0}, GATE: {replicas: 0, gate: 1}}
    return next((name for name, right in routes.items() if weights == right), MIXED)


def _machine(instance: Mapping[str, Any], reports: Mapping[str, Report]) -> Machine:
    identifier = instance["InstanceId"]
    report = reports.get(identifier)
    return Machine(
        identifier=identifier,
        in_service=instance["LifecycleState"] == _IN_SERVICE,
        template=_template(instance),
        counted_at=report.counts_at if report else None,
        in_flight=report.in_flight if report else None,
    )


def _template(owner: Mapping[str, Any]) -> str:
    """`id:version`; empty for a machine whose template was deleted since."""
    template = owner.get("LaunchTemplate")
    if template is None:
        mixed = owner.get("MixedInstancesPolicy", {}).get("LaunchTemplate", {})
        template = mixed.get("LaunchTemplateSpecification")
    return f"{template['LaunchTemplateId']}:{template['Version']}" if template else ""


def _buys_on_demand(group: Mapping[str, Any]) -> bool:
    distribution = group.get("MixedInstancesPolicy", {}).get("InstancesDistribution", {})
    return distribution.get("OnDemandPercentageAboveBaseCapacity", 100) == 100


def _newest_end(reports: Mapping[str, Report], there: set[str]) -> float:
    """Of all replicas. One that is gone without having left may have ended a request after its last report."""
    ends = [one.request_end for one in reports.values()]
    lost = [
        one.at + REPORT_SECONDS
        for identifier, one in reports.items()
        if identifier not in there and one.phase != _LEFT and one.in_flight is not None
    ]
    return max([*ends, *lost], default=0.0)


def target_groups(item: Item) -> tuple[str, str]:
    """Of replicas and gate, as a rule's action names them."""
    return text(item, "target_group_arn"), text(item, "gate_target_group_arn")
