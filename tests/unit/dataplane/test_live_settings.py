"""The gateway's settings from the boot document and DynamoDB's spelling of the live item."""

import json
from typing import Any

import pytest

from dataplane.bootstrap.boot_document import render_boot_document
from dataplane.gateway.live_settings import gateway_settings
from dataplane.gateway.settings import Route, SettingsError
from tests.unit.dataplane.machine import boot_parts

BOOT = json.loads(render_boot_document(**boot_parts()))
ITEM: dict[str, Any] = {
    "format": {"N": "1"},
    "access_mode": {"S": "public"},
    "cidrs": {"L": [{"S": "192.0.2.0/24"}, {"S": "2001:db8::/32"}]},
    "max_request_seconds": {"N": "900"},
    "max_body_bytes": {"N": "33554432"},
    "scale_to_zero_after_seconds": {"NULL": True},
    "allow": {"M": {}},
}


def test_both_documents_make_the_settings() -> None:
    settings = gateway_settings(BOOT, {"Item": ITEM}, live_folder="/run/live")
    assert settings.endpoint == "llama-8b"
    assert (settings.engine_address, settings.engine_port) == ("198.18.0.2", 8000)
    assert settings.routes == (
        Route("POST", "/v1/chat/completions", inference=True),
        Route("GET", "/v1/models", inference=False),
    )
    assert settings.cidrs == ("192.0.2.0/24", "2001:db8::/32")
    assert (settings.max_request_seconds, settings.max_body_bytes) == (900, 33554432)


def test_a_set_of_texts_is_a_list_too() -> None:
    item = ITEM | {"cidrs": {"SS": ["192.0.2.0/24"]}}
    assert gateway_settings(BOOT, {"Item": item}, live_folder="/run/live").cidrs == (
        "192.0.2.0/24",
    )


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ({}, "found none"),
        ({"Item": {}}, "found none"),
        *(
            (
                {"Item": {key: value for key, value in ITEM.items() if key != name}},
                f"found no {name}",
            )
            for name in ("format", "access_mode", "cidrs", "max_request_seconds", "max_body_bytes")
        ),
        ({"Item": ITEM | {"format": {"N": "2"}}}, "found format 2.0, must be 1"),
        ({"Item": ITEM | {"cidrs": {"NULL": True}}}, "found an attribute of type NULL"),
        ({"Item": ITEM | {"access_mode": {"S": "none"}}}, "access_mode: found 'none', must be"),
        ({"Item": ITEM | {"cidrs": {"L": [{"S": "all"}]}}}, "cidrs: found"),
    ],
)
def test_what_it_does_not_understand_never_opens_the_gateway(
    item: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        gateway_settings(BOOT, item, live_folder="/run/live")
