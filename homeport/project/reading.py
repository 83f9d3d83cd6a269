"""Read one file, within bounds."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from homeport.errors import HomeportError
from homeport.spec.yaml_reader import BYTES_MAX


def shown_path(root: Path, path: Path) -> str:
    """The path as errors show it: from the project's root on."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def read_bytes(root: Path, path: Path, kind: type[HomeportError]) -> bytes:
    """The file's first bytes, one more than a reader takes. Raises `kind` where it cannot be read."""
    require_inside(root, path, kind)
    try:
        with path.open("rb") as file:
            return file.read(BYTES_MAX + 1)
    except OSError as error:
        raise kind(
            path="",
            found=error.strerror or "an unreadable file",
            allowed="a file that can be read",
            fix="check its name and permissions",
            file=shown_path(root, path),
        ) from None


def require_inside(root: Path, path: Path, kind: type[HomeportError]) -> None:
    """Refuse links that lead out of the project, and what is no plain file (a pipe never ends)."""
    target = _target(path)
    if target is None:
        found, fix = "a link that leads to itself", "put a plain file in its place"
    elif not target.is_relative_to(root.resolve()):
        found, fix = "a link out of the project", "copy the file into the project"
    elif target.exists() and not target.is_file():
        found, fix = "no plain file", "put a plain file in its place"
    else:
        return
    raise kind(
        path="", found=found, allowed="a file of the project", fix=fix, file=shown_path(root, path)
    )


def _target(path: Path) -> Path | None:
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # RuntimeError until Python 3.12
        return None


_T = TypeVar("_T")


def collected(errors: list[HomeportError], read: Callable[[], _T]) -> _T | None:
    """What `read` returns; None where it raised, and then its error is appended to `errors`."""
    try:
        return read()
    except HomeportError as error:
        errors.append(error)
        return None
