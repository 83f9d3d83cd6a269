"""Starts, restarts and stops units as systemd does: requirements, order, restarts, start limits, `OnFailure=`.

Units that the machine image brings (`docker.service`, `network-online.target`, ...) count as started.
"""

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.live.host.unit_file import UnitFile, read_unit

INACTIVE, STARTING, ACTIVE, RESTARTING, STOPPING, FAILED = (
    "inactive", "starting", "active", "restarting", "stopping", "failed"
)  # fmt: skip


@dataclass
class _Unit:
    file: UnitFile
    state: str = INACTIVE
    process: subprocess.Popen[bytes] | None = None
    stopper: subprocess.Popen[bytes] | None = None
    starts: deque[float] = field(default_factory=deque[float])
    due: float = 0.0
    """When it restarts, or when its stop is over."""
    again: bool = False
    """Starts anew once it has stopped."""


@dataclass(frozen=True)
class Host:
    """What units run on."""

    units_folder: Path
    journal_folder: Path
    environment: Mapping[str, str]
    command: Callable[[str], list[str]]
    """The text of an `Exec` line -> what to run here."""
    time_scale: float


class Units:
    """Call `step` every few hundredths of a second."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._units: dict[str, _Unit] = {}

    def start(self, name: str) -> None:
        """`systemctl start --no-block`: the unit with all that it requires and wants."""
        unit = self._known(name)
        if unit is None or unit.state not in (INACTIVE, FAILED):
            return
        unit.state = STARTING
        for other in (*unit.file.requires, *unit.file.wants):
            self.start(other)

    def restart(self, name: str) -> None:
        """`systemctl restart --no-block`."""
        unit = self._known(name)
        if unit is None:
            return
        if unit.state in (ACTIVE, STARTING) and unit.process is not None:
            unit.again = True
            self._begin_stop(unit)
        elif unit.state != STOPPING:
            unit.state = STARTING

    def states(self) -> dict[str, str]:
        """Unit -> its state."""
        return {name: unit.state for name, unit in self._units.items()}

    def process_id(self, name: str) -> int | None:
        """Of the main process, while it runs."""
        unit = self._units.get(name)
        return unit.process.pid if unit and unit.process else None

    def step(self) -> None:
        """Look at every unit once."""
        now = time.monotonic()
        for unit in list(self._units.values()):
            if unit.state == STARTING and unit.process is None:
                self._start_when_ordered(unit, now)
            elif unit.state == RESTARTING and now >= unit.due and _is_over(unit.stopper):
                self._spawn(unit, now)
            elif unit.file.timer_seconds is not None and unit.state == ACTIVE and now >= unit.due:
                self._fire(unit, now)
            elif unit.process is not None and unit.process.poll() is not None:
                self._has_ended(unit, now)
            if unit.state == STOPPING:
                self._go_on_stopping(unit, now)

    def stop_all(self) -> None:
        """As at shutdown: in the reverse of the order of starting; done when nothing runs."""
        while running := [unit for unit in self._units.values() if unit.process is not None]:
            for unit in running:
                later = any(unit.file.name in self._after(other) for other in running)
                if unit.state != STOPPING and not later:
                    self._begin_stop(unit)
            self.step()
            time.sleep(0.02)

    def _known(self, name: str) -> _Unit | None:
        if name not in self._units:
            template = name.partition("@")[0] + "@." + name.rpartition(".")[2]
            file = self._host.units_folder / (template if "@" in name else name)
            if not file.exists():
                return None
            self._units[name] = _Unit(read_unit(file, name))
        return self._units[name]

    def _after(self, unit: _Unit) -> set[str]:
        """What it starts after, and stops before: by its own word or by the others'."""
        by_others = {
            one.file.name for one in self._units.values() if unit.file.name in one.file.before
        }
        return {*unit.file.after, *by_others}

    def _start_when_ordered(self, unit: _Unit, now: float) -> None:
        after = self._after(unit)
        for name in (*after, *unit.file.requires):
            other = self._units.get(name)
            if other is None:
                continue
            if name in unit.file.requires and other.state == FAILED:
                self._fail(unit)
                return
            if name in after and other.state == STARTING:
                return
        if unit.file.timer_seconds is not None:
            unit.due = now + unit.file.timer_seconds[0] / self._host.time_scale
        if not unit.file.start:
            unit.state = ACTIVE
            return
        self._spawn(unit, now)

    def _fire(self, timer: _Unit, now: float) -> None:
        """Its service runs once more; the next time counts from about now."""
        assert timer.file.timer_seconds is not None
        self.restart(timer.file.name.replace(".timer", ".service"))
        timer.due = now + timer.file.timer_seconds[1] / self._host.time_scale

    def _spawn(self, unit: _Unit, now: float) -> None:
        limit = unit.file.start_limit_seconds / self._host.time_scale
        while unit.starts and now - unit.starts[0] > limit:
            unit.starts.popleft()
        if limit > 0 and len(unit.starts) >= unit.file.start_limit_burst:
            self._fail(unit)
            return
        unit.starts.append(now)
        unit.process = self._run(unit, unit.file.start)
        unit.state = STARTING if unit.file.kind == "oneshot" else ACTIVE

    def _run(self, unit: _Unit, line: str) -> subprocess.Popen[bytes]:
        with (self._host.journal_folder / unit.file.name).open("ab") as journal:
            return subprocess.Popen(
                self._host.command(line.removeprefix("-")),
                stdin=subprocess.DEVNULL, stdout=journal, stderr=journal,
                env=dict(self._host.environment),
            )  # fmt: skip

    def _has_ended(self, unit: _Unit, now: float) -> None:
        assert unit.process is not None
        status, unit.process = unit.process.returncode, None
        if unit.state == STOPPING:
            return
        # systemd runs it also after a process that ended by itself.
        unit.stopper = self._run(unit, unit.file.stop[0]) if unit.file.stop else None
        good = status in (0, -signal.SIGTERM)
        if unit.file.kind == "oneshot" and status == 0:
            unit.state = ACTIVE
        elif unit.file.restart == "always" or (unit.file.restart == "on-failure" and not good):
            unit.state = RESTARTING
            unit.due = now + unit.file.restart_seconds / self._host.time_scale
        elif good:
            unit.state = INACTIVE
        else:
            self._fail(unit)

    def _fail(self, unit: _Unit) -> None:
        unit.state = FAILED
        for name in unit.file.on_failure:
            self.start(name)

    def _begin_stop(self, unit: _Unit) -> None:
        unit.state = STOPPING
        unit.due = time.monotonic() + unit.file.stop_seconds
        unit.stopper = self._run(unit, unit.file.stop[0]) if unit.file.stop else None
        if unit.stopper is None and unit.process is not None:
            unit.process.terminate()

    def _go_on_stopping(self, unit: _Unit, now: float) -> None:
        if unit.stopper is not None:
            if unit.stopper.poll() is None and now < unit.due:
                return
            unit.stopper = None
            if unit.process is not None:
                unit.process.terminate()
        if unit.process is not None:
            if unit.process.poll() is None:
                if now >= unit.due:
                    os.kill(unit.process.pid, signal.SIGKILL)
                return
            unit.process = None
        unit.state, unit.again = (STARTING if unit.again else INACTIVE), False


def _is_over(process: subprocess.Popen[bytes] | None) -> bool:
    return process is None or process.poll() is not None
