"""Which of an endpoint's routes a request is for, by the same reading of its path as the replica's Envoy.

`tests/unit/dataplane/wake/test_gate_routes.py` holds it to the paths of docs/abuse.md, which Envoy was tried with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from ..gateway.settings import OWN_PREFIX, WAKE, Route

_REFUSED = re.compile(r"[^!-~]|[#?]|%00|%2f|%5c", re.IGNORECASE)
_UNRESERVED = re.compile(r"%(2d|2e|3[0-9]|4[1-9a-f]|5[0-9af]|6[1-9a-f]|7[0-9ae])", re.IGNORECASE)
"""Letters, digits, `-._~` (RFC 3986, 2.3), which mean the same encoded or not."""
_IN_PATH, _IN_QUERY = "/%:@!$&'()*+,;=~-._", "/?%:@!$&'()*+,;=~-._[]"


def plain_path(path: str) -> str | None:
    """The path that Envoy looks up: dot segments resolved, slashes merged. None for one that it answers 400 to."""
    if not path.startswith("/") or _REFUSED.search(path):
        return None
    plain = _UNRESERVED.sub(lambda found: chr(int(found[1], 16)), path).replace("\\", "/")
    kept: list[str] = []
    *folders, last = plain.split("/")[1:]
    for folder in folders:
        _descend(kept, folder)
    _descend(kept, last)
    if last in (".", ".."):
        kept.append("")
    return re.sub("//+", "/", "/" + "/".join(kept))


def _descend(kept: list[str], segment: str) -> None:
    if segment == "..":
        del kept[-1:]
    elif segment != ".":
        kept.append(segment)


def find_route(routes: Sequence[Route], method: str, plain: str) -> Route | None:
    """The first that takes a request, None where none does: then no replica would pass it on either."""
    if plain.startswith(OWN_PREFIX):
        return WAKE if (method, plain) == (WAKE.method, WAKE.path) else None
    return next((one for one in routes if one.method == method and _takes(one.path, plain)), None)


def _takes(path: str, plain: str) -> bool:
    return plain.startswith(path[:-1]) if path.endswith("/*") else plain == path


def location(path: str, query: str) -> str:
    """Where a redirect sends the caller: what it asked for, on the host that it asked.

    `path` is one that `plain_path` reads. One that a client could take for a host (`//other.test`), or reads in its own
    way (a backslash), is given as Envoy reads it. What has no place in an address is encoded.
    """
    if path.startswith("//") or "\\" in path:
        path = plain_path(path) or "/"
    where = quote(path, safe=_IN_PATH, errors="replace")
    return f"{where}?{quote(query, safe=_IN_QUERY, errors='replace')}" if query else where
