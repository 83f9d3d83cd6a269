"""The answers on a port of the loopback, or in the place of a client's network."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2

from sandbox.hub.answers import answer


class HubTransport(httpx2.BaseTransport):
    """Answers in this process, without a socket."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """As the server would."""
        got = answer(request.url.raw_path.decode(), request.headers.get("authorization"))
        return httpx2.Response(got.status, headers=got.headers, content=got.body)


@contextmanager
def hub_server(port: int = 0) -> Iterator[str]:
    """The sandbox's Hub and registry; yields its address, such as `http://127.0.0.1:40123`."""
    server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
    thread = threading.Thread(target=server.serve_forever, name="sandbox-hub", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One question."""
        got = answer(self.path, self.headers.get("authorization"))
        self.send_response(got.status)
        for name, value in got.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(got.body)))
        self.end_headers()
        self.wfile.write(got.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: callers show what matters."""
