"""Where Envoy sends requests: the engine's container, and the agent's socket."""

from __future__ import annotations

from typing import Any

from .settings import GatewaySettings

AGENT, READY = "agent", "ready"
"""The agent twice: what it is asked about callers, and by the load balancer, whose questions are no requests. What
anybody writes in a readiness question never shares a connection with a token check."""
INFERENCE, QUESTIONS = "engine", "questions"
"""The engine twice, as two clusters: requests that make the model work, and those about the server."""
BUFFER_BYTES = 1 << 20
"""Per connection and direction; beyond it the faster side waits."""
ENGINE_IDLE_SECONDS = 4
"""Below the 5 s after which uvicorn (vLLM, SGLang) closes a quiet connection (uvicorn settings,
`--timeout-keep-alive`, 2026): the side that sends must be the one that gives a connection up."""
_HTTP_OPTIONS = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions"


def engine_cluster(name: str, settings: GatewaySettings) -> dict[str, Any]:
    """The engine at its fixed address on the internal network, HTTP/1.1."""
    address = {"address": settings.engine_address, "port_value": settings.engine_port}
    return {
        **_cluster(name, {"socket_address": address}, settings),
        "connect_timeout": "2s",
        "upstream_connection_options": {
            "tcp_keepalive": {
                "keepalive_probes": 4,
                "keepalive_time": 60,
                "keepalive_interval": 15,
            }
        },
        "typed_extension_protocol_options": _http_options(ENGINE_IDLE_SECONDS),
    }


def agent_cluster(name: str, settings: GatewaySettings) -> dict[str, Any]:
    """The agent beside Envoy."""
    return {
        **_cluster(
            name,
            {"pipe": {"path": settings.agent_socket_path}},
            settings,
            retries=settings.max_connections,
        ),
        "connect_timeout": "1s",
        "typed_extension_protocol_options": _http_options(30),
    }


def _cluster(
    name: str, address: dict[str, Any], settings: GatewaySettings, *, retries: int = 0
) -> dict[str, Any]:
    limits = {
        # The defaults (1024) would answer 503 to the 1025th stream. Retries stay off for the engine: no
        # request is executed twice.
        "max_connections": settings.max_connections,
        "max_pending_requests": settings.max_connections,
        "max_requests": settings.max_connections,
        "max_retries": retries,
    }
    return {
        "name": name,
        "type": "STATIC",
        "per_connection_buffer_limit_bytes": BUFFER_BYTES,
        "circuit_breakers": {"thresholds": [limits]},
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": address}}]}],
        },
    }


def _http_options(idle_seconds: int) -> dict[str, Any]:
    return {
        _HTTP_OPTIONS: {
            "@type": "type.googleapis.com/" + _HTTP_OPTIONS,
            "explicit_http_config": {"http_protocol_options": {}},
            "common_http_protocol_options": {"idle_timeout": f"{idle_seconds}s"},
        }
    }
