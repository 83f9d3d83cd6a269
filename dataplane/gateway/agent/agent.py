"""The agent of one replica: looks at engine and Envoy, answers Envoy, follows the item, reports, drains.

Every chore may fail by itself: what AWS or Envoy does not answer now is asked again, and nothing that serves
stops for it.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ..envoy_access_log import ABANDONED_FILE
from ..live_settings import gateway_settings, live_access
from ..render import write_live
from .activity import Activity, ActivityTracker
from .local_http import unix_post
from .readiness import DRAINING, READY, STARTING, Readiness
from .schedule import Chore, Schedule
from .secret_rotation import MARK_FILE, SecretRotation
from .server import AgentServer, Answers
from .shared_verdicts import SharedVerdicts, VerdictTable
from .token_gate import Answer, AskHub, Live, TokenGate
from .watch import FirstRequest, look_at_engine, read_counters, real_answer

ENGINE_SECONDS, ACTIVITY_SECONDS, ITEM_SECONDS, REPORT_SECONDS, NOTICE_SECONDS = 5, 1, 30, 20, 5
SECRETS_SECONDS, VERDICTS_SECONDS = 60, 2
HEARTBEAT_SECONDS = 200
"""Of the launch hook, whose own time is 600 s."""
STARTUP_SECONDS_MAX = 3600.0
"""A replica that has given no real answer by then is given up, with its reason in the log."""
REPORT_LASTS_SECONDS = 600
ACTIVITY_AGE_SECONDS_MAX = 30.0
FAILED_FILE = "failed"
"""Beside the gateway's folder; written by `report-failure.sh` when a start-up step failed."""
TICK_SECONDS = 0.2


class Cloud(Protocol):
    """What the agent asks of its cloud; `gateway.agent.aws` is one."""

    @property
    def verdicts(self) -> VerdictTable:
        """What the endpoint's replicas know of tokens."""
        ...

    def read_item(self) -> dict[str, Any]:
        """The endpoint's configuration item, as the table gives it."""
        ...

    def report(self, values: Mapping[str, Any]) -> None:
        """Write this replica's report."""
        ...

    def measure(self, activity: Activity) -> None:
        """Publish the replica's metrics."""
        ...

    def interruption(self) -> bool:
        """Whether the machine is about to be taken away."""
        ...

    def heartbeat(self) -> None:
        """Ask for more time to start."""
        ...

    def started(self, *, ok: bool) -> None:
        """Say that the replica may come into service, or never will; done where nobody waits to hear it."""
        ...

    def replace(self) -> None:
        """Ask for another machine in this one's place, which serves until that one does."""
        ...


class Place(NamedTuple):
    """Where the agent finds its neighbours."""

    live_folder: Path
    agent_socket: Path
    admin_socket: str
    instance: str = "i-0"
    """The machine's own id: decides when, among the replicas, it is its turn."""


class Agent:
    """One process a machine."""

    def __init__(
        self,
        boot: Mapping[str, Any],
        place: Place,
        cloud: Cloud,
        ask_hub: AskHub,
        *,
        time_scale: float = 1.0,
    ) -> None:
        """`time_scale` divides every interval: the sandbox lives faster."""
        now = time.monotonic()
        self._boot, self._place, self._cloud = boot, place, cloud
        self._scale = time_scale
        self._readiness, self._tracker = Readiness(), ActivityTracker(now)
        self._shared = SharedVerdicts(cloud.verdicts)
        self._gate = TokenGate(ask_hub, self._shared)
        self._live: Live | None = None
        self._item: dict[str, Any] = {}
        self._activity = Activity(0, 0, now)
        self._looked_at = now
        self._asking: threading.Thread | None = None
        self._launching = True
        self._began = now
        mark = place.live_folder.parent / MARK_FILE
        self._rotation = SecretRotation(mark, place.instance, time_scale)
        self._stop = threading.Event()
        self._wall = time.time() - now
        self._schedule = Schedule(self._chores(), now)

    def run(self) -> None:
        """Until `stop`: serve Envoy, and do each chore in its time."""
        server = AgentServer(self._place.agent_socket, Answers(self._check, lambda: self.state))
        if os.geteuid() == 0:
            # The folder's group is Envoy's; it asks here, and nobody else does.
            os.chown(self._place.agent_socket, -1, self._place.agent_socket.parent.stat().st_gid)
        thread = threading.Thread(target=server.serve_forever, name="server", daemon=True)
        thread.start()
        try:
            while not self._stop.wait(TICK_SECONDS / self._scale):
                for chore in self._schedule.due(time.monotonic()):
                    self._do(chore)
        finally:
            server.shutdown()
            server.server_close()

    def stop(self) -> None:
        """End `run`; requests go on without the agent, new ones with a token wait for the next one."""
        self._stop.set()

    @property
    def state(self) -> str:
        """`starting`, `ready` or `draining`."""
        return self._readiness.state

    def _chores(self) -> tuple[Chore, ...]:
        every: tuple[tuple[str, float, Callable[[float], None]], ...] = (
            ("item", ITEM_SECONDS, self._follow_item),
            ("engine", ENGINE_SECONDS, self._look_at_engine),
            ("activity", ACTIVITY_SECONDS, self._look_at_envoy),
            ("start", HEARTBEAT_SECONDS, self._ask_for_time),
            ("report", REPORT_SECONDS, self._report),
            ("measure", REPORT_SECONDS, self._measure),
            ("notice", NOTICE_SECONDS, self._look_for_notice),
            ("secrets", SECRETS_SECONDS, self._follow_secrets),
            ("verdicts", VERDICTS_SECONDS, lambda _now: self._shared.write_waiting()),
        )
        return tuple(Chore(name, seconds / self._scale, run) for name, seconds, run in every)

    def _do(self, chore: Chore) -> None:
        try:
            chore.run(time.monotonic())
        except Exception as error:  # noqa: BLE001 - whatever one chore is answered, the others go on
            _log(f"{chore.name}: {type(error).__name__}: {error}")

    def _check(self, authorization: str | None) -> Answer:
        return self._gate.check(authorization, self._live)

    def _follow_item(self, _now: float) -> None:
        """Take an edit up; an item that cannot be understood leaves what is in force."""
        item = self._cloud.read_item()
        if item == self._item:
            return
        folder = self._place.live_folder
        settings = gateway_settings(dict(self._boot), item, live_folder=str(folder))
        allow, stale_seconds = live_access(item)
        write_live(settings, folder)
        self._live = Live(allow, stale_seconds / self._scale)
        self._item = item

    def _look_at_engine(self, now: float) -> None:
        if self._asking is not None and self._asking.is_alive():
            return
        engine, address = self._boot["engine"], self._boot["network"]["engine_address"]
        before = self.state
        seen = look_at_engine(address, engine["port"], engine["health_route"])
        step = self._readiness.look(seen)
        if step.ask_for_an_answer and self._live is not None:
            # Not before it is known who may call: a replica that refuses everybody is not ready.
            # In a thread: kernels may be compiled for it, and the other chores go on.
            self._asking = threading.Thread(target=self._first_request, daemon=True)
            self._asking.start()
        if before == READY and step.state != READY:
            _log(f"engine: {seen}; out of rotation until it answers a real request again")
        if self._launching and step.state == STARTING:
            self._give_up_where_it_is_vain(now)

    def _give_up_where_it_is_vain(self, now: float) -> None:
        reason = ""
        if now - self._began > STARTUP_SECONDS_MAX / self._scale:
            reason = f"no real answer of the engine after {STARTUP_SECONDS_MAX:.0f} s"
        elif (self._place.live_folder.parent / FAILED_FILE).exists():
            reason = "a start-up step failed"
        if reason:
            _log(f"start: {reason}; this replica is given up")
            self._cloud.started(ok=False)
            self._launching = False

    def _first_request(self) -> None:
        engine, address = self._boot["engine"], self._boot["network"]["engine_address"]
        first = FirstRequest(**engine["first_request"])
        real = real_answer(address, engine["port"], first)
        self._readiness.answered(real)
        if self.state == READY:
            _log("engine: gave its first real answer")
        if self.state == READY and self._launching:
            self._launching = False
            try:
                self._cloud.started(ok=True)
            except OSError as error:
                self._launching = True  # said again when the next look finds it ready
                _log(f"start: {error}")

    def _look_at_envoy(self, now: float) -> None:
        abandoned = self._place.live_folder / ABANDONED_FILE
        counters = read_counters(self._place.admin_socket, abandoned)
        self._activity = self._tracker.observe(counters, now)
        self._looked_at = now

    def _ask_for_time(self, _now: float) -> None:
        if self._launching and self.state == READY:
            self._cloud.started(ok=True)
            self._launching = False
        elif self._launching:
            self._cloud.heartbeat()

    def _report(self, now: float) -> None:
        activity = self._known_activity()
        self._cloud.report(
            {
                "phase": self.state,
                "in_flight": activity.in_flight,
                "pending": activity.pending,
                "secrets": "changed" if self._rotation.changed else "in force",
                "last_request_end": round(self._wall + activity.last_request_end, 3),
                "at": round(self._wall + now, 3),
                "expires": int(self._wall + now + REPORT_LASTS_SECONDS),
            }
        )

    def _measure(self, _now: float) -> None:
        """Only of a replica in service: the group scales by the mean, and a starting one would lower it."""
        if self.state == READY:
            self._cloud.measure(self._known_activity())

    def _known_activity(self) -> Activity:
        """Raises `ValueError` where Envoy has not said it for a while: old news is no report."""
        if self.activity_age > ACTIVITY_AGE_SECONDS_MAX / self._scale:
            age = f"{self.activity_age:.0f} s"
            raise ValueError(f"Envoy's counters are {age} old, nothing is reported")
        return self._activity

    @property
    def activity_age(self) -> float:
        """Seconds since Envoy's counters were last read."""
        return time.monotonic() - self._looked_at

    def _look_for_notice(self, _now: float) -> None:
        if self.state == DRAINING or not self._cloud.interruption():
            return
        _log("notice: this machine is taken away; no new request, running ones go on")
        self._readiness.drain()
        unix_post(self._place.admin_socket, "/drain_listeners?graceful&skip_exit")

    def _follow_secrets(self, _now: float) -> None:
        """Only of a replica in service: one that starts has the new values, or is about to take them."""
        if self.state != READY or not self._rotation.due(time.time()):
            return
        _log("secrets: a value changed; the group is asked for another machine in this one's place")
        self._cloud.replace()
        self._rotation.asked(time.time())


def _log(text: str) -> None:
    """One JSON line; never a request, never a token."""
    sys.stdout.write(json.dumps({"agent": text}) + "\n")
    sys.stdout.flush()
