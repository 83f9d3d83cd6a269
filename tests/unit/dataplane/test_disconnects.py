"""A client that goes away in the middle of an answer: the engine is let go, and nothing stays counted."""

import os
import signal
import socket
import ssl
import struct
from contextlib import suppress
from pathlib import Path

import pytest

from dataplane.gateway.agent.watch import read_counters
from dataplane.gateway.settings import Route
from tests.unit.dataplane.envoy_process import Gateway, gateway_settings, running_envoy
from tests.unit.dataplane.raw_engine import Record, raw_engine
from tests.until import until

RESET = struct.pack("ii", 1, 0)
"""A socket that lingers for no time is closed with a reset (socket(7))."""


def _at_rest(gateway: Gateway, folder: Path) -> bool:
    counters = read_counters(gateway.admin_socket_path, folder / "abandoned")
    return counters.active == 0 and "downstream_rq_active: 0" in gateway.admin(
        "/stats?filter=ingress"
    )


@pytest.mark.parametrize("path", ["/stream", "/flood"])
def test_a_client_that_leaves_in_mid_stream_ends_the_engines_work(
    tmp_path: Path, path: str
) -> None:
    """As a closed connection, and as one that is reset."""
    record = Record()
    (tmp_path / "abandoned").write_bytes(b"")
    with raw_engine(record) as port:
        settings = gateway_settings(
            tmp_path,
            engine_port=port,
            access_mode="public",
            routes=(Route("GET", "/stream"), Route("GET", "/flood")),
        )
        with running_envoy(settings, tmp_path) as gateway:
            clients = [gateway.raw() for _ in range(20)]
            for client in clients:
                client.sendall(f"GET {path} HTTP/1.1\r\nhost: a\r\n\r\n".encode())
                assert client.recv(15) == b"HTTP/1.1 200 OK"
            assert record.streams == len(clients)
            for number, client in enumerate(clients):
                if number % 2:
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                client.close()
            until(lambda: len(record.left) == len(clients), "the engine stopped all of them")
            until(lambda: _at_rest(gateway, tmp_path), "nothing in flight")
            assert record.streams == 0


def test_a_gateway_that_is_killed_breaks_its_streams_and_none_looks_whole(tmp_path: Path) -> None:
    record = Record()
    with raw_engine(record) as port:
        routes = (Route("GET", "/stream"),)
        settings = gateway_settings(tmp_path, engine_port=port, access_mode="public", routes=routes)
        with running_envoy(settings, tmp_path) as gateway, gateway.raw() as client:
            client.sendall(b"GET /stream HTTP/1.1\r\nhost: a\r\n\r\n")
            until(lambda: b"data: word" in client.recv(1000), "the answer began")
            os.kill(gateway.pid, signal.SIGKILL)
            seen = b""
            # Python tells a connection that was cut from one that TLS ended.
            with suppress(ConnectionError, ssl.SSLEOFError):
                while part := client.recv(1000):
                    seen += part
            assert not seen.endswith(b"0\r\n\r\n")
            until(lambda: record.streams == 0, "the engine stopped")
