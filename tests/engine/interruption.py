"""Runs of `pulumi up` that are interrupted after a chosen number of finished resources."""

import json
import os
import re
import signal
import subprocess
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.engine.stack_project import StackProject

STOP_TIMEOUT_SECONDS = 120
CHOSEN_BY_CHANCE = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{7,}|(?<![A-Za-z0-9])[A-Z0-9]{12,}"
)
"""Ids of the account, and the seven hexadecimal digits that auto-naming adds."""


def up_interrupted(project: StackProject, *, after_resources: int, kind: signal.Signals) -> int:
    """Start up, send `kind` once so many resources are done, wait for the end; how many were done.

    SIGINT goes to the engine alone, as a terminal's first interrupt is meant: it lets running
    operations finish. SIGKILL takes the engine, the program and the providers at once.
    """
    process = subprocess.Popen(
        [
            project.pulumi_executable(), "up", "--yes", "--skip-preview", "--non-interactive",
            "--json", "--stack", project.stack,
        ],
        cwd=project.folder,
        env=project.environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )  # fmt: skip
    done = 0
    assert process.stdout is not None
    for line in process.stdout:
        if not line.startswith("{") or "resOutputsEvent" not in json.loads(line):
            continue
        done += 1
        if done == after_resources:
            if kind == signal.SIGKILL:
                kill_session(process.pid)
            else:
                process.send_signal(kind)
    process.stdout.close()
    process.wait(STOP_TIMEOUT_SECONDS)
    return done


def kill_session(session: int) -> None:
    """SIGKILL every process of a session: the language host has a process group of its own."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with suppress(OSError):  # it may end while it is looked at
            # The name stands in brackets and may hold blanks; the session is the fourth field behind.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                os.kill(int(entry.name), signal.SIGKILL)


def comparable_state(state: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """URN -> inputs, with what an account or chance chose (ids, random name endings) as `*`.

    Two deployments of the same program into two accounts have the same comparable state.
    """
    return {urn: _without_ids(resource.get("inputs", {})) for urn, resource in state.items()}


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        readable = (
            {**value, "userData": b64decode(value["userData"]).decode()}
            if ("userData" in value)
            else value
        )
        return {key: _without_ids(item) for key, item in readable.items()}
    if isinstance(value, list):
        return sorted((_without_ids(item) for item in value), key=json.dumps)
    if isinstance(value, str):
        return CHOSEN_BY_CHANCE.sub("*", value)
    return value
