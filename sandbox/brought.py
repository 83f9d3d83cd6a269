"""What the sandbox's stacks name in their settings and a user would have already: hosted zones, and the Hub's token."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from sandbox.session import Sandbox

TOKEN = "hf_sandbox_0123456789abcdef"


def create_zones(sandbox: Sandbox, root: Path) -> list[str]:
    """Make the zone of every sandbox stack below `root`, with the id that its settings hold; the domains."""
    domains: list[str] = []
    for settings in _settings(root):
        if "homeport:zone" in settings:
            sandbox.create_hosted_zone(settings["homeport:domain"], settings["homeport:zone"])
            domains.append(settings["homeport:domain"])
    return domains


def create_token_secrets(sandbox: Sandbox, root: Path) -> None:
    """Store a token under each name that these stacks say for it: without one their machines do not start."""
    store = sandbox.boto3_client("secretsmanager")
    names = [settings.get("homeport:tokenSecret") for settings in _settings(root)]
    for name in sorted({name for name in names if name is not None}):
        store.create_secret(Name=name, SecretString=TOKEN)


def _settings(root: Path) -> Iterator[Mapping[str, Any]]:
    for file in sorted((root / "stacks").glob("Pulumi.*.yaml")):
        settings = yaml.safe_load(file.read_text()).get("config", {})
        if str(settings.get("homeport:sandbox")).lower() == "true":
            yield settings
