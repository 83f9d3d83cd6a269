"""Values on Pulumi's wire (protobuf Struct) to and from plain Python.

Unknown values (outputs not known at preview) become `UNKNOWN`. Secrets are unwrapped and remembered in `Secrets`,
which marks them again wherever they come back. Assets and archives become `Asset`, with the bytes when they
are needed.
"""

import hashlib
import io
import os
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import struct_pb2

SIGNATURE_KEY = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"
ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7"
UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_STRINGS = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)
"""The strings that stand for values not known yet, by type; pulumi's `sdk/go/common/resource/plugin/rpc.go`."""


class _Unknown:
    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Any = _Unknown()


@dataclass(frozen=True)
class Asset:
    """A file or archive in an input; `document` is its form on the wire, which also goes into the state."""

    document: Mapping[str, Any]

    def content(self) -> bytes:
        """The bytes that it stands for; an archive of several parts is packed as a zip without dates."""
        text = self.document.get("text")
        if text or (
            text is not None and not self.document.get("path") and not self.document.get("assets")
        ):
            return text.encode()
        if self.document.get("path"):
            path = Path(self.document["path"])
            return path.read_bytes() if path.is_file() else _zip_of_folder(path)
        if self.document.get("assets") is not None:
            return _zip_of(
                {name: _part(part).content() for name, part in self.document["assets"].items()}
            )
        raise ValueError(
            "an asset by address (RemoteAsset) is not served: the sandbox has no network; use a file or text"
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Asset) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def digest(self) -> str:
        """SHA-256 that the engine computed, which is what decides whether an asset has changed."""
        return self.document.get("hash") or hashlib.sha256(self.content()).hexdigest()


def _part(part: "Asset | Mapping[str, Any]") -> Asset:
    """Of an archive; on the wire it is an asset of its own already."""
    return part if isinstance(part, Asset) else Asset(part)


class Secrets:
    """What was secret in the values of one call.

    A property that was secret as a whole is so again. A secret text is marked wherever it appears, also inside another
    property or a longer text (`tagsAll` repeats `tags`); a secret number or boolean inside a property marks all of it.
    """

    def __init__(self) -> None:
        self.properties: set[str] = set()
        self.texts: set[str] = set()

    def remember(self, key: str, value: Any, *, whole: bool) -> None:
        """Note a value found secret in the top-level property `key`."""
        texts = list(_texts(value))
        self.texts.update(text for text in texts if len(text) >= SHORTEST_SECRET)
        if whole or not texts or any(len(text) < SHORTEST_SECRET for text in texts):
            self.properties.add(key)

    def hides(self, text: str) -> bool:
        """Whether the text is or contains a secret."""
        return any(secret in text for secret in self.texts)

    def removed_from(self, text: str) -> str:
        """A message without the secrets."""
        for secret in sorted(self.texts, key=len, reverse=True):
            text = text.replace(secret, "[secret]")
        return text


SHORTEST_SECRET = 4
"""Shorter texts would mark half of the state; the property that held one is marked as a whole instead."""
NO_SECRETS = Secrets()


def from_struct(struct: struct_pb2.Struct, secrets: Secrets | None = None) -> dict[str, Any]:
    """Plain Python of a Struct; nulls are left out, whole numbers become int, secrets are noted."""
    result = {}
    for key, value in struct.fields.items():
        if value.WhichOneof("kind") != "null_value":
            found: list[Any] = []
            result[key] = _from_value(value, found)
            for secret in found if secrets else ():
                secrets.remember(key, secret, whole=_is_secret(value))  # type: ignore[union-attr]
    return result


def to_struct(values: Mapping[str, Any], secrets: Secrets = NO_SECRETS) -> struct_pb2.Struct:
    """The Struct of plain Python values; None is left out, what `secrets` knows is marked."""
    struct = struct_pb2.Struct()
    for key, value in values.items():
        if value is not None:
            whole = key in secrets.properties
            converted = _to_value(value, NO_SECRETS if whole else secrets)
            struct.fields[key].CopyFrom(_marked(converted) if whole else converted)
    return struct


def contains_unknown(value: Any) -> bool:
    """Whether anything in the value is not known yet."""
    if isinstance(value, Mapping):
        return any(contains_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(contains_unknown(item) for item in value)
    return value is UNKNOWN


def _from_value(value: struct_pb2.Value, secrets: list[Any]) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWN_STRINGS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_from_value(item, secrets) for item in value.list_value.values]
    if kind == "struct_value":
        return _from_object(value.struct_value, secrets)
    return None


def _from_object(struct: struct_pb2.Struct, secrets: list[Any]) -> Any:
    signature = (
        struct.fields[SIGNATURE_KEY].string_value if SIGNATURE_KEY in struct.fields else None
    )
    if signature == SECRET_SIGNATURE:
        value = _from_value(struct.fields["value"], secrets)
        secrets.append(value)
        return value
    plain = {
        key: _from_value(item, secrets)
        for key, item in struct.fields.items()
        if item.WhichOneof("kind") != "null_value"
    }
    return Asset(plain) if signature in (ASSET_SIGNATURE, ARCHIVE_SIGNATURE) else plain


def _is_secret(value: struct_pb2.Value) -> bool:
    fields = value.struct_value.fields
    return SIGNATURE_KEY in fields and fields[SIGNATURE_KEY].string_value == SECRET_SIGNATURE


def _to_value(value: Any, secrets: Secrets) -> struct_pb2.Value:
    if isinstance(value, str) and secrets.hides(value):
        return _marked(struct_pb2.Value(string_value=value))
    if isinstance(value, Asset):
        return struct_pb2.Value(struct_value=to_struct(value.document))
    if isinstance(value, Mapping):
        fields = {key: _to_value(item, secrets) for key, item in value.items() if item is not None}
        return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return struct_pb2.Value(
            list_value=struct_pb2.ListValue(values=[_to_value(item, secrets) for item in items])
        )
    return _scalar(value)


def _scalar(value: Any) -> struct_pb2.Value:
    if value is UNKNOWN:
        return struct_pb2.Value(string_value=UNKNOWN_STRING)
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    raise TypeError(f"{type(value).__name__} cannot be sent to the engine")


def _marked(value: struct_pb2.Value) -> struct_pb2.Value:
    """The value as a secret."""
    fields = {SIGNATURE_KEY: struct_pb2.Value(string_value=SECRET_SIGNATURE), "value": value}
    return struct_pb2.Value(struct_value=struct_pb2.Struct(fields=fields))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, Asset):
        yield from _texts(value.document.get("text"))


def _zip_of_folder(folder: Path) -> bytes:
    files = (Path(root) / name for root, _, names in os.walk(folder) for name in names)
    return _zip_of({file.relative_to(folder).as_posix(): file.read_bytes() for file in files})


def _zip_of(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(contents):
            archive.writestr(zipfile.ZipInfo(name), contents[name])
    return buffer.getvalue()
