"""The functions' archive: the files that gate and reconciler run from, both from this one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .aws import SHARED_MODULES

_DATAPLANE = Path(__file__).parent.parent
_WAKE = "wake"
_ARCHIVE = "wake/archive.py"
"""This file: of use only where the functions are deployed from."""


@dataclass(frozen=True)
class WakeArchive:
    """Text by path in the archive, in order of path, and a SHA-256 in hexadecimal of it all."""

    files: Mapping[str, str]
    sha256: str


def build_archive(dataplane: Path = _DATAPLANE) -> WakeArchive:
    """The same for the same sources, whatever their dates, modes and caches on this disk.

    Paths begin with the package's name, so that `dataplane.wake.aws.gate` is what it is here.
    """
    names = sorted({*SHARED_MODULES, *_of_wake(dataplane)})
    files = {f"dataplane/{name}": (dataplane / name).read_text("utf-8") for name in names}
    digest = hashlib.sha256()
    for path, text in files.items():
        content = text.encode("utf-8")
        digest.update(f"{len(path)} {path} {len(content)} ".encode())
        digest.update(content)
    return WakeArchive(files, digest.hexdigest())


def _of_wake(dataplane: Path) -> Iterator[str]:
    """Python sources of the wake package: no caches, no editors' files, no folder that is not a package."""
    for path in (dataplane / _WAKE).rglob("*.py"):
        name = path.relative_to(dataplane)
        is_module = all(part.isidentifier() for part in name.with_suffix("").parts)
        is_packaged = all((dataplane / parent / "__init__.py").is_file() for parent in name.parents)
        if is_module and is_packaged and name.as_posix() != _ARCHIVE:
            yield name.as_posix()
