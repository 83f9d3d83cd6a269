"""Pending and in flight by a real Envoy's counters: both end at 0, however requests end."""

import random
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from dataplane.gateway.agent.activity import Counters, unanswered
from dataplane.gateway.agent.watch import read_counters
from tests.unit.dataplane.envoy_process import (
    Gateway,
    Seen,
    gateway_settings,
    running_engine,
    running_envoy,
)

LEAVE_SECONDS = 0.05
CHUNKED = "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"
HALF = f"320\r\n{'a' * 800}\r\n"
"""Two of them are more than the gateway takes."""


def _sent(gateway: Gateway, *parts: str) -> None:
    """Sends the parts one after another, and leaves."""
    context = ssl._create_unverified_context()  # noqa: S323 - the machine's own certificate
    with (
        socket.create_connection(("127.0.0.1", gateway.port)) as plain,
        context.wrap_socket(plain) as connection,
    ):
        for part in parts:
            connection.sendall(part.encode())
            time.sleep(LEAVE_SECONDS)


ENDINGS: dict[str, Callable[[Gateway], object]] = {
    "answered": lambda gateway: gateway.call("POST", "/v1/chat/completions", body=b"{}"),
    "left in the request line": lambda gateway: _sent(gateway, "GET /sil"),
    "left in the headers": lambda gateway: _sent(gateway, "GET /silent HTTP/1.1\r\nhost:"),
    "left while the engine was silent": lambda gateway: _sent(
        gateway, "GET /silent HTTP/1.1\r\nhost: x\r\n\r\n"
    ),
    "left in the body": lambda gateway: _sent(gateway, CHUNKED, HALF),
    "a body too large": lambda gateway: _sent(gateway, CHUNKED + HALF, HALF),
    "a chunk that is none": lambda gateway: _sent(gateway, CHUNKED + HALF, "no chunk\r\n"),
    "an administration path": lambda gateway: gateway.call("GET", "/metrics"),
}


def _at_rest(gateway: Gateway, folder: Path) -> Counters:
    """The counters once they stand still with nothing unanswered, before it is held within `active`: with
    other requests beside it would be seen. Envoy writes its log each second."""
    before = None
    for _ in range(40):
        time.sleep(0.6)
        seen = read_counters(gateway.admin_socket_path, folder / "abandoned")
        if seen == before and seen.active == 0 and unanswered(seen) == 0:
            return seen
        before = seen
    raise AssertionError(f"never at rest: {before}")


@pytest.mark.parametrize("seed", range(3))
def test_any_mix_of_endings_leaves_nothing_behind(tmp_path: Path, seed: int) -> None:
    (tmp_path / "abandoned").write_bytes(b"")
    mix = random.Random(seed).choices(sorted(ENDINGS), k=25)  # noqa: S311 - a test's order
    go_on = threading.Event()
    with running_engine(Seen(), go_on) as port:
        settings = gateway_settings(tmp_path, engine_port=port, access_mode="public")
        with running_envoy(settings, tmp_path) as gateway:
            for name in mix:
                ENDINGS[name](gateway)
            seen = _at_rest(gateway, tmp_path)
            assert seen.total >= mix.count("answered")
            go_on.set()


def test_an_engine_that_is_away_hides_no_later_request(tmp_path: Path) -> None:
    (tmp_path / "abandoned").write_bytes(b"")
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        settings = gateway_settings(tmp_path, engine_port=port, access_mode="public")
        with running_envoy(settings, tmp_path) as gateway:
            for _ in range(5):
                assert gateway.call("POST", "/v1/chat/completions", body=b"{}")[0] == 503
            seen = _at_rest(gateway, tmp_path)
            assert (seen.total, seen.never_sent) == (0, 5)
