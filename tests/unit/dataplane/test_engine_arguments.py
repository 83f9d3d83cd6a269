"""How the image's own entry point is kept, with and without secrets."""

import json
from typing import Any

import pytest

from dataplane.bootstrap.boot_document import render_boot_document
from dataplane.bootstrap.host.engine_arguments import engine_arguments
from tests.unit.dataplane.machine import ENGINE_IMAGE, boot_parts


def after_image(secrets: dict[str, str], arguments: list[str], config: dict[str, Any]) -> list[str]:
    parts = boot_parts()
    parts["engine"] |= {"secrets": secrets, "arguments": arguments}
    boot = json.loads(render_boot_document(**parts))
    line = engine_arguments(
        boot, {"Config": config}, "/code", "/run/homeport", "/mnt/homeport", "i-1"
    )
    assert ("--entrypoint" in line) is bool(secrets)
    assert any("/run/secrets" in part for part in line) is bool(secrets)
    return line[line.index(ENGINE_IMAGE) + 1 :]


ENTRY = ["/usr/bin/serve", "--fast"]
SECRETS = {"SEARCH_KEY": "search-key"}


def test_without_secrets_the_image_needs_no_shell() -> None:
    assert after_image({}, ["--x"], {"Entrypoint": ENTRY, "Cmd": ["y"]}) == ["--x"]
    assert after_image({}, [], {"Entrypoint": ENTRY, "Cmd": ["y"]}) == []


@pytest.mark.parametrize(
    ("arguments", "config", "expected"),
    [
        (["--x"], {"Entrypoint": ENTRY, "Cmd": ["y"]}, [*ENTRY, "--x"]),
        ([], {"Entrypoint": ENTRY, "Cmd": ["y"]}, [*ENTRY, "y"]),
        ([], {"Entrypoint": None, "Cmd": ["serve"]}, ["serve"]),
        (["serve", "--x"], {"Entrypoint": None, "Cmd": None}, ["serve", "--x"]),
    ],
)
def test_with_secrets_the_entry_script_stands_before_it(
    arguments: list[str], config: dict[str, Any], expected: list[str]
) -> None:
    assert after_image(SECRETS, arguments, config) == ["/homeport/engine-entry.sh", *expected]


def test_an_image_that_starts_nothing_is_refused() -> None:
    with pytest.raises(SystemExit, match="names no program to start"):
        after_image(SECRETS, [], {"Entrypoint": None, "Cmd": None})
