"""Gateway settings from the two documents of a machine: the boot document and the live item."""

from __future__ import annotations

import posixpath
from typing import Any

from .settings import GatewaySettings, Route, SettingsError

LIVE_FIELDS = ("access_mode", "cidrs", "max_request_seconds", "max_body_bytes")
"""Attributes of the endpoint's configuration item that the gateway reads."""
FORMAT = 1
"""Of the item; another one may mean something else by the same names."""


def gateway_settings(
    boot: dict[str, Any], item: dict[str, Any], *, live_folder: str
) -> GatewaySettings:
    """Settings of this machine's gateway.

    `item` is DynamoDB's own JSON (`{"Item": {"cidrs": {"L": [...]}}}`). Raises `SettingsError` where the
    item does not exist or lacks a field: an allow list that cannot be read is never taken for none.
    """
    attributes = item.get("Item")
    if not attributes:
        raise SettingsError(
            "configuration item: found none, the table must hold the endpoint's item"
        )
    if (found := _plain(attributes, "format")) != FORMAT:
        raise SettingsError(f"configuration item: found format {found}, must be {FORMAT}")
    live = {name: _plain(attributes, name) for name in LIVE_FIELDS}
    return GatewaySettings(
        endpoint=boot["stack"]["endpoint"],
        engine_address=boot["network"]["engine_address"],
        engine_port=boot["engine"]["port"],
        routes=tuple(
            Route(route["method"], route["path"], route["inference"])
            for route in boot["engine"]["routes"]
        ),
        access_mode=live["access_mode"],
        cidrs=tuple(live["cidrs"]),
        max_request_seconds=live["max_request_seconds"],
        max_body_bytes=int(live["max_body_bytes"]),
        certificate_path=f"{live_folder}/tls.crt",
        key_path=f"{live_folder}/tls.key",
        live_folder=live_folder,
        agent_socket_path=f"{posixpath.dirname(live_folder)}/agent/agent.sock",
        admin_socket_path=f"{live_folder}/admin.sock",
    )


def live_access(item: dict[str, Any]) -> tuple[tuple[str, ...], float]:
    """The allow list, and how long a known caller stays while the Hub is silent, in seconds.

    Raises `SettingsError` as `gateway_settings` does.
    """
    attributes: dict[str, Any] = item.get("Item") or {}
    allow, stale = _plain(attributes, "allow"), _plain(attributes, "token_stale_seconds")
    return tuple(allow), float(stale)


def drain_seconds(item: dict[str, Any]) -> float:
    """How long a replica that leaves waits for its last request. Raises `SettingsError` as `gateway_settings` does."""
    attributes: dict[str, Any] = item.get("Item") or {}
    return float(_plain(attributes, "agent_drain_seconds"))


def startup_seconds(item: dict[str, Any]) -> float:
    """After which a start without a real answer is given up; an hour where the item does not say."""
    attributes: dict[str, Any] = item.get("Item") or {}
    return (
        float(_value(attributes["startup_seconds"])) if "startup_seconds" in attributes else 3600.0
    )


def _plain(attributes: dict[str, Any], name: str) -> Any:
    if name not in attributes:
        raise SettingsError(
            f"configuration item: found no {name}, must have {', '.join(LIVE_FIELDS)}"
        )
    return _value(attributes[name])


def _value(typed: dict[str, Any]) -> Any:
    """A DynamoDB attribute value: `{"S": "text"}`, `{"N": "1"}`, `{"L": [...]}`, `{"SS": [...]}`."""
    ((kind, value),) = typed.items()
    if kind == "N":
        return float(value)
    if kind == "L":
        return [_value(entry) for entry in value]
    if kind in ("S", "SS"):
        return value
    raise SettingsError(
        f"configuration item: found an attribute of type {kind}, must be S, N, L or SS"
    )
