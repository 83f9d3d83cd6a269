"""Settings mean the same after Pulumi has rewritten the file."""

import re

from homeport.spec import StackSettings
from homeport.spec.parse import parse_settings
from homeport.spec.settings_file import (
    _NUMBER_KEYS,  # pyright: ignore[reportPrivateUsage]
    _TRUTH_KEYS,  # pyright: ignore[reportPrivateUsage]
)
from homeport.spec.yaml_source import SettingsSource

TEXT = """\
config:
  homeport:cloud: aws
  homeport:account: "123456789012"
  homeport:region: us-east-1
  homeport:domain: endpoints.example.com
  homeport:zone: Z0123456789
  homeport:network: {create: 10.20.0.0/16, zones: [us-east-1a, us-east-1b]}
  homeport:sandbox: true
  homeport:protect: false
  homeport:logRetentionDays: 60
  homeport:tokenStaleSeconds: 0
"""


def _parsed(text: str) -> StackSettings:
    return parse_settings(SettingsSource(file="Pulumi.test.yaml", data=text.encode()))


def test_quoted_scalars_are_what_they_spell() -> None:
    quoted = re.sub(r": (true|false|\d+)$", r': "\1"', TEXT, flags=re.MULTILINE)
    quoted += "encryptionsalt: v1:AAAA=:v1:BBBB:CCCC==\n"
    assert quoted != TEXT
    assert _parsed(quoted) == _parsed(TEXT)


def test_every_scalar_that_is_no_text_is_known() -> None:
    """A new truth value or number among the settings must be read from a rewritten file too."""
    scalars = {
        field.alias or name: str(field.annotation)
        for name, field in StackSettings.model_fields.items()
    }
    truths = {name for name, kind in scalars.items() if "bool" in kind}
    numbers = {name for name, kind in scalars.items() if "int" in kind and "Mapping" not in kind}
    assert truths == set(_TRUTH_KEYS)
    assert numbers == set(_NUMBER_KEYS)
