"""Renders the configuration on the machine: `python3 -m gateway.render BOOT ITEM` prints JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from .envoy import render_envoy
from .live_settings import gateway_settings
from .settings import SettingsError


def render(boot_path: str, item_path: str) -> str:
    """Envoy's configuration as text. Raises `SettingsError` where the item does not carry it."""
    boot = json.loads(Path(boot_path).read_text("utf-8"))
    item = json.loads(Path(item_path).read_text("utf-8") or "{}")
    return json.dumps(render_envoy(gateway_settings(boot, item)), sort_keys=True, indent=1)


if __name__ == "__main__":
    try:
        sys.stdout.write(render(sys.argv[1], sys.argv[2]))
    except SettingsError as error:
        sys.exit(f"homeport: gateway: {error}")
