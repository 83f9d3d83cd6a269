"""Which load balancers a stack needs, what they carry, and each private endpoint's own port."""

import hashlib
from collections.abc import Iterable, Mapping

from homeport.errors import PlanError
from homeport.planner.plan import IngressSidePlan

TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""TLS 1.2 and 1.3 with forward secrecy only; passes Security Hub ELB.17 (AWS docs, read 2026-11)."""
WAF_REQUESTS_PER_FIVE_MINUTES = 20_000
"""Of one client address; far above a busy client, far below a flood."""

PUBLIC_ENDPOINTS_MAX = 95
"""An ALB carries 100 target groups, not adjustable (ELB quotas, 2026); five are kept for moves."""
PRIVATE_ENDPOINTS_MAX = 45
"""An ALB carries 50 listeners, one for each private endpoint, and 100 rules, two for each (same)."""

LISTENER_PORTS = range(20_000, 30_000)


def listener_ports(endpoints: Iterable[str], overrides: Mapping[str, int]) -> dict[str, int]:
    """A port on the internal load balancer for each private endpoint.

    The port is a hash of the endpoint's name, so that a neighbour which comes or goes never moves it.
    Raises `PlanError` where two names meet on one port; the settings then say another.
    """
    taken: dict[int, str] = {}
    for name in sorted(endpoints, key=lambda name: (name not in overrides, name)):
        port = overrides.get(name, _hashed_port(name))
        if port in taken:
            raise PlanError(
                path=f"listenerPorts.{name}",
                found=f"port {port}, which {taken[port]} has",
                allowed="one port for each private endpoint, "
                f"{LISTENER_PORTS.start} to {LISTENER_PORTS.stop - 1}",
                fix=f"add `{name}: {_free_port(port, taken)}` to homeport:listenerPorts",
            )
        taken[port] = name
    return {name: port for port, name in sorted(taken.items(), key=lambda item: item[1])}


def _hashed_port(name: str) -> int:
    digest = hashlib.sha256(name.encode()).digest()
    return LISTENER_PORTS[int.from_bytes(digest[:8]) % len(LISTENER_PORTS)]


def _free_port(wanted: int, taken: Mapping[int, str]) -> int:
    return next(
        port
        for port in (LISTENER_PORTS[(wanted + step) % len(LISTENER_PORTS)] for step in range(100))
        if port not in taken
    )


def ingress_side(
    endpoints: Iterable[str], zero_retention: Iterable[str], *, maximum: int, what: str
) -> IngressSidePlan | None:
    """One side's load balancer, or None where no endpoint needs it.

    Raises `PlanError` where the endpoints are more than one load balancer of the cloud carries.
    """
    names = tuple(sorted(endpoints))
    if not names:
        return None
    if len(names) > maximum:
        raise PlanError(
            path="",
            found=f"{len(names)} {what} endpoints, the last one {names[-1]}",
            allowed=f"at most {maximum} {what} endpoints in a stack",
            fix="split the stack: move some specs to a second folder with its own settings",
        )
    return IngressSidePlan(
        access_logs=not set(names) & set(zero_retention),
        endpoints=names,
    )
