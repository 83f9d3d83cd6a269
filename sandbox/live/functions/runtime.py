"""A function's own process: `python -I -S -u runtime.py FD CODE PACKAGES HANDLER`, started by `process.py`.

It sees the function's unpacked code, the packages that Lambda's Python brings, and the standard library: nothing of
this project. On the socket with the number FD it reads one JSON object a line and answers in the same way:

    {"id": ..., "event": JSON text, "seconds": until its timeout, on the wall}    run the handler
    {"end": id}                                                                  its time is over
    <- {"id": ..., "payload": JSON text, "is_error": false}
    <- {"failed": JSON text}                     the handler cannot be loaded; the process ends

Invocations are threads of this one process, so they share the state of its modules. Environments of Lambda do not:
there each has one invocation at a time and modules of its own. A handler must therefore be right in both: what it
keeps in a module is a cache that any invocation may find empty or filled, guarded against another thread.
A thread that is told to end gets an exception at its next step in Python; Lambda ends the whole environment.
"""

import ctypes
import importlib
import json
import logging
import os
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

Handler = Callable[[Any, Any], Any]


class TimedOut(BaseException):
    """Raised in the thread of an invocation whose time is over."""


class Context:
    """What Lambda's Python gives a handler, as far as a handler of homeport may look."""

    identity = None
    client_context = None

    def __init__(self, request_id: str, seconds: float) -> None:
        self.aws_request_id = request_id
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.invoked_function_arn = os.environ["SANDBOX_FUNCTION_ARN"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = "sandbox"
        self._ends = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """On the wall: the account's clock may be faster."""
        return max(0, int((self._ends - time.monotonic()) * 1000))


class Runtime:
    """Runs the handler for every message that asks for it."""

    def __init__(self, connection: socket.socket, handler: Handler) -> None:
        self._connection, self._handler = connection, handler
        self._sending = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}

    def serve(self) -> None:
        """Until the other side closes."""
        with self._connection.makefile("r", encoding="utf-8") as messages:
            for line in messages:
                message = json.loads(line)
                if "end" in message:
                    self._end(message["end"])
                else:
                    self._begin(message)

    def _begin(self, message: dict[str, Any]) -> None:
        thread = threading.Thread(target=self._run, args=(message,), daemon=True)
        self._threads[message["id"]] = thread
        thread.start()

    def _end(self, identifier: str) -> None:
        thread = self._threads.get(identifier)
        if thread is not None and thread.ident is not None:
            number = ctypes.c_ulong(thread.ident)
            ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(TimedOut))

    def _run(self, message: dict[str, Any]) -> None:
        identifier = message["id"]
        try:
            context = Context(identifier, message["seconds"])
            payload, is_error = self._invoke(message["event"], context)
            self._send({"id": identifier, "payload": payload, "is_error": is_error})
        except TimedOut:
            """Its caller has got an answer already."""
        finally:
            self._threads.pop(identifier, None)

    def _invoke(self, event: str, context: Context) -> tuple[str, bool]:
        try:
            result = self._handler(json.loads(event), context)
        except TimedOut:
            raise
        except SystemExit as error:
            return _error("Runtime.ExitError", f"exit status {error.code}", context), True
        except BaseException as error:  # noqa: BLE001 - whatever a handler raises
            traceback.print_exc()
            return _error(type(error).__name__, str(error), context, _stack(error)), True
        try:
            return json.dumps(result), False
        except (TypeError, ValueError) as error:
            text = f"Unable to marshal response: {error}"
            return _error("Runtime.MarshalError", text, context), True

    def _send(self, message: dict[str, Any]) -> None:
        with self._sending:
            self._connection.sendall(json.dumps(message).encode() + b"\n")


def _stack(error: BaseException) -> list[str]:
    return traceback.format_tb(error.__traceback__)[1:]


def _error(kind: str, text: str, context: Context | None, stack: list[str] | None = None) -> str:
    """As Lambda's Python writes an error."""
    found: dict[str, Any] = {"errorMessage": text, "errorType": kind}
    if context is not None:
        found["requestId"] = context.aws_request_id
    return json.dumps({**found, "stackTrace": stack or []})


def load(handler: str) -> Handler:
    """Raises whatever importing raises, and `AttributeError`, `ValueError`."""
    module, _, name = handler.rpartition(".")
    return getattr(importlib.import_module(module.replace("/", ".")), name)


def main(arguments: list[str]) -> int:
    """Serve; 1 where the handler cannot be loaded."""
    number, code, packages, handler = arguments
    sys.path[:] = [code, *sys.path, packages]
    logging.getLogger().addHandler(logging.StreamHandler(sys.stdout))
    connection = socket.socket(fileno=int(number))
    try:
        found = load(handler)
    except BaseException as error:  # noqa: BLE001 - whatever a module raises
        traceback.print_exc()
        module = handler.rpartition(".")[0]
        kinds = {ImportError: "ImportModuleError", AttributeError: "HandlerNotFound"}
        kind = next((f"Runtime.{kinds[one]}" for one in kinds if isinstance(error, one)), None)
        text = f"Unable to import module '{module}': {error}"
        failed = {"failed": _error(kind or type(error).__name__, text, None)}
        connection.sendall(json.dumps(failed).encode() + b"\n")
        return 1
    Runtime(connection, found).serve()
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.stdout.flush()
    os._exit(status)  # invocations that still run end with the account
