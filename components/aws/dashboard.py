"""One dashboard for a stack, with the endpoint to choose at its top.

(CloudWatch guide, "Dashboard body structure and syntax", read 2026-11: a `pattern` variable
replaces its text everywhere in the body. Three dashboards an account are free, each further one is
3 USD a month: hence one a stack.)
"""

import json
from typing import Any

from homeport.planner.metrics import FAILED_STARTS, IN_FLIGHT, OF_GPUS, PENDING
from homeport.planner.plan import EndpointPlan, StackPlan

_CHOSEN = "CHOSEN_ENDPOINT"
"""Stands for the endpoint's name; upper case and underscore cannot occur in one."""
_WIDTH, _HEIGHT, _COLUMNS = 8, 6, 3

_PANELS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Requests by status", "Sum", ("Requests2xx", "Requests4xx", "Requests5xx")),
    ("Latency, seconds", "p95", ("RequestSeconds",)),
    ("Pending and in flight, each replica", "Average", (PENDING, IN_FLIGHT)),
    ("GPU use and memory, percent", "Average", OF_GPUS),
    ("Tokens", "Sum", ("GeneratedTokens",)),
    ("Requests queued in the engine", "Average", ("QueuedRequests",)),
    ("KV cache, percent", "Average", ("KvCacheUsedPercent",)),
    ("Failed starts", "Sum", (FAILED_STARTS,)),
)
"""Title, statistic and metrics of an endpoint's namespace: those of `planner/metrics.py`, no more and no fewer. A
panel stays empty for an endpoint whose engine or machine does not say it."""


def dashboard_body(plan: StackPlan) -> str:
    """The dashboard as CloudWatch takes it. The plan has one endpoint or more."""
    first = plan.endpoints[0]
    names = [endpoint.name for endpoint in plan.endpoints]
    widgets = [_metrics(plan, first, *panel) for panel in _PANELS]
    widgets += [_replicas(plan, first), _processor(plan, first)]
    placed = [_place(number, widget) for number, widget in enumerate(widgets)]
    return json.dumps({"variables": [_variable(names)], "widgets": placed}, sort_keys=True)


def _variable(names: list[str]) -> dict[str, Any]:
    return {
        "type": "pattern",
        "pattern": _CHOSEN,
        "inputType": "select",
        "id": "endpoint",
        "label": "Endpoint",
        "defaultValue": names[0],
        "visible": True,
        "values": [{"label": name, "value": name} for name in names],
    }


def _metrics(
    plan: StackPlan, first: EndpointPlan, title: str, statistic: str, metrics: tuple[str, ...]
) -> dict[str, Any]:
    namespace = _for_any_endpoint(first.names.metric_namespace, first)
    return _graph(plan, title, statistic, [[namespace, metric] for metric in metrics])


def _replicas(plan: StackPlan, first: EndpointPlan) -> dict[str, Any]:
    group = ["AutoScalingGroupName", _for_any_endpoint(first.names.group, first)]
    states = ("InService", "Pending", "Terminating")
    return _graph(
        plan,
        "Replicas by state",
        "Average",
        [["AWS/AutoScaling", f"Group{state}Instances", *group] for state in states],
    )


def _processor(plan: StackPlan, first: EndpointPlan) -> dict[str, Any]:
    group = ["AutoScalingGroupName", _for_any_endpoint(first.names.group, first)]
    return _graph(plan, "CPU, percent", "Average", [["AWS/EC2", "CPUUtilization", *group]])


def _for_any_endpoint(name: str, endpoint: EndpointPlan) -> str:
    """A physical name of one endpoint with the chosen one's in its place, which is at the end."""
    assert name.endswith(endpoint.name), f"{name} does not end in its endpoint's name"
    return name.removesuffix(endpoint.name) + _CHOSEN


def _graph(plan: StackPlan, title: str, statistic: str, metrics: list[list[str]]) -> dict[str, Any]:
    return {
        "type": "metric",
        "properties": {
            "title": title,
            "region": plan.region,
            "stat": statistic,
            "period": 60,
            "view": "timeSeries",
            "metrics": metrics,
        },
    }


def _place(number: int, widget: dict[str, Any]) -> dict[str, Any]:
    row, column = divmod(number, _COLUMNS)
    return {
        **widget,
        "x": column * _WIDTH,
        "y": row * _HEIGHT,
        "width": _WIDTH,
        "height": _HEIGHT,
    }
