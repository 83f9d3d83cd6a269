"""One replica for hostile clients: Envoy and the agent as processes, before an engine that keeps what it is sent."""

import dataclasses
import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dataplane.bootstrap.boot_document import render_boot_document
from dataplane.gateway.live_settings import gateway_settings
from tests.unit.dataplane.envoy_process import Gateway, certificate, running_envoy
from tests.unit.dataplane.machine import boot_parts, configuration_item
from tests.unit.dataplane.memory import resident_mebibytes
from tests.unit.dataplane.raw_engine import Record, raw_engine
from tests.until import until

ROOT = Path(__file__).resolve().parents[2]
CHAT, MODELS = "/v1/chat/completions", "/v1/models"
JANE = {"authorization": "Bearer hf_jane_0123456789abcdef"}


@dataclass
class Replica:
    gateway: Gateway
    agent_pid: int
    folder: Path
    record: Record

    def edit(self, **changes: Any) -> None:
        """Of the configuration item; in force once the agent has read it."""
        new = self.folder / "item.new"
        new.write_text(json.dumps(configuration_item(**changes)))
        new.replace(self.folder / "item.json")

    def status(self, headers: Mapping[str, str] = JANE, path: str = CHAT) -> int:
        return self.gateway.call("POST", path, dict(headers), b"{}")[0]

    def counter(self, name: str) -> int:
        """One of Envoy's own."""
        said = self.gateway.admin(f"/stats?filter=^{name}$")
        return int(said.rpartition(":")[2] or 0)

    def in_flight(self) -> int:
        return self.counter("cluster.engine.upstream_rq_active")

    def memory(self) -> tuple[float, float]:
        """Of Envoy and of the agent, in MiB."""
        return resident_mebibytes(self.gateway.pid), resident_mebibytes(self.agent_pid)


@contextmanager
def replica(folder: Path, hub: str, item: Mapping[str, Any] | None = None) -> Iterator[Replica]:
    """Runs until the end of the `with`; ready when it begins."""
    record = Record()
    certificate(folder)
    (folder / "item.json").write_text(json.dumps(configuration_item(**(item or {}))))
    with raw_engine(record) as port:
        boot = _boot(port)
        (folder / "boot.json").write_text(json.dumps(boot))
        with running_envoy(_settings(boot, folder), folder) as gateway, _agent(folder, hub) as pid:
            one = Replica(gateway, pid, folder, record)
            until(lambda: gateway.call("GET", "/_homeport/ready")[0] == 200, "ready")
            yield one


def _boot(port: int) -> dict[str, Any]:
    parts = boot_parts()
    endless = [
        {"method": method, "path": path, "inference": True}
        for method, path in (("GET", "/stream"), ("GET", "/flood"))
    ]
    parts["engine"] = {
        **parts["engine"],
        "port": port,
        "routes": [*parts["engine"]["routes"], *endless],
        "first_request": {"method": "GET", "path": MODELS, "body": None},
    }
    boot = json.loads(render_boot_document(**parts))
    boot["network"]["engine_address"] = "127.0.0.1"
    return boot


def _settings(boot: dict[str, Any], folder: Path) -> Any:
    item = {"Item": json.loads((folder / "item.json").read_text())}
    return dataclasses.replace(
        gateway_settings(boot, item, live_folder=str(folder)),
        certificate_path=str(folder / "tls.crt"),
        key_path=str(folder / "tls.key"),
        agent_socket_path=str(folder / "agent.sock"),
        admin_socket_path=str(folder / "admin.sock"),
        listen_address="127.0.0.1",
        listen_port=0,
    )


@contextmanager
def _agent(folder: Path, hub: str) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.live.agent_process"]
    with (folder / "agent.log").open("w") as log:
        process = subprocess.Popen(
            [*command, str(folder / "boot.json"), str(folder), hub],
            cwd=ROOT, env={"PATH": os.environ["PATH"]}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
        try:
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)


@dataclass
class Bystander:
    """An honest caller beside the abuse: what it got, and how long the longest answer took."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    slowest_seconds: float = 0


@contextmanager
def bystander(one: Replica, headers: Mapping[str, str] = JANE) -> Iterator[Bystander]:
    """Calls one request after another, each on a new connection, while the `with` does its work."""
    seen, done = Bystander(), threading.Event()

    def call() -> None:
        while not done.is_set():
            began = time.monotonic()
            seen.statuses[one.status(headers)] += 1
            seen.slowest_seconds = max(seen.slowest_seconds, time.monotonic() - began)

    thread = threading.Thread(target=call)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()
