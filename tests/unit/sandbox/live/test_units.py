"""The units of a live machine: order, requirements, restarts, start limits, failures, stops."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.live.host.unit_file import read_unit
from sandbox.live.host.units import Host, Units
from tests.until import until

SHIPPED = Path(__file__).resolve().parents[4] / "dataplane/bootstrap/units"


class Bench:
    """Units in a folder; each command is a line of a shell that writes down what it did."""

    def __init__(self, folder: Path) -> None:
        self._units, journal = folder / "units", folder / "journal"
        for path in (self._units, journal):
            path.mkdir()
        self.record = folder / "record"
        self.record.touch()
        environment = {"PATH": "/usr/bin:/bin", "RECORD": str(self.record)}
        host = Host(self._units, journal, environment, lambda line: ["sh", "-c", line], 100.0)
        self.units = Units(host)

    def unit(self, name: str, start: str = "", *lines: str, kind: str = "oneshot") -> None:
        text = [*lines, f"Type={kind}", f"ExecStart={start}"] if start else list(lines)
        (self._units / name).write_text("[Unit]\n" + "\n".join(text) + "\n")

    def seen(self) -> list[str]:
        return self.record.read_text().split()

    def until_state(self, name: str, state: str) -> None:
        def holds() -> bool:
            self.units.step()
            return self.units.states().get(name) == state

        until(holds, f"{name} {state}, but {json.dumps(self.units.states())}")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    found = Bench(tmp_path)
    yield found
    found.units.stop_all()


def _say(word: str) -> str:
    return f"echo {word} >> $RECORD"


def test_what_is_required_comes_first(bench: Bench) -> None:
    bench.unit("b.service", _say("b"), "Requires=a.service", "After=a.service")
    bench.unit("a.service", f"sleep 0.1; {_say('a')}")
    bench.units.start("b.service")
    bench.until_state("b.service", "active")
    assert bench.seen() == ["a", "b"]


def test_what_requires_a_failed_unit_does_not_start_and_the_failure_is_reported(
    bench: Bench,
) -> None:
    bench.unit("b.service", _say("b"), "Requires=a.service", "After=a.service")
    bench.unit("a.service", "exit 3", "OnFailure=report@%N.service")
    bench.unit("report@.service", _say("%i-failed"))
    bench.units.start("b.service")
    bench.until_state("b.service", "failed")
    bench.until_state("report@a.service", "active")
    assert bench.seen() == ["a-failed"]


def test_a_service_that_crashes_is_restarted_until_its_limit(bench: Bench) -> None:
    limit = ("Restart=on-failure", "StartLimitBurst=3", "StartLimitIntervalSec=600")
    bench.unit("a.service", f"{_say('a')}; exit 1", *limit, kind="exec")
    bench.units.start("a.service")
    bench.until_state("a.service", "failed")
    assert bench.seen() == ["a", "a", "a"]


def test_at_shutdown_the_last_one_started_stops_first_and_by_its_own_command(bench: Bench) -> None:
    def service(name: str) -> str:
        ready = _say(f"{name}-ready")
        return f"trap '{_say(name)}; exit 0' TERM; {ready}; while :; do sleep 0.02; done"

    stop = f"ExecStop={_say('stop-b')}"
    bench.unit("a.service", service("a"), kind="exec")
    bench.unit(
        "b.service", service("b"), "Requires=a.service", "After=a.service", stop, kind="exec"
    )
    bench.units.start("b.service")
    bench.until_state("b.service", "active")
    until(lambda: {"a-ready", "b-ready"} <= set(bench.seen()), "both wait for their signal")
    bench.units.stop_all()
    assert bench.seen()[2:] == ["stop-b", "b", "a"]


def test_a_timer_runs_its_service_again_and_again(bench: Bench) -> None:
    bench.unit("a.timer", "", "OnActiveSec=5s", "OnUnitInactiveSec=10s")
    bench.unit("a.service", _say("a"))
    bench.units.start("a.timer")

    def ran_twice() -> bool:
        bench.units.step()
        return len(bench.seen()) >= 2

    until(ran_twice, "two runs")


@pytest.mark.parametrize("path", sorted(SHIPPED.iterdir()), ids=lambda path: path.name)
def test_every_unit_that_ships_is_understood(path: Path) -> None:
    """A key that this reader takes for nothing would be a difference that nobody sees."""
    name = path.name.replace("@.", "@engine.")
    found = read_unit(path, name)
    assert found.start or found.timer_seconds or name.endswith(".target")
    for other in (*found.requires, *found.wants, *found.on_failure):
        file = other.replace("@homeport-", "@").partition("@")
        shipped = SHIPPED / (f"{file[0]}@.service" if file[1] else other)
        assert shipped.exists() or not other.startswith("homeport-")
