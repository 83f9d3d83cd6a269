"""Runs functions: finds or starts the process of a version, and keeps to the limits on concurrency."""

import threading
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from sandbox.live.functions.concurrency import Concurrency
from sandbox.live.functions.function import LATEST, Answer, Function
from sandbox.live.functions.packages import link_packages
from sandbox.live.functions.process import EndedError, FunctionProcess, killed

TIMEOUT_SECONDS_MIN = 10.0
"""On the wall: this machine is slower than the scale says."""
KEY_PREFIX = "function-"
"""An access key with this prefix is a function's; its name follows."""


class FunctionRunner:
    """`invoke` is called from as many threads as there are invocations. Processes end with `close`."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str],
        *,
        time_scale: float,
        timeout_seconds_min: float = TIMEOUT_SECONDS_MIN,
    ) -> None:
        """`environment` is what every function sees beside its own variables."""
        self._folder, self._environment = folder, environment
        self._scale, self._timeout_min = time_scale, timeout_seconds_min
        self._packages = link_packages(folder / "packages")
        self._processes: dict[tuple[str, str], FunctionProcess] = {}
        """Those that take invocations; `_started` has those too that only finish theirs."""
        self._started: list[FunctionProcess] = []
        self._lock = threading.Lock()
        self._closed = False
        self.concurrency = Concurrency()

    def invoke(self, function: Function, event: str) -> Answer:
        """Wait for its answer to this JSON text. Raises `ThrottledError`."""
        seconds = max(self._timeout_min, function.timeout_seconds / self._scale)
        self.concurrency.enter(function.name)
        answer = Answer("null", is_error=True)
        try:
            answer = self._run(function, event, seconds)
            return answer
        finally:
            timed_out = answer.is_error and "Sandbox.Timedout" in answer.payload
            self.concurrency.leave(function.name, is_error=answer.is_error, timed_out=timed_out)

    def kill(self, name: str) -> None:
        """All that runs of this function ends at once, as by SIGKILL; the next invocation finds a new process."""
        with self._lock:
            found = [one for one in self._started if one.function.name == name]
        for process in found:
            process.end()

    def keep_only(self, functions: Iterable[Function]) -> None:
        """These are all that exist: processes of others end."""
        functions = list(functions)
        self.concurrency.follow(
            {one.name: one.reserved for one in functions if one.version == LATEST}
        )
        kept = {(one.name, one.version) for one in functions}
        with self._lock:
            gone = [key for key in self._processes if key not in kept]
            ended = [self._processes.pop(key) for key in gone]
        for process in ended:
            process.retire()

    def log_of(self, name: str) -> Path:
        """What it prints, all its versions."""
        return self._folder / name / "log"

    def describe(self) -> dict[str, dict[str, Any]]:
        """Function -> its counts, and where it writes what it prints."""
        return {
            name: {**counts, "log": str(self.log_of(name))}
            for name, counts in self.concurrency.describe().items()
        }

    def close(self) -> None:
        """Every process ends."""
        with self._lock:
            self._closed = True
            started = list(self._started)
        for process in started:
            process.end()

    def _run(self, function: Function, event: str, seconds: float) -> Answer:
        identifier = str(uuid.uuid4())
        while not self._closed:
            with suppress(EndedError):  # then another process takes it, unless all is over
                process = self._process_of(function)
                return process.invoke(identifier, event, timeout_seconds=seconds)
        return killed(identifier)

    def _process_of(self, function: Function) -> FunctionProcess:
        """Raises `EndedError` once the runner is closed."""
        key = function.name, function.version
        with self._lock:
            if self._closed:
                raise EndedError
            found = self._processes.get(key)
            if found is not None and found.is_running() and found.function == function:
                return found
            started = self._processes[key] = self._start(function)
            self._started = [one for one in self._started if one.is_running()] + [started]
        if found is not None:
            found.retire()
        return started

    def _start(self, function: Function) -> FunctionProcess:
        environment = {
            **self._environment,
            "AWS_ACCESS_KEY_ID": f"{KEY_PREFIX}{function.name}",
            "AWS_SECRET_ACCESS_KEY": "sandbox",
        }
        return FunctionProcess(
            function, self.log_of(function.name).parent, self._packages, environment
        )
