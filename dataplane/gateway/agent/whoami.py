"""Ask the Hub whose token it is: `GET /api/whoami-v2`, one bounded call.

Form of the answer: `type`, `name`, and `orgs` with a `name` each (Hub API, read 2026-11-22).
"""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, cast
from urllib.parse import urlsplit

from .in_time import in_time
from .verdicts import BAD, GOOD, SILENT, Accounts, HubSays

TIMEOUT_SECONDS = 5.0
BYTES_MAX = 1 << 20
USER_AGENT = "homeport-agent"


def hub_asker(endpoint: str, timeout_seconds: float = TIMEOUT_SECONDS) -> Callable[[str], HubSays]:
    """A function that asks the Hub at `endpoint` about a token. It never raises."""

    def ask(token: str) -> HubSays:
        try:
            # The whole, name look-up and handshake among it: neither has a time of its own.
            status, body = in_time(timeout_seconds, lambda: _get(endpoint, token, timeout_seconds))
            return _said(status, body)
        except (OSError, http.client.HTTPException, ValueError, RecursionError):
            return HubSays(SILENT)

    return ask


def _get(endpoint: str, token: str, timeout_seconds: float) -> tuple[int, bytes]:
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection = http.client.HTTPSConnection(
            host, parts.port, timeout=timeout_seconds, context=context
        )
    else:
        connection = http.client.HTTPConnection(host, parts.port, timeout=timeout_seconds)
    # The socket's own time starts anew with each byte; an answer that only drips ends here.
    connection.connect()
    watchdog = threading.Timer(timeout_seconds, _hang_up, (connection.sock,))
    watchdog.daemon = True
    watchdog.start()
    try:
        headers = {"authorization": f"Bearer {token}", "user-agent": USER_AGENT}
        connection.request("GET", "/api/whoami-v2", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read(BYTES_MAX + 1)
    finally:
        watchdog.cancel()
        connection.close()


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):  # closed in the same moment
        connected.shutdown(socket.SHUT_RDWR)


def _said(status: int, body: bytes) -> HubSays:
    """401 is the Hub's word; whatever else is not 200 (a 403 of its edge too) says nothing about the token."""
    if status == 401:
        return HubSays(BAD)
    if status != 200 or len(body) > BYTES_MAX:
        return HubSays(SILENT)
    answer = _object(json.loads(body.decode("utf-8")))
    name = answer.get("name")
    if not isinstance(name, str):
        return HubSays(SILENT)
    kind = "org" if answer.get("type") == "org" else "user"
    names = {f"{kind}/{name}".lower(), *_orgs(answer.get("orgs"))}
    return HubSays(GOOD, Accounts(frozenset(names)))


def _orgs(listed: Any) -> Iterator[str]:
    for org in cast("list[Any]", listed) if isinstance(listed, list) else []:
        name = _object(org).get("name")
        if isinstance(name, str):
            yield f"org/{name}".lower()


def _object(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
