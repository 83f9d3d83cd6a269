"""The emulator's process: moto's WSGI application with the additions, on a loopback port.

The ready file is written (atomically) with the port once requests are answered. SIGINT and SIGTERM stop it.
Nothing is kept on disk: when the process ends, the account is gone.
"""

import argparse
import os
import re
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.emulator.errors import aws_error
from sandbox.emulator.turns import Turns

HOST = "127.0.0.1"
CONNECTIONS_WAITING = 1024
"""A thousand functions may call at the same time."""
PARENT_SECONDS = 1.0
"""How often it is looked whether the parent is still there."""

ACCESS_KEY = re.compile("Credential=([^/]+)/")
WsgiApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]


def main(argv: list[str] | None = None) -> None:
    """Parse the command line, serve, return when a signal asks to stop."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--ready-file", type=Path, help="written with the port when ready")
    parser.add_argument("--live", type=Path, help="machines and load balancers run, in this folder")
    parser.add_argument(
        "--time-scale", type=float, default=20.0, help="of the live account's clock"
    )
    arguments = parser.parse_args(argv)
    live = Live(arguments.live, arguments.time_scale) if arguments.live else None
    serve(port=arguments.port, ready_file=arguments.ready_file, live=live)


@dataclass(frozen=True)
class Live:
    """Where the live tier keeps its machines, and by how much its time is faster."""

    folder: Path
    time_scale: float


def serve(*, port: int, ready_file: Path | None, live: Live | None = None) -> None:
    """Serve until SIGINT or SIGTERM."""
    # moto reads these when its modules are imported.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"  # 3 MB of images that nobody here starts
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    os.environ["MOTO_LAMBDA_CONCURRENCY_QUOTA"] = "1000"  # of which 100 stay unreserved
    os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

    from werkzeug.serving import make_server

    turns = Turns()
    application = Switch(_application())
    server = make_server(
        HOST, port, one_at_a_time(application, turns), threaded=True, request_handler=_handler()
    )
    server.socket.listen(CONNECTIONS_WAITING)
    os.environ["MOTO_PORT"] = str(server.port)
    for number in (signal.SIGINT, signal.SIGTERM):
        # shutdown() waits for the loop that this very thread runs, so another thread must call it.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    threading.Thread(target=_end_with_parent, args=(server,), daemon=True).start()
    with ExitStack() as stack:
        if live:
            application.inner = stack.enter_context(
                _live(live, application.inner, turns, f"http://{HOST}:{server.port}")
            )
        if ready_file:
            _write_atomically(ready_file, str(server.port))
        server.serve_forever(poll_interval=0.05)
        server.server_close()


def _end_with_parent(server: Any) -> None:
    """A parent that was killed stops nobody; an account without one is of no use."""
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    server.shutdown()


@dataclass
class Switch:
    """An application that can be replaced before the first request: the live tier must know the port."""

    inner: WsgiApplication

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """What the inner one answers."""
        return self.inner(environ, start_response)


@contextmanager
def _live(
    live: Live, application: WsgiApplication, turns: Turns, address: str
) -> Iterator[WsgiApplication]:
    """The application with the live tier's own addresses; its processes end with the block."""
    from sandbox.hub.server import hub_server
    from sandbox.live.aws.account import LiveAccount
    from sandbox.live.aws.control import with_control
    from sandbox.live.aws.functions import AccountFunctions
    from sandbox.live.aws.instead_of_moto import put_in_place
    from sandbox.live.aws.machines import MachineRoom
    from sandbox.live.clock import Clock

    with hub_server() as hub:
        machines = live.folder / "m"
        room = MachineRoom(machines, account=address, hub=hub, time_scale=live.time_scale)
        clock, region = Clock(live.time_scale), os.environ["AWS_DEFAULT_REGION"]
        functions = AccountFunctions(
            live.folder / "functions", region=region, clock=clock, account=address, hub=hub
        )
        account = LiveAccount(
            live.folder, region=region, turns=turns, clock=clock, room=room, functions=functions
        )
        put_in_place(account)
        try:
            yield with_control(account, functions.calls.before(application))
        finally:
            account.close()


def one_at_a_time(application: WsgiApplication, turns: Turns) -> WsgiApplication:
    """The application with its requests in a row: moto's backends are plain dicts without locks.

    Who calls is known by the access key.

    What moto does not implement, or fails at, is logged and answered as an AWS error (status 501, which boto3 does
    not try again) instead of a page of HTML.
    """

    def locked(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        found = ACCESS_KEY.search(environ.get("HTTP_AUTHORIZATION", ""))
        with turns.of(found[1] if found else ""):
            try:
                return list(application(environ, start_response))
            except Exception as error:  # noqa: BLE001 -- whatever moto raises must become an answer
                traceback.print_exc()
                reason = f"{type(error).__name__}: {error}"
                message = f"the sandbox's emulator cannot serve this call ({reason})"
                return aws_error(
                    environ, start_response, "501 Not Implemented", "NotServedBySandbox", message
                )

    return locked


def _application() -> WsgiApplication:
    from moto.core.config import default_user_config
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from sandbox.emulator.additions import install

    default_user_config["lambda"] = {"use_docker": False}
    default_user_config["batch"] = {"use_docker": False}
    install()
    application = DomainDispatcherApplication(create_backend_app)
    application.debug = True  # type: ignore[attr-defined]
    return application


def _handler() -> Any:
    """A request handler without access log and without a delay between small packets."""
    from moto.moto_server.werkzeug_app import MotoRequestHandler

    class QuietHandler(MotoRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            del code, size

    return QuietHandler


def _write_atomically(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)
