"""Write a lock file: whole or not at all, and the same bytes for the same lock."""

import json
import os
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from homeport.errors import LockError
from homeport.lock.parse import parse_lock
from homeport.lock.records import Lock, LockedRepository

_MODE = 0o644


def lock_text(lock: Lock) -> str:
    """The file's text: keys in a fixed order, one file and one image a line, so that diffs read well."""
    repositories = ",\n".join(_repository(each) for each in lock.repositories)
    images = ",\n".join(f"  {_line(asdict(each))}" for each in lock.images)
    return (
        f'{{\n "version": {lock.version},\n "for": {_line(lock.made_for)},\n'
        f' "repositories": [\n{repositories}\n ],\n "images": [\n{images}\n ]\n}}\n'
    )


def _repository(repository: LockedRepository) -> str:
    fields = asdict(repository)
    files = fields.pop("files")
    metadata = fields.pop("metadata")
    head = "".join(f"   {_line(key)}: {_line(value)},\n" for key, value in fields.items())
    entries = ",\n".join(f"    {_line(file)}" for file in files)
    return f'  {{\n{head}   "metadata": {_line(metadata)},\n   "files": [\n{entries}\n   ]\n  }}'


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_lock(path: Path, lock: Lock) -> None:
    """Replace the file at `path` at once: a reader sees the old lock or the new one.

    Raises `LockError` for a lock that `read_lock` would refuse, and where the folder cannot be
    written; then the old file still stands.
    """
    data = lock_text(lock).encode("utf-8")
    parse_lock(data)
    try:
        replace_file(path, data)
    except OSError as error:
        raise LockError(
            path="",
            found=error.strerror or "a folder that cannot be written",
            allowed="a folder that can be written",
            fix=f"check the permissions of {path.parent.name}",
        ) from None


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the file's place at once: whatever stops it, the old bytes or the new ones stand.

    Raises `OSError`.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(_MODE)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
