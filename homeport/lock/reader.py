"""Read a lock file."""

from pathlib import Path

from homeport.errors import LockError
from homeport.lock.json_text import BYTES_MAX
from homeport.lock.parse import parse_lock
from homeport.lock.records import Lock


def read_lock(path: Path) -> Lock:
    """The lock in the file at `path`.

    Raises `LockError`, an `ErrorGroup` where several things are wrong; the errors name no file (the
    caller knows how to show it). Never reads more than 4 MiB and a byte.
    """
    try:
        with path.open("rb") as file:
            data = file.read(BYTES_MAX + 1)
    except OSError as error:
        raise LockError(
            path="",
            found=error.strerror or "an unreadable file",
            allowed="a lock file that can be read",
            fix="check its name and permissions, or run `homeport lock <stack>`",
        ) from None
    return parse_lock(data)
