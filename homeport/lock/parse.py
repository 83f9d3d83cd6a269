"""From the JSON of a lock to its records, or every error in it."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, cast

from homeport.errors import LockError, raise_all
from homeport.lock.fields import (
    COMMIT,
    DIGEST,
    IMAGE_TAG,
    REPOSITORY,
    SHA256,
    Fields,
    kind,
    shown,
    shown_number,
)
from homeport.lock.json_text import decode, refusal
from homeport.lock.records import (
    LOCK_VERSION,
    ImageOrigin,
    Lock,
    LockedFile,
    LockedImage,
    LockedRepository,
    ModelMetadata,
    RepositoryOrigin,
    Role,
)

_FILE_BYTES_MAX = 1 << 44
_PARAMETERS_MAX = 1 << 50

Scalar = int | float | bool | str | None


def parse_lock(data: bytes) -> Lock:
    """The lock in `data`. Raises `LockError`s without a file name, all at once."""
    value = decode(data)
    errors: list[LockError] = []
    top = Fields(value, "", errors)
    _check_version(top)
    lock = Lock(
        made_for=top.take_text("for", "a digest, sha256: and 64 hexadecimal digits", DIGEST),
        repositories=tuple(_repository(each) for each in top.take_objects("repositories", 1)),
        images=tuple(_image(each) for each in top.take_objects("images", 1)),
    )
    top.close()
    if not errors:
        errors += _contradictions(lock)
    raise_all(errors)
    return lock


def _check_version(top: Fields) -> None:
    """A lock of another version is refused alone: its other keys may mean anything."""
    if top.errors:
        raise_all(top.errors)
    version = top.take("version", f"{LOCK_VERSION}")
    if type(version) is not int or version != LOCK_VERSION:
        found = "no version" if version is None else f"version {shown_number(version)}"
        raise refusal("version", found, f"version {LOCK_VERSION}, which this homeport writes")


def _repository(fields: Fields) -> LockedRepository:
    repository = LockedRepository(
        role=cast("Role", fields.take_word("role", ("model", "draft", "code"))),
        repository=fields.take_text("repository", "org/name", REPOSITORY),
        revision=fields.take_text("revision", "a branch, tag or commit"),
        commit=fields.take_text("commit", "40 hexadecimal digits in lower case", COMMIT),
        origin=cast("RepositoryOrigin", fields.take_word("origin", ("hub", "sandbox"))),
        gated=fields.take_boolean("gated"),
        files=tuple(_file(each) for each in fields.take_objects("files", 1)),
        metadata=_metadata(fields.take_object("metadata")),
        source=fields.take_text("source", "where the facts were read"),
    )
    fields.close()
    return repository


def _file(fields: Fields) -> LockedFile:
    allowed = "a path below the repository's root"
    path = fields.take_text("path", allowed)
    if path and not _stays_below(path):
        fields.refuse("path", shown(path), allowed)
    file = LockedFile(
        path=path,
        size_bytes=fields.take_whole("size_bytes", 0, _FILE_BYTES_MAX),
        sha256=fields.take_text("sha256", "64 hexadecimal digits in lower case", SHA256),
    )
    fields.close()
    return file


def _stays_below(path: str) -> bool:
    parts = path.split("/")
    return "\\" not in path and all(part not in ("", ".", "..") for part in parts)


def _metadata(fields: Fields) -> ModelMetadata:
    metadata = ModelMetadata(
        task=fields.take_text_or_null("task"),
        library=fields.take_text_or_null("library"),
        architectures=fields.take_texts("architectures"),
        model_type=fields.take_text_or_null("model_type"),
        parameters=_parameters(fields),
        dtype=fields.take_text_or_null("dtype"),
        quantization=fields.take_text_or_null("quantization"),
        config=_config(fields),
    )
    fields.close()
    return metadata


def _parameters(fields: Fields) -> Mapping[str, int] | None:
    counts = fields.take_mapping("parameters")
    if counts is None:
        return None
    found = Fields(counts, fields.at("parameters"), fields.errors)
    return {dtype: found.take_whole(dtype, 0, _PARAMETERS_MAX) for dtype in counts}


def _config(fields: Fields) -> Mapping[str, Scalar]:
    values = fields.take_mapping("config") or {}
    for key, value in values.items():
        if not _is_scalar(value):
            fields.refuse(
                f"config.{shown(key)}", kind(value), "a short text, number, boolean, null"
            )
    return values


def _is_scalar(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, str):
        return len(value) <= 128
    return value is None or isinstance(value, int)


def _image(fields: Fields) -> LockedImage:
    image = LockedImage(
        tag=fields.take_text("tag", "registry/name:tag", IMAGE_TAG),
        digest=fields.take_text("digest", "sha256: and 64 hexadecimal digits", DIGEST),
        origin=cast("ImageOrigin", fields.take_word("origin", ("registry", "sandbox"))),
        source=fields.take_text("source", "where the digest was read"),
    )
    fields.close()
    return image


def _contradictions(lock: Lock) -> Iterable[LockError]:
    roles = [each.role for each in lock.repositories]
    if roles[0] != "model" or roles.count("model") != 1:
        yield refusal("repositories", ", ".join(roles), "exactly one model, which comes first")
    yield from _doubles(
        "repositories", [f"{each.role} {each.repository}" for each in lock.repositories]
    )
    yield from _doubles("images", [each.tag for each in lock.images])
    for position, repository in enumerate(lock.repositories):
        path = f"repositories[{position}].files"
        names = [file.path for file in repository.files]
        yield from _doubles(path, names)
        yield from _folders(path, names)


def _doubles(path: str, names: list[str]) -> Iterable[LockError]:
    for name, times in Counter(names).items():
        if times > 1:
            yield refusal(path, f"{shown(name)} {times} times", "each one once")


def _folders(path: str, names: list[str]) -> Iterable[LockError]:
    """A file that lies below another file: no disk can hold both."""
    for above, below in pairwise(sorted(f"{name}/" for name in set(names))):
        if below.startswith(above):
            yield refusal(path, f"{shown(below[:-1])} below the file {shown(above[:-1])}", "a tree")
