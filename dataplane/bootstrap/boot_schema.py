"""The boot document's shape: keys, and what each value must be.

A small vocabulary instead of a schema library, because the data plane has only the standard library.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, cast


class Value(NamedTuple):
    """A leaf: what is allowed in words, and the judge."""

    allowed: str
    holds: Callable[[Any], bool]


class ListOf(NamedTuple):
    """A list of at least `minimum` entries of one shape."""

    entry: Any
    minimum: int = 0


class MapOf(NamedTuple):
    """Any number of keys that match, with values of one shape."""

    key: Value
    value: Any


def _text(allowed: str, pattern: str) -> Value:
    compiled = re.compile(pattern)

    def holds(found: Any) -> bool:
        return isinstance(found, str) and compiled.fullmatch(found) is not None

    return Value(allowed, holds)


def _number(minimum: int, maximum: int) -> Value:
    def holds(found: Any) -> bool:
        return (
            isinstance(found, int) and not isinstance(found, bool) and minimum <= found <= maximum
        )

    return Value(f"a whole number, {minimum} to {maximum}", holds)


def _or_null(value: Value) -> Value:
    def holds(found: Any) -> bool:
        return found is None or value.holds(found)

    return Value(f"{value.allowed}, or null", holds)


def _is_boolean(found: Any) -> bool:
    return isinstance(found, bool)


def _is_relative(found: Any) -> bool:
    """A path that stays below its folder."""
    return (
        isinstance(found, str)
        and found.isprintable()
        and all(part not in ("", ".", "..") for part in found.split("/"))
    )


TEXT = _text("one line of text", r"[^\x00-\x1f\x7f]+")
NAME = _text("a name", r"[A-Za-z0-9._/#:@+=-]+")
ARGUMENT = _text("text without a NUL", r"(?s)[^\x00]*")
IMAGE = _text(
    "an image by digest, name@sha256:...", r"[a-z0-9][a-zA-Z0-9._:/-]*@sha256:[0-9a-f]{64}"
)
PATH = _text("an absolute path", r"/[A-Za-z0-9._~/-]*")
ROUTE = _text(
    "an absolute path, or every one below: /*", r"/([A-Za-z0-9._~/-]*|([A-Za-z0-9._~/-]*/)?\*)"
)
SHA256 = _text("64 hexadecimal digits", r"[0-9a-f]{64}")
VARIABLE = _text("a variable's name", r"[A-Za-z_][A-Za-z0-9_]*")
BOOLEAN = Value("true or false", _is_boolean)
METHOD = _text("GET | POST", r"GET|POST")

_FILE = {
    "path": Value("a relative path", _is_relative),
    "size_bytes": _number(0, 1 << 44),
    "sha256": SHA256,
}

BOOT_DOCUMENT = {
    "version": _number(1, 1),
    "homeport_version": NAME,
    "engine": {
        "name": NAME,
        "image": IMAGE,
        "port": _number(1, 65535),
        "health_route": PATH,
        "metrics_route": _or_null(PATH),
        "first_request": {"method": METHOD, "path": PATH, "body": _or_null(TEXT)},
        "routes": ListOf({"method": METHOD, "path": ROUTE, "inference": BOOLEAN}, minimum=1),
        "arguments": ListOf(ARGUMENT),
        "env": MapOf(VARIABLE, ARGUMENT),
        "secrets": MapOf(VARIABLE, NAME),
        "shared_memory_gib": _number(0, 4096),
    },
    "repositories": ListOf(
        {
            "role": _text("model | draft | code", r"model|draft|code"),
            "repository": _text("owner/name", r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)?"),
            "commit": _text("40 hexadecimal digits", r"[0-9a-f]{40}"),
            "mount_path": PATH,
            "files": ListOf(_FILE, minimum=1),
        },
        minimum=1,
    ),
    "hub": {
        "endpoint": _text("an https address", r"https://[A-Za-z0-9.-]+(:[0-9]+)?"),
        "token_secret": _or_null(NAME),
    },
    "machine": {
        "accelerator": NAME,
        "accelerator_kind": _text("none | nvidia | neuron", r"none|nvidia|neuron"),
        "accelerator_count": _number(0, 64),
        "local_disk_gib": _number(0, 1 << 20),
    },
    "stack": {
        "name": NAME,
        "region": NAME,
        "endpoint": NAME,
        "group": NAME,
        "table": NAME,
        "table_prefix": NAME,
        "configuration_key": _text("the key's attributes", r"\{.+\}"),
        "metric_namespace": NAME,
        "log_group": NAME,
    },
    "gateway": {"image": IMAGE},
    "network": MapOf(VARIABLE, TEXT),
}


def complaints(found: Any, shape: Any, path: str = "") -> list[str]:
    """Everything in `found` that is not as `shape` says, one line each: path, found, allowed."""
    if isinstance(shape, Value):
        return [] if shape.holds(found) else [_line(path, found, shape.allowed)]
    if isinstance(shape, ListOf):
        return _list_complaints(found, shape, path)
    if isinstance(shape, MapOf):
        return _map_complaints(found, shape, path)
    if not isinstance(found, dict):
        return [_line(path, found, "a map")]
    document = cast("dict[str, Any]", found)
    lines = [f"{_join(path, key)}: unknown key" for key in sorted(document.keys() - shape.keys())]
    lines += [f"{_join(path, key)}: missing" for key in sorted(shape.keys() - document.keys())]
    for key in sorted(shape.keys() & document.keys()):
        lines += complaints(document[key], shape[key], _join(path, key))
    return lines


def _list_complaints(found: Any, shape: ListOf, path: str) -> list[str]:
    entries = cast("Sequence[Any]", found) if isinstance(found, (list, tuple)) else None
    if entries is None or len(entries) < shape.minimum:
        return [_line(path, found, f"a list of at least {shape.minimum}")]
    lines: list[str] = []
    for number, entry in enumerate(entries):
        lines += complaints(entry, shape.entry, f"{path}[{number}]")
    return lines


def _map_complaints(found: Any, shape: MapOf, path: str) -> list[str]:
    if not isinstance(found, dict):
        return [_line(path, found, "a map")]
    lines: list[str] = []
    for key, value in sorted(cast("dict[str, Any]", found).items()):
        lines += complaints(key, shape.key, f"{path} key")
        lines += complaints(value, shape.value, _join(path, key))
    return lines


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _line(path: str, found: Any, allowed: str) -> str:
    return f"{path}: found {found!r}, must be {allowed}"
