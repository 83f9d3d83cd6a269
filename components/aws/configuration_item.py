"""The live configuration of one endpoint: what may change without a new machine."""

from typing import Any

from components.aws.compute import Compute
from components.aws.way_in import WayIn
from homeport.planner.plan import EndpointPlan

FORMAT_VERSION = 1
"""Readers refuse an item of a version that they do not know."""


def configuration(endpoint: EndpointPlan, way_in: WayIn, compute: Compute) -> dict[str, Any]:
    """Attributes of the item, without its key, in plain values; ids of resources are outputs.

    `access_mode`, `cidrs`, `max_request_seconds` and `max_body_bytes` are what the gateway reads
    (`dataplane/gateway/live_settings.py`).
    """
    return {
        "format": FORMAT_VERSION,
        "endpoint": endpoint.name,
        "served_names": list(endpoint.engine.served_names),
        "metric_namespace": endpoint.names.metric_namespace,
        "log_group": endpoint.names.log_group,
        **_replicas(endpoint),
        **_wake(endpoint),
        **_access(endpoint),
        **_deadlines(endpoint),
        "group_name": compute.group.name,
        "target_group_arn": way_in.target_group.arn,
        "gate_target_group_arn": way_in.gate_target_group_arn,
        "rule_arn": way_in.rule.arn,
        "listener_arn": way_in.listener.arn,
        # What every machine should have been started from: rollout is repaired towards it.
        "wanted_template_id": compute.template.id,
        "wanted_template_version": compute.template_version,
    }


def _replicas(endpoint: EndpointPlan) -> dict[str, Any]:
    scaling = endpoint.scaling
    return {
        "min_replicas": scaling.min_replicas,
        "max_replicas": scaling.max_replicas,
        "scale_to_zero_after_seconds": scaling.scale_to_zero_after_seconds,
    }


def _wake(endpoint: EndpointPlan) -> dict[str, Any]:
    """`routes` are what the gate lets through to wake, as `METHOD path` and perhaps `inference`."""
    routes = [
        f"{route.method} {route.path}{' inference' if route.inference else ''}"
        for route in endpoint.engine.routes
    ]
    return {
        "routes": routes,
        "startup_seconds": endpoint.wake.startup_seconds,
        "wake_seconds_estimate": endpoint.wake.estimate_seconds,
    }


def _access(endpoint: EndpointPlan) -> dict[str, Any]:
    access = endpoint.access
    return {
        "access_mode": access.mode,
        "host": access.host,
        "allow": list(access.allow),
        "cidrs": list(access.cidrs),
        "max_body_bytes": access.max_body_bytes,
        "token_stale_seconds": access.token_stale_seconds,
    }


def _deadlines(endpoint: EndpointPlan) -> dict[str, Any]:
    drain = endpoint.drain
    return {
        "max_request_seconds": drain.max_request_seconds,
        "proxy_route_timeout_seconds": drain.proxy_route_timeout_seconds,
        "agent_drain_seconds": drain.agent_drain_seconds,
        "engine_grace_seconds": drain.engine_grace_seconds,
    }
