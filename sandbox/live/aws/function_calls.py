"""Calls by functions to AWS's APIs, known by their access key: some are refused, one is the last before a crash."""

import random
import re
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.emulator.errors import aws_error, is_ec2, is_json
from sandbox.live.aws.faults import Crash, Faults
from sandbox.live.functions.runner import KEY_PREFIX, FunctionRunner

CREDENTIAL = re.compile(rf"Credential={KEY_PREFIX}([^/]+)/")
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class FunctionCalls:
    """In front of the emulator's application, which takes one request at a time."""

    def __init__(self, runner: FunctionRunner) -> None:
        self._runner = runner
        self._throttled = 0.0
        self._crash: Crash | None = None
        self._calls = 0
        self._random = random.Random(0)  # noqa: S311 - the same luck each time
        self.crashes = 0

    def set_faults(self, faults: Faults) -> None:
        """From now on; calls until a crash are counted anew."""
        self._throttled, self._crash = faults.throttled, faults.functions.crash
        self._calls = 0
        self._random = random.Random(0)  # noqa: S311

    def before(self, application: Application) -> Application:
        """The application, behind this."""

        def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            found = CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
            if found is None:
                return application(environ, start_response)
            self._runner.concurrency.count_call(found[1])
            if self._random.random() < self._throttled:
                return _too_many(environ, start_response)
            body = list(application(environ, start_response))
            self._after(found[1])
            return body

        return answer

    def _after(self, function: str) -> None:
        """What the call asked for has been done."""
        if self._crash is None or function != self._crash.function:
            return
        self._calls += 1
        if self._calls == self._crash.after_calls:
            self._crash = None
            self.crashes += 1
            self._runner.kill(function)


def _too_many(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    status, code = "400 Bad Request", "ThrottlingException" if is_json(environ) else "Throttling"
    if is_ec2(environ):
        status, code = "503 Service Unavailable", "RequestLimitExceeded"
    return aws_error(environ, start_response, status, code, "Rate exceeded")
