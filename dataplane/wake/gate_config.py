"""The part of an endpoint's configuration item that the gate goes by."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from ..gateway.live_settings import FORMAT
from ..gateway.settings import ACCESS_MODES, Route
from .plain_item import Item, ItemError, number, text, texts, whole


@dataclass(frozen=True)
class GateConfig:
    """Live: read anew for each request."""

    endpoint: str
    host: str
    """In lower case."""
    access_mode: str
    allow: tuple[str, ...]
    networks: tuple[IPv4Network | IPv6Network, ...]
    """That may call; empty: every one."""
    token_stale_seconds: float
    routes: tuple[Route, ...]
    served_names: tuple[str, ...]
    wake_seconds_estimate: float
    """The plan's, until wakes were measured."""
    way_in: str
    """The target group of the gate on the endpoint's side; empty where any will do."""


def gate_config(item: Item) -> GateConfig:
    """Raises `ItemError` where a field is missing or wrong: a list that cannot be read is never taken for none."""
    if whole(item, "format") != FORMAT:
        raise ItemError(f"format: must be {FORMAT}")
    mode = text(item, "access_mode")
    if mode not in ACCESS_MODES:
        raise ItemError(f"access_mode: must be one of {', '.join(ACCESS_MODES)}")
    return GateConfig(
        endpoint=text(item, "endpoint"),
        host=text(item, "host").lower(),
        access_mode=mode,
        allow=texts(item, "allow"),
        networks=tuple(_network(cidr) for cidr in texts(item, "cidrs")),
        token_stale_seconds=number(item, "token_stale_seconds"),
        routes=tuple(_route(line) for line in texts(item, "routes")),
        served_names=texts(item, "served_names"),
        wake_seconds_estimate=number(item, "wake_seconds_estimate"),
        way_in=text(item, "gate_target_group_arn", ""),
    )


def _network(cidr: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(cidr)
    except ValueError:
        raise ItemError("cidrs: must be address ranges") from None


def _route(line: str) -> Route:
    """`POST /v1/embeddings inference`, or `GET /v1/models`."""
    words = line.split(" ")
    if len(words) not in (2, 3) or words[2:] not in ([], ["inference"]):
        raise ItemError("routes: must be a method, a path, and perhaps the word inference")
    return Route(words[0], words[1], inference=len(words) == 3)
