"""The stack's settings file around homeport's own keys: Pulumi's file, of which we read one part."""

from collections.abc import Mapping
from typing import Any, cast

from homeport.spec.refusal import Refusal
from homeport.spec.shown import shown_key
from homeport.spec.suggestions import nearest, one_of

SETTINGS_SECTION = "config"
_PREFIX = "homeport:"
_PULUMI_KEYS = (
    *("config", "environment", "secretsprovider", "encryptedkey", "encryptionsalt"),
    *("backend", "options"),
)
"""Keys of a stack settings file (Pulumi documentation, "Stack settings file reference", 2026)."""
_TRUTH_KEYS = ("sandbox", "protect", "reserveConcurrency")
_NUMBER_KEYS = ("logRetentionDays", "holdSlots", "tokenStaleSeconds")
"""Pulumi rewrites the file (`stack init`, `config set`) with every scalar of `config` as a text, so a
text counts as the value that it spells. Inside lists and mappings it keeps the types (CLI 3.258.0)."""


def homeport_values(data: object) -> tuple[dict[str, Any] | None, list[Refusal]]:
    """Values of the `homeport:` keys without their prefix, None where there is no `config` at all."""
    if not isinstance(data, dict):
        return None, [_no_config((), "an empty file" if data is None else "no mapping")]
    file = cast("dict[str, Any]", data)
    refusals = [_unknown(key) for key in file if key not in _PULUMI_KEYS]
    config = file.get(SETTINGS_SECTION)
    if not isinstance(config, dict):
        found = "nothing" if config is None else "no mapping"
        return None, [*refusals, _no_config((SETTINGS_SECTION,), found)]
    values: dict[str, Any] = {}
    for key, value in cast("dict[str, Any]", config).items():
        path = (SETTINGS_SECTION, key)
        if not key.startswith(_PREFIX):
            refusals += _without_namespace(key)
            continue
        encrypted = _encrypted(value, path)
        refusals += encrypted
        if not encrypted:
            name = key.removeprefix(_PREFIX)
            values[name] = _as_written_before(name, value)
    return values, refusals


def _as_written_before(name: str, value: object) -> object:
    """The truth value or number that Pulumi has put into quotes."""
    if not isinstance(value, str):
        return value
    if name in _TRUTH_KEYS and value in ("true", "false"):
        return value == "true"
    if name in _NUMBER_KEYS and value.isascii() and value.isdecimal() and len(value) < 10:
        return int(value)
    return value


def _no_config(at: tuple[str, ...], found: str) -> Refusal:
    return Refusal(
        at=at,
        found=found,
        allowed="`config:` with the stack's homeport: keys",
        fix="add `config:` and below it `homeport:cloud: aws` and so on",
    )


def _unknown(key: str) -> Refusal:
    near = nearest(key, _PULUMI_KEYS)
    belongs = key.startswith(_PREFIX)
    return Refusal(
        at=(key,),
        found=f"the unknown key {shown_key(key)}",
        allowed=one_of(_PULUMI_KEYS),
        fix="indent it below `config:`"
        if belongs
        else (f"did you mean {near}?" if near else "remove it"),
    )


def _without_namespace(key: str) -> list[Refusal]:
    """Keys of Pulumi and of providers have a namespace of their own and are not ours to judge."""
    namespace, colon, name = key.partition(":")
    if colon and nearest(namespace, ["homeport"]) is None:
        return []
    return [
        Refusal(
            at=(SETTINGS_SECTION, key),
            found=shown_key(key),
            allowed="a key with its namespace",
            fix=f"write {_PREFIX}{shown_key(name if colon else key)}",
        )
    ]


def _encrypted(value: object, path: tuple[str | int, ...]) -> list[Refusal]:
    """Refusals of `secure:` values, wherever they stand."""
    if isinstance(value, list):
        items = enumerate(cast("list[Any]", value))
        return [each for index, item in items for each in _encrypted(item, (*path, index))]
    if not isinstance(value, dict):
        return []
    mapping = cast("Mapping[str, Any]", value)
    if "secure" in mapping:
        return [
            Refusal(
                at=path,
                found="an encrypted value",
                allowed="a plain value: no secret passes through Pulumi",
                fix="store the secret in the cloud's secret store and write its name",
            )
        ]
    return [each for key, item in mapping.items() for each in _encrypted(item, (*path, key))]
