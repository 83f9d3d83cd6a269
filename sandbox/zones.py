"""The hosted zones that the sandbox's stacks name in their settings: a user would have them already."""

from pathlib import Path

import yaml

from sandbox.session import Sandbox


def create_zones(sandbox: Sandbox, root: Path) -> list[str]:
    """Make the zone of every sandbox stack below `root`, with the id that its settings hold; the domains."""
    domains: list[str] = []
    for file in sorted((root / "stacks").glob("Pulumi.*.yaml")):
        settings = yaml.safe_load(file.read_text()).get("config", {})
        if str(settings.get("homeport:sandbox")).lower() == "true" and "homeport:zone" in settings:
            sandbox.create_hosted_zone(settings["homeport:domain"], settings["homeport:zone"])
            domains.append(settings["homeport:domain"])
    return domains
