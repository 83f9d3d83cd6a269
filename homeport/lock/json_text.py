"""JSON as locks hold it: UTF-8, bounded, no key twice, only finite whole or decimal numbers."""

import json
from typing import Any, NoReturn

from homeport.errors import LockError

BYTES_MAX = 4 << 20
"""4 MiB: ten thousand files, more than any repository of a served model has."""
REWRITE = "run `homeport lock <stack>` to write it anew"


def decode(data: bytes) -> Any:
    """The JSON value in `data`. Raises `LockError` for what is no JSON, or too much of it."""
    if len(data) > BYTES_MAX:
        raise refusal("", f"more than {BYTES_MAX >> 20} MiB", f"at most {BYTES_MAX >> 20} MiB")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refusal("", f"a byte at {error.start} that is no UTF-8", "UTF-8 text") from None
    if not text.strip():
        raise refusal("", "an empty file", "a lock")
    try:
        return json.loads(text, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise LockError(
            path="",
            found=f"no JSON at character {error.pos}: {error.msg}",
            allowed="JSON to the end",
            fix=REWRITE,
            line=error.lineno,
        ) from None
    except RecursionError:
        raise refusal("", "values nested too deep", "the few levels of a lock") from None
    except ValueError:  # an integer of more digits than Python reads
        raise refusal("", "a number of thousands of digits", "numbers of a lock") from None


def refusal(path: str, found: str, allowed: str) -> LockError:
    """The error that says so; the fix is always to write the lock anew, never to edit it."""
    return LockError(path=path, found=found, allowed=allowed, fix=REWRITE)


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise refusal(shown_key(key), "the key twice", "each key once")
        found[key] = value
    return found


def _no_constant(word: str) -> NoReturn:
    raise refusal("", word, "finite numbers")


def shown_key(key: str) -> str:
    """A key of the file as errors may show it: short and printable."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in key[:40])
    return f"{shown}..." if len(key) > 40 else shown
