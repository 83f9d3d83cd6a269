"""A complete Envoy 1.40 bootstrap configuration for one replica.

Nothing here buffers a body: requests and server-sent events flow through within the per-connection
limits. Every feature used is accepted by Envoy's own validate mode; tests run it.
"""

from __future__ import annotations

from typing import Any

from .envoy_clusters import AGENT, INFERENCE, QUESTIONS, READY, agent_cluster, engine_cluster
from .envoy_filters import BODY_LIMIT_FILE, body_limit
from .envoy_listener import request_listener
from .envoy_routes import ROUTES_FILE, route_table
from .settings import GatewaySettings

_TYPE = "type.googleapis.com/envoy."


def render_envoy(settings: GatewaySettings) -> dict[str, Any]:
    """The configuration as JSON-ready data; equal settings give equal data."""
    return {
        "node": {"id": "replica", "cluster": settings.endpoint},
        "admin": _admin(settings),
        "stats_config": _stats(settings),
        "overload_manager": _overload(settings),
        "static_resources": {
            "listeners": [request_listener(settings)],
            "clusters": [
                engine_cluster(INFERENCE, settings),
                engine_cluster(QUESTIONS, settings),
                agent_cluster(AGENT, settings),
                agent_cluster(READY, settings),
            ],
        },
    }


def live_files(settings: GatewaySettings) -> dict[str, dict[str, Any]]:
    """File in the live folder -> what Envoy reads there: all that an edit of the item may change.

    `render_envoy` of two settings that differ in live fields only is the same.
    """
    return {
        ROUTES_FILE: {"resources": [route_table(settings)]},
        BODY_LIMIT_FILE: {"resources": [body_limit(settings.max_body_bytes)]},
    }


def _admin(settings: GatewaySettings) -> dict[str, Any]:
    """Statistics and drain orders, on a socket file that only root and Envoy's user can open."""
    return {
        "address": {"pipe": {"path": settings.admin_socket_path, "mode": 0o600}},
        "ignore_global_conn_limit": True,
    }


def _stats(settings: GatewaySettings) -> dict[str, Any]:
    """The endpoint is the only tag, and only what somebody reads is kept: memory stays flat."""
    prefixes = (
        "http.ingress.",
        "cluster.engine.",
        "cluster.questions.",
        "cluster.agent.",
        "cluster.ready.",
        "listener.",
        "server.",
    )
    return {
        "use_all_default_tags": False,
        "stats_tags": [{"tag_name": "endpoint", "fixed_value": settings.endpoint}],
        "stats_matcher": {
            "inclusion_list": {
                "patterns": [{"prefix": prefix} for prefix in (*prefixes, "overload.")]
            }
        },
    }


def _overload(settings: GatewaySettings) -> dict[str, Any]:
    """Beyond these limits new work is refused; running answers go on."""
    return {
        "refresh_interval": "0.25s",
        "resource_monitors": [
            {
                "name": "envoy.resource_monitors.fixed_heap",
                "typed_config": {
                    "@type": _TYPE + "extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig",
                    "max_heap_size_bytes": settings.max_heap_bytes,
                },
            },
            {
                "name": "envoy.resource_monitors.global_downstream_max_connections",
                "typed_config": {
                    "@type": _TYPE + "extensions.resource_monitors.downstream_connections.v3."
                    "DownstreamConnectionsConfig",
                    "max_active_downstream_connections": settings.max_connections,
                },
            },
        ],
        "actions": [
            _at_heap("envoy.overload_actions.shrink_heap", 0.85),
            _at_heap("envoy.overload_actions.disable_http_keepalive", 0.9),
            _at_heap("envoy.overload_actions.stop_accepting_requests", 0.95),
        ],
    }


def _at_heap(action: str, share: float) -> dict[str, Any]:
    monitor = "envoy.resource_monitors.fixed_heap"
    return {"name": action, "triggers": [{"name": monitor, "threshold": {"value": share}}]}
