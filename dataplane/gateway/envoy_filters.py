"""What every request passes on its way: addresses, body size, token, router."""

from __future__ import annotations

import ipaddress
from typing import Any

from .envoy_clusters import AGENT
from .settings import GatewaySettings

_TYPE = "type.googleapis.com/envoy.extensions.filters.http."
AGENT_RETRIES = 40
"""More than fit into the time of the check, which is what ends it."""
TOKEN_CHECK_SECONDS = 10
"""The agent may have to ask the Hub; slower than this is an answer of its own: 503."""


ADDRESS_LIST, BODY_LIMIT, TOKEN_CHECK = (
    "envoy.filters.http.rbac",
    "envoy.filters.http.body_size_limit",
    "envoy.filters.http.ext_authz",
)
BODY_LIMIT_FILE = "body-limit.json"
"""In the live folder: Envoy takes a new one without dropping a connection."""
DISABLED = {"@type": "type.googleapis.com/envoy.config.route.v3.FilterConfig", "disabled": True}


def http_filters(settings: GatewaySettings) -> list[dict[str, Any]]:
    """In order, the cheap refusals first. What they say is live: see `access_of` and `body_limit`."""
    return [
        {"name": ADDRESS_LIST, "typed_config": {"@type": _TYPE + "rbac.v3.RBAC"}},
        _watched_body_limit(settings.live_folder),
        _token_check(),
        _router(),
    ]


def access_of(settings: GatewaySettings) -> dict[str, Any]:
    """What the filters do for every route: who may call, from where."""
    found: dict[str, Any] = {}
    if settings.cidrs:
        found[ADDRESS_LIST] = _address_list(settings.cidrs)
    if settings.access_mode != "protected":
        found[TOKEN_CHECK] = DISABLED
    return found


def _address_list(cidrs: tuple[str, ...]) -> dict[str, Any]:
    """`remote_ip` is the address that the trusted proxy appended to X-Forwarded-For."""
    return {
        "@type": _TYPE + "rbac.v3.RBACPerRoute",
        "rbac": {
            "rules": {
                "action": "ALLOW",
                "policies": {
                    "cidrs": {
                        "permissions": [{"any": True}],
                        "principals": [{"remote_ip": _range(cidr)} for cidr in cidrs],
                    }
                },
            },
        },
    }


def _range(cidr: str) -> dict[str, Any]:
    network = ipaddress.ip_network(cidr)
    return {"address_prefix": str(network.network_address), "prefix_len": network.prefixlen}


def _watched_body_limit(live_folder: str) -> dict[str, Any]:
    """The limit from a file: this filter knows no limit of a route."""
    path = f"{live_folder}/{BODY_LIMIT_FILE}"
    return {
        "name": BODY_LIMIT,
        "config_discovery": {
            "config_source": {
                "resource_api_version": "V3",
                "initial_fetch_timeout": "0s",
                "path_config_source": {"path": path},
            },
            "type_urls": [_TYPE + "body_size_limit.v3.BodySizeLimit"],
        },
    }


def body_limit(max_body_bytes: int) -> dict[str, Any]:
    """413 by Content-Length, or as soon as the streamed bytes pass the limit; buffers nothing.

    The `buffer` filter would hold every body in memory. This filter writes the whole path, query
    string included, to Envoy's own log at level error (envoy, body_size_limit_filter.cc, 2026), which
    is why `gateway.arguments` switches that logger off.
    """
    return {
        "@type": "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig",
        "name": BODY_LIMIT,
        "typed_config": {
            "@type": _TYPE + "body_size_limit.v3.BodySizeLimit",
            "max_request_bytes": max_body_bytes,
        },
    }


def _token_check() -> dict[str, Any]:
    """Asks the agent with the request's line and Authorization header; closed when it is silent."""
    answers = [{"exact": "retry-after"}, {"exact": "www-authenticate"}]
    return {
        "name": TOKEN_CHECK,
        "typed_config": {
            "@type": _TYPE + "ext_authz.v3.ExtAuthz",
            "stat_prefix": "token",
            "failure_mode_allow": False,
            # Otherwise each refused token counts as an answer of the engine, and `pending` sinks.
            "charge_cluster_response_stats": False,
            "status_on_error": {"code": "ServiceUnavailable"},
            "http_service": {
                "server_uri": {
                    "uri": "http://agent",
                    "cluster": AGENT,
                    "timeout": f"{TOKEN_CHECK_SECONDS}s",
                },
                "path_prefix": "/authorize",
                "retry_policy": _asked_again(),
                "authorization_response": {"allowed_client_headers": {"patterns": answers}},
            },
        },
    }


def _asked_again() -> dict[str, Any]:
    """A question may be asked twice: an agent that is restarted, a second or two, costs no request. An answer,
    whatever its status, is never asked for again."""
    return {
        "retry_on": "connect-failure,refused-stream,reset",
        "num_retries": AGENT_RETRIES,
        "retry_back_off": {"base_interval": "0.2s", "max_interval": "0.8s"},
    }


def _router() -> dict[str, Any]:
    """`suppress_envoy_headers`: neither the engine nor the caller sees x-envoy-*."""
    return {
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": _TYPE + "router.v3.Router", "suppress_envoy_headers": True},
    }
