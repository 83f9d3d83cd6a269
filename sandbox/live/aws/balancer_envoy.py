"""The configuration of the one Envoy that stands for every load balancer of the account: pure data.

Listeners, routes, clusters and their members are files that it watches, so that no change drops a connection.
Source of what an ALB does: Application Load Balancers user guide (read 2026-11).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TYPE = "type.googleapis.com/envoy."
CONNECTIONS_MAX = 8192
LIMITS = {
    "max_connections": CONNECTIONS_MAX,
    "max_pending_requests": CONNECTIONS_MAX,
    "max_requests": CONNECTIONS_MAX,
    "max_retries": 0,
}


@dataclass(frozen=True, kw_only=True)
class Check:
    """A target group's health check; seconds on the wall."""

    path: str
    interval_seconds: float
    timeout_seconds: float
    healthy_threshold: int
    unhealthy_threshold: int
    statuses: tuple[tuple[int, int], ...]
    """Ranges that are healthy, both ends included."""


def bootstrap(folder: Path) -> dict[str, Any]:
    """What Envoy starts with."""
    return {
        "node": {"id": "balancers", "cluster": "balancers"},
        "admin": {"address": {"pipe": {"path": str(folder / "admin.sock")}}},
        "dynamic_resources": {
            "lds_config": watched(folder / "listeners.json"),
            "cds_config": watched(folder / "clusters.json"),
        },
    }


def watched(path: Path) -> dict[str, Any]:
    """A file whose replacement Envoy takes up."""
    return {"resource_api_version": "V3", "path_config_source": {"path": str(path)}}


def resources(kind: str, found: list[dict[str, Any]]) -> dict[str, Any]:
    """The content of such a file; `kind` is a message below `envoy.config`."""
    typed = [{"@type": f"{_TYPE}config.{kind}", **one} for one in found]
    return {"resources": typed}


def socket_address(host: str, port: int) -> dict[str, Any]:
    """An address as Envoy writes it."""
    return {"socket_address": {"address": host, "port_value": port}}


def https_listener(
    name: str, port: int, routes: Path, certificate: tuple[Path, Path], idle_seconds: float
) -> dict[str, Any]:
    """Listens with TLS and follows its file of routes."""
    manager = {
        "@type": _TYPE
        + "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "alb",
        "rds": {"route_config_name": name, "config_source": watched(routes)},
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {
                    "@type": _TYPE + "extensions.filters.http.router.v3.Router",
                    "suppress_envoy_headers": True,
                },
            }
        ],
        "use_remote_address": True,
        "skip_xff_append": True,  # see `balancer_routes.CLIENT`
        "generate_request_id": False,  # an ALB passes on what the client sent
        "stream_idle_timeout": f"{idle_seconds:.3f}s",
        "server_header_transformation": "PASS_THROUGH",
        "upgrade_configs": [{"upgrade_type": "websocket"}],
    }
    chain, key = certificate
    context = {
        "@type": _TYPE + "extensions.transport_sockets.tls.v3.DownstreamTlsContext",
        "common_tls_context": {
            "alpn_protocols": ["h2", "http/1.1"],
            "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
            "tls_certificates": [
                {
                    "certificate_chain": {"filename": str(chain)},
                    "private_key": {"filename": str(key)},
                }
            ],
        },
    }
    return _listener(
        name,
        port,
        {
            "filters": [
                {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
            ],
            "transport_socket": {"name": "envoy.transport_sockets.tls", "typed_config": context},
        },
    )


def tcp_listener(name: str, port: int, to_port: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A network load balancer's listener, and the cluster behind it: another listener of this Envoy."""
    proxy = {
        "@type": _TYPE + "extensions.filters.network.tcp_proxy.v3.TcpProxy",
        "stat_prefix": "nlb",
        "cluster": f"nlb {name}",
    }
    chain = {"filters": [{"name": "envoy.filters.network.tcp_proxy", "typed_config": proxy}]}
    member = {"endpoint": {"address": socket_address("127.0.0.1", to_port)}}
    cluster = {
        "name": f"nlb {name}",
        "type": "STATIC",
        "connect_timeout": "2s",
        "load_assignment": {
            "cluster_name": f"nlb {name}",
            "endpoints": [{"lb_endpoints": [member]}],
        },
    }
    return _listener(name, port, chain), cluster


def _listener(name: str, port: int, chain: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "address": socket_address("127.0.0.1", port),
        "filter_chains": [chain],
    }


def target_group_cluster(name: str, members: Path, check: Check, *, tls: bool) -> dict[str, Any]:
    """A group of machines. All of them unhealthy, an ALB sends to all of them ("fail open")."""
    cluster: dict[str, Any] = {
        "name": name,
        "type": "EDS",
        "lb_policy": "LEAST_REQUEST",
        "connect_timeout": "2s",
        "ignore_health_on_host_removal": True,
        "circuit_breakers": {"thresholds": [LIMITS]},
        "common_lb_config": {"healthy_panic_threshold": {"value": 1}},
        "eds_cluster_config": {"eds_config": watched(members)},
        "health_checks": [_health_check(check)],
    }
    if tls:
        # It encrypts, and does not ask whose certificate it is.
        context = {"@type": _TYPE + "extensions.transport_sockets.tls.v3.UpstreamTlsContext"}
        cluster["transport_socket"] = {
            "name": "envoy.transport_sockets.tls",
            "typed_config": context,
        }
    return cluster


def function_cluster(name: str, port: int) -> dict[str, Any]:
    """A group of a function: what stands for it listens on this port of the loopback, and is always healthy."""
    member = {"endpoint": {"address": socket_address("127.0.0.1", port)}}
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "10s",
        "circuit_breakers": {"thresholds": [LIMITS]},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [member]}]},
    }


def _health_check(check: Check) -> dict[str, Any]:
    return {
        "timeout": f"{check.timeout_seconds:.3f}s",
        "interval": f"{check.interval_seconds:.3f}s",
        "no_traffic_interval": f"{check.interval_seconds:.3f}s",
        "unhealthy_threshold": check.unhealthy_threshold,
        "healthy_threshold": check.healthy_threshold,
        "http_health_check": {
            "path": check.path,
            "expected_statuses": [{"start": low, "end": high + 1} for low, high in check.statuses],
        },
    }


def members(name: str, addresses: list[tuple[str, int]]) -> dict[str, Any]:
    """Who gets requests of a target group, once healthy."""
    endpoints = [
        {
            "endpoint": {
                "address": socket_address(host, port),
                "health_check_config": {"hostname": f"{host}:{port}"},
            }
        }
        for host, port in addresses
    ]
    return {"cluster_name": name, "endpoints": [{"lb_endpoints": endpoints}]}
