"""The agent of one replica: looks at engine and Envoy, answers Envoy, follows the item, reports, drains.

Every chore may fail by itself: what AWS or Envoy does not answer now is asked again, and nothing that serves
stops for it.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from ..envoy_access_log import ABANDONED_FILE
from .activity import Activity, ActivityTracker
from .chores import Chore, Chores
from .cloud import Cloud
from .engine_figures import EngineFigures, read_exposition
from .figures import IN_FLIGHT, PENDING, Figures, Latest, single
from .followed_item import FollowedItem
from .launch import FAILED_FILE, Launch
from .leaving import Leaving
from .log import log
from .phases import ANSWERED, ENGINE, FIRST_REQUEST_END, Phases
from .readiness import DRAINING, HEALTHY, READY, STARTING, Readiness
from .report import report_of
from .request_figures import RequestFigures, read_totals
from .secret_rotation import MARK_FILE, SecretRotation
from .server import AgentServer, Answers
from .shared_verdicts import SharedVerdicts
from .token_gate import Answer, AskHub, TokenGate
from .watch import FirstRequest, look_at_engine, read_counters, real_answer

ENGINE_SECONDS, ACTIVITY_SECONDS, ITEM_SECONDS, REPORT_SECONDS, NOTICE_SECONDS = 5, 1, 30, 20, 5
SECRETS_SECONDS, VERDICTS_SECONDS, LAUNCH_SECONDS = 60, 2, 2
HEARTBEAT_SECONDS = 200
"""Of the launch hook, whose own time is 600 s."""
ACTIVITY_AGE_SECONDS_MAX = 30.0
ANSWERED_FILE = "answered"
"""Beside the agent's socket: this engine gave a real answer. `engine.sh` removes it."""
PHASES_FOLDER = "phases"
"""Beside it: when each step of this boot was done."""
DRAIN_FILE = "drain"
"""Beside it: the gateway is about to stop. `gateway-stop.sh` makes it, `gateway.sh` removes it."""
TICK_SECONDS = 0.2


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
        machine_folder, agent_folder = place.live_folder.parent, place.agent_socket.parent
        self._answered, self._drain = agent_folder / ANSWERED_FILE, agent_folder / DRAIN_FILE
        self._phases = Phases(agent_folder / PHASES_FOLDER)
        self._readiness, self._tracker = Readiness(), ActivityTracker(now)
        self._shared = SharedVerdicts(cloud.verdicts)
        self._gate = TokenGate(ask_hub, self._shared)
        self._item = FollowedItem(boot, place.live_folder, cloud.read_item, time_scale)
        self._activity = Activity(0, 0, now)
        self._looked_at = -math.inf
        self._requests, self._engine_figures = (
            RequestFigures(),
            EngineFigures(boot["engine"]["name"]),
        )
        self._gpus, self._engine = Latest(time_scale), Latest(time_scale)
        self._launch = Launch(
            cloud,
            machine_folder / FAILED_FILE,
            now,
            lambda: self._item.startup_seconds,
            time_scale,
        )
        self._leaving = Leaving(
            cloud,
            self._readiness,
            place.admin_socket,
            lambda: self._item.drain_seconds,
            time_scale,
        )
        self._rotation = SecretRotation(machine_folder / MARK_FILE, place.instance, time_scale)
        self._reporting, self._stop = threading.Lock(), threading.Event()
        self._wall = time.time() - now
        self._chores = Chores(self._all_chores(), log)

    def run(self) -> None:
        """Until `stop`: serve Envoy, and do each chore in its time."""
        self._item.begin()
        server = AgentServer(self._place.agent_socket, Answers(self._check, lambda: self.state))
        if os.geteuid() == 0:
            # The folder's group is Envoy's; it asks here, and nobody else does.
            os.chown(self._place.agent_socket, -1, self._place.agent_socket.parent.stat().st_gid)
        thread = threading.Thread(target=server.serve_forever, name="server", daemon=True)
        thread.start()
        self._chores.start()
        try:
            while not self._stop.wait(TICK_SECONDS):
                self._chores.name_those_that_hang(time.monotonic())
        finally:
            self._chores.stop()
            server.end()

    def stop(self) -> None:
        """End `run`; requests go on without the agent, new ones with a token wait for the next one."""
        self._stop.set()

    @property
    def state(self) -> str:
        """`starting`, `ready` or `draining`; draining too while the gateway stops."""
        return DRAINING if self._drain.exists() else self._readiness.state

    def _all_chores(self) -> tuple[Chore, ...]:
        every: tuple[tuple[str, float, Callable[[float], None]], ...] = (
            ("item", ITEM_SECONDS, lambda _now: self._item.follow()),
            ("engine", ENGINE_SECONDS, self._look_at_engine),
            ("activity", ACTIVITY_SECONDS, self._look_at_envoy),
            ("launch", LAUNCH_SECONDS, self._follow_launch),
            ("start", HEARTBEAT_SECONDS, lambda _now: self._launch.ask_for_time()),
            ("report", REPORT_SECONDS, self._report),
            ("measure", REPORT_SECONDS, self._measure),
            ("gpu", REPORT_SECONDS, self._look_at_gpus),
            ("engine's figures", REPORT_SECONDS, self._look_at_engines_figures),
            ("notice", NOTICE_SECONDS, self._leaving.look),
            ("secrets", SECRETS_SECONDS, self._follow_secrets),
            ("verdicts", VERDICTS_SECONDS, lambda _now: self._shared.write_waiting()),
        )
        return tuple(Chore(name, seconds / self._scale, run) for name, seconds, run in every)

    def _check(self, authorization: str | None) -> Answer:
        return self._gate.check(authorization, self._item.live)

    def _look_at_engine(self, _now: float) -> None:
        """May take as long as a first answer does: kernels are compiled for it."""
        engine, address = self._boot["engine"], self._boot["network"]["engine_address"]
        before = self._readiness.state
        seen = look_at_engine(address, engine["port"], engine["health_route"])
        if seen == HEALTHY:
            self._phases.reach(ENGINE)
        step = self._readiness.look(seen)
        if before == READY and step.state != READY:
            self._answered.unlink(missing_ok=True)
            log(f"engine: {seen}; out of rotation until it answers a real request again")
        # Not before it is known who may call: a replica that refuses everybody is not ready.
        if step.ask_for_an_answer and self._item.live is not None:
            self._ask_for_an_answer()

    def _ask_for_an_answer(self) -> None:
        """A real one, unless this engine gave one to an agent before: a start of the engine takes the file away."""
        if self._answered.exists():
            self._readiness.answered(real=True)
            log("engine: it has answered already, before this agent started")
            return
        engine, address = self._boot["engine"], self._boot["network"]["engine_address"]
        if real_answer(address, engine["port"], FirstRequest(**engine["first_request"])):
            self._phases.reach(ANSWERED)
            self._answered.touch()
            self._readiness.answered(real=True)
            log("engine: gave its first real answer")
            with suppress(OSError):  # the chore says so, and tries again
                self._report(
                    time.monotonic()
                )  # now: a wake's record is written when it is in service

    def _follow_launch(self, now: float) -> None:
        self._launch.look(self._phase(), now)

    def _phase(self) -> str:
        """`state`, but for an engine that answers behind a gateway that does not: that is still starting."""
        return STARTING if self.state == READY and self._envoy_is_silent() else self.state

    def _look_at_envoy(self, now: float) -> None:
        abandoned = self._place.live_folder / ABANDONED_FILE
        counters = read_counters(self._place.admin_socket, abandoned)
        self._activity = self._tracker.observe(counters, now)
        self._looked_at = now
        if self._activity.has_ended:
            self._phases.reach(FIRST_REQUEST_END)

    def _report(self, now: float) -> None:
        """Always, from the machine's first minute on; what it is busy with only where Envoy says so."""
        with self._reporting:  # of two reports the later one is written last
            # Read before the counts: these are never older than it says.
            looked_at = self._looked_at
            report = report_of(
                self._phase(),
                None if math.isinf(looked_at) else self._activity,
                self._phases,
                looked_at=looked_at,
                counts_are_old=self._envoy_is_silent(),
                secrets_changed=self._rotation.changed,
                wall=self._wall,
                now=now,
            )
            self._cloud.report(report)

    def _measure(self, now: float) -> None:
        """What it is busy with only of a replica in service: the group scales by the mean, and a starting one would
        lower it. What it did, always."""
        busy: Figures = {}
        if self.state == READY:
            activity = self._known_activity()
            busy = single({PENDING: activity.pending, IN_FLIGHT: activity.in_flight})
            busy.update(self._gpus.young(now))
            busy.update(self._engine.young(now))
        try:
            did = self._requests.since(read_totals(self._place.admin_socket))
        except (OSError, ValueError):
            if busy:  # taken already: a group scales by it
                self._cloud.publish(busy)
            raise
        self._cloud.publish({**did, **busy})

    def _look_at_gpus(self, now: float) -> None:
        self._gpus.set(self._cloud.gpu_figures(), now)

    def _look_at_engines_figures(self, now: float) -> None:
        route: str | None = self._boot["engine"]["metrics_route"]
        if route is None or not self._engine_figures.wanted or self.state != READY:
            return
        address, port = self._boot["network"]["engine_address"], self._boot["engine"]["port"]
        text = read_exposition(address, port, route)
        self._engine.set(self._engine_figures.since(text), now)

    def _known_activity(self) -> Activity:
        """Raises `ValueError` where Envoy has not said it for a while: old news is no measure."""
        if self._envoy_is_silent():
            age = f"{self.activity_age:.0f} s"
            raise ValueError(f"Envoy's counters are {age} old, nothing is published")
        return self._activity

    def _envoy_is_silent(self) -> bool:
        return self.activity_age > ACTIVITY_AGE_SECONDS_MAX / self._scale

    @property
    def activity_age(self) -> float:
        """Seconds since Envoy's counters were last read; infinite before the first time."""
        return time.monotonic() - self._looked_at

    def _follow_secrets(self, _now: float) -> None:
        """Only of a replica in service: one that starts has the new values, or is about to take them."""
        if self.state != READY or not self._rotation.due(time.time()):
            return
        log("secrets: a value changed; the group is asked for another machine in this one's place")
        self._cloud.replace()
        self._rotation.asked(time.time())
