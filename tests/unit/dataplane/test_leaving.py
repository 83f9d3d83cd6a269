"""A machine that is taken away, look by look, against a socket that answers as Envoy's administration does."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from typing import Any

import pytest

from dataplane.gateway.agent.leaving import Leaving
from dataplane.gateway.agent.readiness import DRAINING, STARTING, Readiness
from sandbox.live.cloud import MachineCloud
from tests.unit.dataplane.machine import configuration_item

DRAIN_SECONDS = 905.0


@dataclass
class Envoy:
    in_flight: int = 0
    broken: bool = False
    asked: list[str] = field(default_factory=list[str])


class _Server(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True


@contextmanager
def _administration(path: str, envoy: Envoy) -> Iterator[None]:
    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            envoy.asked.append(self.path)
            body = f"http.ingress.downstream_rq_active: {envoy.in_flight}\n".encode()
            self.send_response(503 if envoy.broken else 200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = answer

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

        def address_string(self) -> str:
            return "unix"

    server = _Server(path, Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class World:
    cloud: MachineCloud
    envoy: Envoy
    readiness: Readiness
    leaving: Leaving


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    cloud, envoy, readiness = MachineCloud(configuration_item()), Envoy(), Readiness()
    path = str(tmp_path / "admin.sock")
    with _administration(path, envoy):
        leaving = Leaving(cloud, readiness, path, lambda: DRAIN_SECONDS)
        yield World(cloud, envoy, readiness, leaving)


def test_without_a_notice_nothing_is_said(world: World) -> None:
    world.leaving.look(0)
    assert (world.readiness.state, world.cloud.said, world.envoy.asked) == (STARTING, [], [])


def test_the_hook_hears_while_requests_are_in_flight_and_goes_on_at_once_after(
    world: World,
) -> None:
    world.cloud.taken_away, world.envoy.in_flight = True, 1
    for second in range(0, 300, 5):
        world.leaving.look(second)
    assert world.readiness.state == DRAINING
    assert world.cloud.said == ["leaving"] * 4  # each minute of a hook of two
    assert world.envoy.asked.count("/drain_listeners?graceful&skip_exit") == 1
    world.envoy.in_flight = 0
    world.leaving.look(300)
    assert "left" not in world.cloud.said
    world.leaving.look(305)
    assert world.cloud.said[-1] == "left"
    world.leaving.look(310)
    assert world.cloud.said.count("left") == 1


def test_a_heartbeat_that_fails_is_said_again_at_the_next_look(world: World) -> None:
    """The hook's own time is 120 s: a minute's silence more and the machine is ended under its requests."""
    world.cloud.taken_away, world.envoy.in_flight = True, 1
    for second in range(0, 60, 5):
        world.leaving.look(second)
    world.cloud.silent = True
    with pytest.raises(OSError, match="no answer"):
        world.leaving.look(60)
    world.cloud.silent = False
    world.leaving.look(65)
    assert world.cloud.said == ["leaving"]


def test_a_hook_that_does_not_wait_yet_is_told_again(world: World) -> None:
    world.cloud.taken_away, world.cloud.hook_waits = True, False
    for second in range(0, 30, 5):
        world.leaving.look(second)
    assert world.cloud.said.count("left") == 5
    world.cloud.hook_waits = True
    for second in range(30, 60, 5):
        world.leaving.look(second)
    assert world.cloud.said.count("left") == 6


def test_what_envoy_does_not_say_is_not_idle(world: World) -> None:
    world.cloud.taken_away, world.envoy.broken = True, True
    for second in range(0, int(DRAIN_SECONDS), 5):
        world.leaving.look(second)
    assert "left" not in world.cloud.said
    world.envoy.broken = False
    world.leaving.look(DRAIN_SECONDS)
    assert "/drain_listeners?graceful&skip_exit" in world.envoy.asked


def test_the_plans_time_is_the_limit(world: World) -> None:
    world.cloud.taken_away, world.envoy.in_flight = True, 1
    world.leaving.look(0)
    world.leaving.look(DRAIN_SECONDS)
    assert "left" not in world.cloud.said
    world.leaving.look(DRAIN_SECONDS + 1)
    assert world.cloud.said[-1] == "left"


def test_without_an_envoy_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    cloud = MachineCloud(configuration_item(), taken_away=True)
    leaving = Leaving(cloud, Readiness(), str(tmp_path / "admin.sock"), lambda: DRAIN_SECONDS)
    leaving.look(0)
    leaving.look(5)
    assert cloud.said == ["left"]
