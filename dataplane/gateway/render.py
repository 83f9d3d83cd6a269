"""Renders the gateway's files on the machine.

    python3 -m gateway.render BOOT ITEM FOLDER

writes `envoy.json` and the live files that it watches, each replaced at once.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from .envoy import live_files, render_envoy
from .live_settings import gateway_settings
from .settings import GatewaySettings, SettingsError

CONFIGURATION_FILE = "envoy.json"


def write_gateway(boot: dict[str, Any], item: dict[str, Any], folder: Path) -> None:
    """Everything that Envoy reads. Raises `SettingsError` where the item does not carry it."""
    settings = gateway_settings(boot, item, live_folder=str(folder))
    write_live(settings, folder)
    _replace(folder / CONFIGURATION_FILE, render_envoy(settings))


def write_live(settings: GatewaySettings, folder: Path) -> None:
    """The live files; Envoy takes a changed one up by itself, without dropping a connection."""
    for name, content in live_files(settings).items():
        _replace(folder / name, content)


def _replace(path: Path, content: dict[str, Any]) -> None:
    """Envoy watches for a file that is moved to the name: it never reads half of one."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(json.dumps(content, sort_keys=True, indent=1), encoding="utf-8")
    new.replace(path)


def _main(boot_path: str, item_path: str, folder: str) -> None:
    boot = json.loads(Path(boot_path).read_text("utf-8"))
    item = json.loads(Path(item_path).read_text("utf-8") or "{}")
    write_gateway(boot, item, Path(folder))


if __name__ == "__main__":
    try:
        _main(*sys.argv[1:])
    except SettingsError as error:
        sys.exit(f"homeport: gateway: {error}")
