"""The weights script with the real curl, against a hub on loopback that redirects to a store."""

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.unit.dataplane.machine import HUB_TOKEN, WEIGHT_FILES, Machine, boot_parts, new_machine


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Certificate and key of both hosts in one file."""
    both = tmp_path / "hosts.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    names = ("-subj", "/CN=hosts", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost")
    subprocess.run(
        [*command.split(), *names, "-keyout", both, "-out", tmp_path / "hosts.crt"],
        check=True,
        capture_output=True,
    )
    both.write_text(both.read_text() + (tmp_path / "hosts.crt").read_text())
    return both


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler], certificate: Path) -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=20)


class Quiet(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


def real_curl(machine: Machine, certificate: Path) -> None:
    """Takes the stand-in away; the script finds the machine's own curl."""
    (Path(machine.environment["PATH"].split(":")[0]) / "curl").unlink()
    machine.environment["CURL_CA_BUNDLE"] = str(certificate)


def test_curl_resumes_and_keeps_the_token_to_the_hub(tmp_path: Path, certificate: Path) -> None:
    assert shutil.which("curl")
    tokens: dict[str, list[str | None]] = {"hub": [], "store": []}
    ranges: list[str] = []

    class Store(Quiet):
        def do_GET(self) -> None:
            tokens["store"].append(self.headers["authorization"])
            data = WEIGHT_FILES[self.path.removeprefix("/")]
            start = 0
            if "range" in self.headers:
                ranges.append(self.headers["range"])
                start = int(self.headers["range"].removeprefix("bytes=").rstrip("-"))
                self.send_response(206)
                self.send_header("content-range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            else:
                self.send_response(200)
            self.send_header("content-length", str(len(data) - start))
            self.end_headers()
            self.wfile.write(data[start:])

    with serving(Store, certificate) as store:

        class Hub(Quiet):
            def do_GET(self) -> None:
                tokens["hub"].append(self.headers["authorization"])
                self.send_response(302)
                name = self.path.split("/resolve/" + "0" * 40 + "/")[1]
                self.send_header("location", f"https://localhost:{store}/{name}")
                self.send_header("content-length", "0")
                self.end_headers()

        with serving(Hub, certificate) as hub:
            parts = boot_parts()
            parts["hub"]["endpoint"] = f"https://127.0.0.1:{hub}"
            machine = new_machine(tmp_path / "machine", parts)
            real_curl(machine, certificate)
            for result in (machine.start(), machine.step("scratch"), machine.step("secrets")):
                assert result.returncode == 0, result.stderr
            folder = machine.root / "mnt/homeport/weights/model"
            folder.mkdir()
            (folder / "breaks-model.safetensors").write_bytes(bytes(range(256)) * 10)
            result = machine.step("weights")
            assert result.returncode == 0, result.stderr
    there = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    assert there == WEIGHT_FILES
    assert ranges == ["bytes=2560-"]
    assert set(tokens["hub"]) == {f"Bearer {HUB_TOKEN}"}
    assert tokens["store"] == [None, None]


def test_plain_http_is_refused(tmp_path: Path, certificate: Path) -> None:
    class Hub(Quiet):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("location", "http://127.0.0.1:9/x")
            self.send_header("content-length", "0")
            self.end_headers()

    with serving(Hub, certificate) as hub:
        parts = boot_parts()
        parts["hub"] = {"endpoint": f"https://127.0.0.1:{hub}", "token_secret": None}
        machine = new_machine(tmp_path / "machine", parts)
        real_curl(machine, certificate)
        machine.start()
        machine.step("scratch")
        result = machine.step("weights")
    assert result.returncode == 1
    assert 'Protocol "http" not supported or disabled' in result.stderr or (
        'Protocol "http" disabled' in result.stderr
    )
    folder = machine.root / "mnt/homeport/weights"
    assert not [path for path in folder.rglob("*") if path.is_file() and path.stat().st_size]
