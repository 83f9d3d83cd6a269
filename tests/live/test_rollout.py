"""10,000 short requests and 200 streams across what happens to replicas: what was lost, doubled or cut.

make live          the figures, in two minutes
"""

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from rich.console import Console

from dataplane.bootstrap.boot_document import render_boot_document
from sandbox.hub.server import hub_server
from sandbox.live.balancer import Balancer
from sandbox.live.cloud import MachineCloud
from sandbox.live.engine import Engine
from sandbox.live.machine import Machine
from sandbox.live.traffic import Traffic
from tests.unit.dataplane.machine import boot_parts, configuration_item
from tests.until import until

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]

SHORT, STREAMS = 10_008, 200
JANE = {"authorization": "Bearer hf_jane_0123456789abcdef"}
ITEM = configuration_item(max_request_seconds={"N": "60"}, max_body_bytes={"N": "100000"})


@dataclass
class Fleet:
    """Machines behind a load balancer."""

    folder: Path
    hub: str
    balancer: Balancer
    machines: list[Machine] = field(default_factory=list[Machine])
    engines: list[Engine] = field(default_factory=list[Engine])
    """Every engine that ever ran: their counts say what was executed."""
    made: int = 0

    def add(self) -> Machine:
        """Start a machine; done once the load balancer sends to it."""
        self.made += 1
        boot = json.loads(render_boot_document(**boot_parts()))
        machine = Machine(self.folder / f"machine-{self.made}", boot, MachineCloud(ITEM), self.hub)
        self.engines.append(machine.engine)
        until(machine.ready, f"{machine.name} ready")
        self.machines.append(machine)
        self._register()
        return machine

    def remove(self, machine: Machine) -> None:
        """As a group does it: deregister, let it drain, end it."""
        self.machines.remove(machine)
        self._register()
        # The load balancer stops sending before anything on the machine does.
        until(lambda: machine.in_flight() == 0, f"{machine.name} drained")
        machine.stop()

    def _register(self) -> None:
        """As a group counts a machine: in service when the load balancer says so."""
        ports = [machine.port for machine in self.machines]
        self.balancer.set_targets(ports)
        until(lambda: self.balancer.healthy() == dict.fromkeys(ports, True), f"{ports} in service")

    def connect(self) -> http.client.HTTPConnection:
        """To the load balancer."""
        return http.client.HTTPConnection("127.0.0.1", self.balancer.port, timeout=60)

    def executed(self) -> Counter[str]:
        """Request id -> how often an engine executed it."""
        total: Counter[str] = Counter()
        for engine in self.engines:
            total.update(engine.executed)
        return total


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with ExitStack() as stack:
        hub = stack.enter_context(hub_server())
        balancer = Balancer(tmp_path / "balancer")
        stack.callback(balancer.close)
        running = Fleet(tmp_path, hub, balancer)
        running.add()
        running.add()
        yield running
        for machine in running.machines:
            machine.stop()


def _served(fleet: Fleet) -> bool:
    traffic = Traffic(fleet.connect, JANE, prefix="first-")
    with traffic.running(short=1, streams=0, short_clients=1, stream_clients=1):
        pass
    return traffic.short.lost == 0


def _through(fleet: Fleet, change: Callable[[], None]) -> Traffic:
    """All the traffic, with the change in its middle; prints what became of it."""
    until(lambda: _served(fleet), "a first answer through the load balancer")
    traffic = Traffic(fleet.connect, JANE)
    with traffic.running(short=SHORT, streams=STREAMS):
        until(lambda: traffic.short.sent > SHORT // 10, "some traffic")
        change()
    assert traffic.short.sent >= SHORT
    assert traffic.streams.sent >= STREAMS
    executed = fleet.executed()
    doubled = sum(executed[name] > 1 for name in traffic.short.answered | traffic.streams.answered)
    Console().print(
        f"\n  short: {traffic.short.sent} sent, {traffic.short.lost} lost {dict(traffic.short.statuses)}"
        f"\n  streams: {traffic.streams.sent} sent, {traffic.streams.lost} lost or cut "
        f"{dict(traffic.streams.statuses)}\n  doubled: {doubled}"
    )
    assert doubled == 0
    return traffic


def _nothing_was_lost(traffic: Traffic) -> None:
    assert (traffic.short.lost, traffic.streams.lost) == (0, 0)


def test_scale_in(fleet: Fleet) -> None:
    _nothing_was_lost(_through(fleet, lambda: fleet.remove(fleet.machines[0])))


def test_rolling_update(fleet: Fleet) -> None:
    def roll() -> None:
        for old in list(fleet.machines):
            fleet.add()
            fleet.remove(old)

    _nothing_was_lost(_through(fleet, roll))


def test_an_agent_that_is_restarted(fleet: Fleet) -> None:
    """Known callers wait for the agent: Envoy cannot ask it, and a token is never let in on a guess."""
    traffic = _through(fleet, fleet.machines[0].restart_agent)
    assert set(traffic.short.statuses) <= {"200", "503"}
    assert traffic.streams.statuses["cut"] == 0
    assert traffic.short.lost < SHORT // 100


def test_an_envoy_that_is_restarted(fleet: Fleet) -> None:
    """Taken out of the load balancer first, as a machine is; then nothing is lost."""
    one = fleet.machines[0]

    def restart() -> None:
        fleet.balancer.set_targets([fleet.machines[1].port])
        until(lambda: one.in_flight() == 0, "drained")
        one.restart_envoy()
        until(one.ready, "ready again")
        fleet.balancer.set_targets([machine.port for machine in fleet.machines])

    _nothing_was_lost(_through(fleet, restart))


def test_an_engine_that_is_killed(fleet: Fleet) -> None:
    """What it was answering is cut, and says so; the replica is out of rotation until it answers again."""
    one = fleet.machines[0]

    def kill() -> None:
        one.kill_engine()
        until(lambda: not one.ready(), "out of rotation")
        one.restart_engine()
        fleet.engines.append(one.engine)
        until(one.ready, "back")

    traffic = _through(fleet, kill)
    assert set(traffic.short.statuses) <= {"200", "502", "503", "504"}
    assert traffic.short.lost < SHORT // 20
    # Some were cut, and none of them looks whole.
    assert traffic.streams.lost > 0
    assert traffic.streams.statuses["whole"] + traffic.streams.lost == traffic.streams.sent
