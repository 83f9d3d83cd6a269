"""HTTP to what runs on the machine: Envoy's administration socket, and the engine at its fixed address."""

from __future__ import annotations

import http.client
import socket

BYTES_MAX = 4 << 20


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout_seconds: float) -> None:
        super().__init__("localhost", timeout=timeout_seconds)
        self._path = path
        self._seconds = timeout_seconds

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self._seconds)
        self.sock.connect(self._path)


def unix_get(path: str, target: str, timeout_seconds: float = 2.0) -> bytes:
    """The body of a GET over a socket file. Raises `OSError` where nobody answers, or not with 200."""
    return _ok(_UnixConnection(path, timeout_seconds), "GET", target, None)


def unix_post(path: str, target: str, timeout_seconds: float = 2.0) -> bytes:
    """The same for a POST without a body."""
    return _ok(_UnixConnection(path, timeout_seconds), "POST", target, None)


def _ok(
    connection: http.client.HTTPConnection, method: str, target: str, body: bytes | None
) -> bytes:
    status, answer = exchange(connection, method, target, body)
    if status != 200:
        raise OSError(f"{method} {target}: status {status}")
    return answer


def exchange(
    connection: http.client.HTTPConnection, method: str, target: str, body: bytes | None
) -> tuple[int, bytes]:
    """One request on a connection of its own. Raises `OSError` for everything that is no HTTP answer."""
    try:
        headers = {"content-type": "application/json"} if body is not None else {}
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read(BYTES_MAX)
    except http.client.HTTPException as error:
        raise OSError(f"{type(error).__name__} for {method} {target}") from None
    finally:
        connection.close()
