"""One process that runs one version of a function; its other side is `runtime.py`."""

import io
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import uuid
import zipfile
from collections.abc import Mapping
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

from sandbox.live.functions.function import Answer, Function

RUNTIME = Path(__file__).with_name("runtime.py")
KILLED = "Runtime exited with error: signal: killed"


class EndedError(Exception):
    """The process has ended before it took the invocation: another one can."""


class FunctionProcess:
    """Runs until `end`, or until its handler ends it."""

    def __init__(
        self, function: Function, folder: Path, packages: Path, environment: Mapping[str, str]
    ) -> None:
        """`folder` is the function's; `environment` all that the process has but what says which function it is."""
        self.function = function
        self._pending: dict[str, Future[Answer]] = {}
        self._lock = threading.Lock()
        self._failure = ""
        self._ended = self._retired = False
        self._code = code = folder / f"code-{uuid.uuid4().hex[:12]}"
        code.mkdir(parents=True)
        with zipfile.ZipFile(io.BytesIO(function.code)) as archive:
            archive.extractall(code)
        here, there = socket.socketpair()
        with there, (folder / "log").open("ab") as log:
            command = [sys.executable, "-I", "-S", "-u", str(RUNTIME), str(there.fileno())]
            self._process = subprocess.Popen(
                [*command, str(code), str(packages), function.handler],
                pass_fds=[there.fileno()],
                cwd=code,
                env={**environment, **_of_lambda(function, code)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._connection = here
        self._sending = threading.Lock()
        name = f"function-{function.name}"
        self._reader = threading.Thread(target=self._read, name=name, daemon=True)
        self._reader.start()

    def invoke(self, identifier: str, event: str, *, timeout_seconds: float) -> Answer:
        """`event` is JSON, seconds are on the wall. Raises `EndedError` where it ran nothing of it."""
        answer: Future[Answer] = Future()
        with self._lock:
            if self._ended and self._failure:
                return Answer(self._failure, is_error=True)
            if self._ended:
                raise EndedError
            self._pending[identifier] = answer
        message = {"id": identifier, "event": event, "seconds": timeout_seconds}
        with suppress(OSError):  # it has just ended: the reader says so
            self._send(message)
        try:
            return answer.result(timeout_seconds)
        except TimeoutError:
            with suppress(OSError):
                self._send({"end": identifier})
            return self._timed_out(identifier)
        finally:
            self._forget(identifier)

    def is_running(self) -> bool:
        """Whether it can take an invocation."""
        return not self._ended

    def end(self) -> None:
        """At once, as by SIGKILL: what it runs is an error."""
        with suppress(ProcessLookupError):
            self._process.kill()
        self._reader.join()

    def retire(self) -> None:
        """Another version serves from now on; this one ends when it has nothing to do."""
        with self._lock:
            self._retired = True
            idle = not self._pending
        if idle:
            self.end()

    def _forget(self, identifier: str) -> None:
        with self._lock:
            del self._pending[identifier]
            over = self._retired and not self._pending
        if over:
            self.end()

    def _send(self, message: dict[str, Any]) -> None:
        line = json.dumps(message).encode() + b"\n"
        with self._sending:
            self._connection.sendall(line)

    def _read(self) -> None:
        messages = self._connection.makefile("r", encoding="utf-8")
        with self._connection, messages, suppress(OSError):
            for line in messages:
                self._take(json.loads(line))
        with self._lock:
            self._ended = True
            pending = dict(self._pending)
        for identifier, answer in pending.items():
            failure = Answer(self._failure, is_error=True) if self._failure else killed(identifier)
            _settle(answer, failure)
        self._process.wait()
        shutil.rmtree(self._code, ignore_errors=True)

    def _take(self, message: dict[str, Any]) -> None:
        if "failed" in message:
            self._failure = message["failed"]
            return
        with self._lock:
            answer = self._pending.get(message["id"])
        if answer is not None:
            _settle(answer, Answer(message["payload"], message["is_error"]))

    def _timed_out(self, identifier: str) -> Answer:
        text = f"Error: Task timed out after {self.function.timeout_seconds:.2f} seconds"
        error = {
            "errorType": "Sandbox.Timedout",
            "errorMessage": f"RequestId: {identifier} {text}",
        }
        return Answer(json.dumps(error), is_error=True)


def _settle(answer: Future[Answer], value: Answer) -> None:
    if not answer.done():
        answer.set_result(value)


def killed(identifier: str) -> Answer:
    """What comes of an invocation whose process has ended."""
    text = f"RequestId: {identifier} Error: {KILLED}"
    error = {"errorType": "Runtime.ExitError", "errorMessage": text}
    return Answer(json.dumps(error), is_error=True)


def _of_lambda(function: Function, code: Path) -> dict[str, str]:
    """Lambda developer guide, "Defined runtime environment variables" (read 2026-11)."""
    return {
        "_HANDLER": function.handler,
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mib),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": "sandbox",
        "LAMBDA_TASK_ROOT": str(code),
        "SANDBOX_FUNCTION_ARN": function.arn,
        "PATH": os.defpath,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **function.environment,
    }
