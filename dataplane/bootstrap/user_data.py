"""User data of a launch template: fetch the archive and the boot document, check both, start."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

LIMIT_BYTES = 16 * 1024
"""Of EC2, before base64 (EC2 user guide, "Run commands at launch", 2026)."""
_TEMPLATE = Path(__file__).parent / "user-data.sh"
_HASH = re.compile(r"[0-9a-f]{64}")


class UserDataError(ValueError):
    """Values that no user data can be rendered from."""


def render_user_data(
    *,
    region: str,
    bucket: str,
    archive_key: str,
    archive_sha256: str,
    boot_key: str,
    boot_sha256: str,
    log_group: str,
) -> str:
    """A plain shell script, no cloud-config, without any secret or live value.

    Every value is quoted for the shell, so a placeholder works as well as the literal. Raises
    `UserDataError` for a hash that is none, a line break in a value, and a script above EC2's limit.
    """
    values = {
        "region": region,
        "bucket": bucket,
        "archive_key": archive_key,
        "archive_sha256": archive_sha256,
        "boot_key": boot_key,
        "boot_sha256": boot_sha256,
        "log_group": log_group,
    }
    for name, value in values.items():
        if not value or not value.isprintable():
            raise UserDataError(f"{name}: found {value!r}, must be one line of printable text")
        if name.endswith("sha256") and not _HASH.fullmatch(value):
            raise UserDataError(f"{name}: found {value!r}, must be 64 hexadecimal digits")
    assignments = "\n".join(f"{name}={shlex.quote(value)}" for name, value in values.items())
    script = _TEMPLATE.read_text("utf-8").replace("# @values@", assignments)
    size = len(script.encode())
    if size > LIMIT_BYTES:
        raise UserDataError(f"user data: found {size} bytes, must be at most {LIMIT_BYTES}")
    return script
