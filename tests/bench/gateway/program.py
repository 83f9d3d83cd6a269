"""The load program (load/, Go): built once a run, started as upstream and as load generator."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.gateway.processes import cpu_seconds, machine_busy_seconds

CHUNKS, PACE_MS = 30, 50
"""Of a stream: 1.5 s; 50 at once are 1,000 chunks a second."""
SOURCE = Path(__file__).with_name("load")


@dataclass(frozen=True)
class System:
    """What is measured: where a caller sends its chats, and with which bearer."""

    name: str
    url: str
    token: str
    processes: tuple[int, ...]
    """Roots of what it is made of; none for the upstream itself."""


@dataclass(frozen=True)
class Found:
    """Of one run of the load program against one proxy."""

    done: int
    seconds: float
    milliseconds: tuple[float, ...]
    """Of each request, or until each stream's first token."""
    errors: tuple[str, ...]
    proxy_cpu_seconds: float
    others_share: float
    """Of the machine's processors, while it ran: what belonged to neither proxy, load nor upstream."""


def processors() -> tuple[str, str]:
    """For the proxy, and for everything else; the same where the machine has one."""
    every = sorted(os.sched_getaffinity(0))
    return str(every[-1]), ",".join(map(str, every[:-1] or every))


def pinned(processor: str, *command: str | Path) -> list[str]:
    """The command on these processors only."""
    return ["taskset", "--cpu-list", processor, *map(str, command)]


class LoadProgram:
    """One binary, for the time of a benchmark."""

    def __init__(self, folder: Path) -> None:
        """Builds it in `folder`; needs Go, which the Pulumi engine's set-up may have needed too."""
        assert shutil.which("go"), "the load program is written in Go: install Go 1.25 or newer"
        self._binary = folder / "load"
        subprocess.run(["go", "build", "-o", self._binary, "."], cwd=SOURCE, check=True)
        self._processor = processors()[1]
        self._upstream = 0

    @contextmanager
    def upstream(self) -> Iterator[int]:
        """An OpenAI-style endpoint; yields its port."""
        command = pinned(self._processor, self._binary, "upstream", str(CHUNKS), str(PACE_MS))
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            self._upstream = process.pid
            try:
                yield int(process.stdout.readline())
            finally:
                process.terminate()

    def run(self, kind: str, system: System, *numbers: int) -> Found:
        """One kind of load; see load/main.go for its numbers."""
        proxy = system.processes
        command = pinned(self._processor, self._binary, kind, system.url, system.token)
        with subprocess.Popen(
            [*command, *map(str, numbers)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", "the load program said why, above"
            ours = (*proxy, process.pid, self._upstream)
            before = cpu_seconds(*proxy), cpu_seconds(*ours), machine_busy_seconds()
            process.stdin.write("go\n")
            process.stdin.flush()
            said: dict[str, Any] = json.loads(process.stdout.readline())
            after = cpu_seconds(*proxy), cpu_seconds(*ours), machine_busy_seconds()
        used, all_used, busy = (late - early for early, late in zip(before, after, strict=True))
        return Found(
            done=said["done"],
            seconds=said["seconds"],
            milliseconds=tuple(one / 1000 for one in said["microseconds"]),
            errors=tuple(said["errors"]),
            proxy_cpu_seconds=used,
            others_share=max(0.0, busy - all_used) / said["seconds"] / len(os.sched_getaffinity(0)),
        )
