"""A stand-in engine as a process on loopback, its settings, and what its clients see."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.engine.executed import read_executed
from tests.until import until

ROOT = Path(__file__).resolve().parents[3]
CHAT = "/v1/chat/completions"
HOUR = 3600.0
COMMANDS: dict[str, tuple[str, ...]] = {
    "vllm": ("/repository", "--served-model-name", "chat", "acme/chat-8b"),
    "sglang": (
        *("python3", "-m", "sglang.launch_server", "--model-path", "/repository"),
        *("--served-model-name", "chat", "--enable-metrics"),
    ),
    "llamacpp": ("--model", "/repository/m.gguf", "--alias", "chat,acme/chat-8b", "--metrics"),
    "tei": ("--model-id", "/repository", "--served-model-name", "chat"),
    "tgi": ("--model-id", "/repository"),
    "toolkit": (),
    "custom": (),
}


@dataclass
class Engine:
    """A running process."""

    process: "subprocess.Popen[str]"
    port: int
    folder: Path

    def set(self, **settings: Any) -> None:
        """The settings from now on, whole."""
        write_settings(self.folder, settings)

    def ask(
        self, method: str, path: str, body: Any = None, identifier: str = "-", timeout: float = 60
    ) -> tuple[int, bytes]:
        """Status and body; raises what a client of a dead engine gets."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
            connection.request(method, path, data, {"x-test-id": identifier})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def chat(self, identifier: str = "-", **changes: Any) -> tuple[int, bytes]:
        """One chat."""
        messages = [{"role": "user", "content": "Who are you?"}]
        body = {"model": "chat", "messages": messages, "max_tokens": 3, **changes}
        return self.ask("POST", CHAT, body, identifier)

    def health(self) -> int | None:
        """Status; None where nothing listens, or no longer."""
        try:
            return self.ask("GET", "/health")[0]
        except ConnectionError:
            return None

    def gauge(self, name: str) -> float:
        """Of the metrics now."""
        text = self.ask("GET", "/metrics")[1].decode()
        found = re.search(rf"^{re.escape(name)}(?:{{[^}}]*}})? (\S+)$", text, re.MULTILINE)
        assert found, f"{name} in\n{text}"
        return float(found[1])

    def executed(self) -> list[str]:
        return read_executed(self.folder)

    def errors(self) -> str:
        """What it wrote to standard error so far."""
        return (self.folder / "stderr").read_text()


@dataclass
class Asked:
    """A request that is under way in a thread."""

    thread: threading.Thread
    result: list[Any]

    def answer(self) -> tuple[int, bytes]:
        """Once it is there; raises what its client got."""
        self.thread.join(timeout=60)
        assert self.result, "still under way"
        if isinstance(self.result[0], Exception):
            raise self.result[0]
        return self.result[0]


def in_background(engine: Engine, identifier: str, **changes: Any) -> Asked:
    """A chat, in a thread of its own."""
    result: list[Any] = []

    def run() -> None:
        try:
            result.append(engine.chat(identifier, **changes))
        except (OSError, http.client.HTTPException) as error:
            result.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return Asked(thread, result)


def write_settings(folder: Path, settings: dict[str, Any]) -> Path:
    """As every writer should: beside the file, then in its place."""
    file, new = folder / "settings.json", folder / "settings.new"
    new.write_text(json.dumps({"executed_folder": str(folder), **settings}))
    new.replace(file)
    return file


@contextmanager
def running_engine(
    folder: Path,
    engine: str = "vllm",
    command: tuple[str, ...] | None = None,
    *,
    ready: bool = True,
    environment: dict[str, str] | None = None,
    **settings: Any,
) -> Iterator[Engine]:
    """Killed at the end by its own process. `ready` False: returned before it has loaded."""
    port = free_port()
    words = [sys.executable, "-m", "sandbox.engine", "--engine", engine, "--port", str(port)]
    words += ["--settings", str(write_settings(folder, settings)), "--"]
    words += COMMANDS[engine] if command is None else command
    with (folder / "stderr").open("w") as errors:
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env={**os.environ, **(environment or {})},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    one = Engine(process, port, folder)
    try:
        if ready:
            until(lambda: process.poll() is not None or one.health() == 200, "ready")
            assert process.poll() is None, one.errors()
        yield one
    finally:
        process.kill()
        process.communicate(timeout=20)


def free_port() -> int:
    """A port that nobody has now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
