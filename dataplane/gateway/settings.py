"""What the gateway of one replica must know, as plain data."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

ACCESS_MODES = ("public", "protected", "private")
MAX_REQUEST_SECONDS = 3600
"""Largest `access.maxRequestSeconds`; shared timeouts are constants above it."""
OWN_PREFIX = "/_homeport/"
"""Never the engine's, even where every other path is."""
KEEP_ALIVE_SECONDS = 4100
"""Above the load balancer's idle timeout (4000 s), or it reuses a connection that is being closed."""


class SettingsError(ValueError):
    """Settings that no gateway can be rendered from."""


@dataclass(frozen=True)
class Route:
    """A request line that is passed to the engine, with any query string.

    The path is exact, or every path below it where it ends with `/*`.
    """

    method: str
    path: str
    inference: bool = True
    """False where the request does not make the model work: such a one keeps nothing awake."""


WAKE = Route("POST", OWN_PREFIX + "wake")
"""Asks for a wake and nothing else: for clients whose bodies a sleeping endpoint can't take."""


def no_such_route(routes: tuple[Route, ...]) -> str:
    """What a caller reads whose request line is none of these."""
    spoken = ", ".join(f"{route.method} {route.path}" for route in routes)
    return f"no such route; this endpoint serves: {spoken}"


@dataclass(frozen=True)
class GatewaySettings:
    """Input of `render_envoy`. Raises `SettingsError` where a value cannot hold.

    `routes` and the engine's address come with the machine (boot document). `access_mode`, `cidrs`,
    `max_request_seconds` and `max_body_bytes` are live: a change of them renders anew, rolls nothing.
    """

    endpoint: str
    engine_address: str
    engine_port: int
    routes: tuple[Route, ...]
    access_mode: str
    cidrs: tuple[str, ...]
    """Address ranges that may call; empty: every one."""
    max_request_seconds: float
    max_body_bytes: int
    certificate_path: str = "/run/homeport/gateway/tls.crt"
    key_path: str = "/run/homeport/gateway/tls.key"
    live_folder: str = "/run/homeport/gateway"
    """Where Envoy watches the files of `live_files`."""
    agent_socket_path: str = "/run/homeport/agent/agent.sock"
    admin_socket_path: str = "/run/homeport/gateway/admin.sock"
    listen_address: str = "0.0.0.0"  # noqa: S104 - the security group admits the load balancer only
    listen_port: int = 8443
    trusted_proxies: int = 1
    """Proxies in front that append to X-Forwarded-For: the load balancer."""
    max_connections: int = 8192
    max_heap_bytes: int = 1 << 30

    def __post_init__(self) -> None:
        for field, allowed, holds in self._rules():
            if not holds:
                found = getattr(self, field)
                raise SettingsError(f"{field}: found {found!r}, must be {allowed}")

    def _rules(self) -> tuple[tuple[str, str, bool], ...]:
        """Field, what is allowed, whether it holds."""
        return (
            (
                "endpoint",
                "a DNS label",
                re.fullmatch(r"[a-z0-9-]{1,63}", self.endpoint) is not None,
            ),
            ("engine_address", "an IP address", _is_address(self.engine_address)),
            ("engine_port", "1 to 65535", 1 <= self.engine_port <= 65535),
            ("routes", "at least one path", _are_routes(self.routes)),
            ("access_mode", " | ".join(ACCESS_MODES), self.access_mode in ACCESS_MODES),
            ("cidrs", "address ranges, and none when private", self._are_cidrs()),
            (
                "max_request_seconds",
                f"above 0, up to {MAX_REQUEST_SECONDS}",
                0 < self.max_request_seconds <= MAX_REQUEST_SECONDS,
            ),
            ("max_body_bytes", "1 or more", self.max_body_bytes >= 1),
            ("trusted_proxies", "0 or more", self.trusted_proxies >= 0),
        )

    def _are_cidrs(self) -> bool:
        # Behind a private link the client's address is not known: a list would admit nobody or all.
        if self.access_mode == "private":
            return not self.cidrs
        return all(_is_network(cidr) for cidr in self.cidrs)


def _are_routes(routes: tuple[Route, ...]) -> bool:
    plain = re.compile(r"/(?:[A-Za-z0-9._~/-]*|(?:[A-Za-z0-9._~/-]*/)?\*)")
    return bool(routes) and all(
        route.method in ("GET", "POST")
        and plain.fullmatch(route.path)
        and "//" not in route.path
        and "/." not in route.path
        for route in routes
    )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
