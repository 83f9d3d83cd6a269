"""The route table: exactly the endpoint's allow list, everything else is 404."""

from __future__ import annotations

from typing import Any

from .envoy_clusters import INFERENCE, QUESTIONS, READY
from .envoy_filters import ADDRESS_LIST, DISABLED, TOKEN_CHECK, access_of
from .settings import OWN_PREFIX, WAKE, GatewaySettings, Route, no_such_route

READY_PATH = "/_homeport/ready"
"""What the load balancer's health check asks; the agent answers it."""
READY_TIMEOUT_SECONDS = 3
"""Below the health check's own 4 s, so that the answer is ours."""
CALLER_HEADERS = (
    # The engine needs nothing that says who called, and must not get what proves it.
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
    "x-envoy-external-address",
    "x-envoy-internal",
    "x-amzn-trace-id",
)
ENGINE_HEADERS = ("server", "x-powered-by")
"""Response headers that tell which software answers."""
ROUTES_FILE = "routes.json"
"""In the live folder: Envoy takes a new table for the next request and drops no connection."""
ROUTES_NAME = "requests"


def route_table(settings: GatewaySettings) -> dict[str, Any]:
    """Readiness, the allowed request lines, and a last route that answers 404 by itself."""
    routes = [
        _ready_route(),
        _wake_route(),
        _closed(settings, OWN_PREFIX),
        *(_engine_route(settings, route) for route in settings.routes),
    ]
    return {
        "@type": "type.googleapis.com/envoy.config.route.v3.RouteConfiguration",
        "name": ROUTES_NAME,
        "request_headers_to_remove": list(CALLER_HEADERS),
        "response_headers_to_remove": list(ENGINE_HEADERS),
        "virtual_hosts": [
            {
                "name": "endpoint",
                "domains": ["*"],
                "typed_per_filter_config": access_of(settings),
                "routes": [*routes, _closed(settings, "/")],
            }
        ],
    }


def _engine_route(settings: GatewaySettings, route: Route) -> dict[str, Any]:
    return {
        "name": f"{route.method} {route.path}",
        "match": _match(route),
        # No retry policy: a POST that failed half way is never executed twice.
        "route": {
            # Counted apart: only what makes the model work keeps a replica awake.
            "cluster": INFERENCE if route.inference else QUESTIONS,
            "timeout": f"{settings.max_request_seconds:.3f}s",
            # Above the timeout, so that a silent engine ends in that one's clear 504.
            "idle_timeout": f"{settings.max_request_seconds + 5:.3f}s",
            # `timeout` begins when the body is whole: a body that trickles in must not add its own time.
            "max_stream_duration": {
                "max_stream_duration": f"{settings.max_request_seconds + 1:.3f}s"
            },
        },
    }


def _ready_route() -> dict[str, Any]:
    """Asked by the load balancer from its own address and without a token."""
    return {
        "name": "ready",
        "match": _match(Route("GET", READY_PATH)),
        "route": {"cluster": READY, "timeout": f"{READY_TIMEOUT_SECONDS}s"},
        "typed_per_filter_config": {
            TOKEN_CHECK: DISABLED,
            ADDRESS_LIST: DISABLED,
        },
    }


def _wake_route() -> dict[str, Any]:
    """As the gate answers it at zero: a client that asks for the wake first need not know whether it must."""
    return {
        "name": "wake",
        "match": _match(WAKE),
        "direct_response": {"status": 200, "body": {"inline_string": '{"state": "awake"}'}},
    }


def _closed(settings: GatewaySettings, prefix: str) -> dict[str, Any]:
    """Without this route a scanner's request would cost a token check before its 404."""
    text = no_such_route(settings.routes)
    return {
        "name": "not-found",
        "match": {"prefix": prefix},
        "direct_response": {"status": 404, "body": {"inline_string": text}},
        "typed_per_filter_config": {TOKEN_CHECK: DISABLED},
    }


def _match(route: Route) -> dict[str, Any]:
    method = {"name": ":method", "string_match": {"exact": route.method}}
    if route.path.endswith("/*"):
        return {"prefix": route.path[:-1], "headers": [method]}
    return {"path": route.path, "headers": [method]}
