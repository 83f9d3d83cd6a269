"""`make demo`: the demo stack from plan to destroy, by the real engine on an emulated account.

Works on a copy of the project, so that the edit it shows leaves the checkout as it was.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.rule import Rule
from ruamel.yaml import YAML

from sandbox.brought import create_token_secrets, create_zones
from sandbox.demo_page import page
from sandbox.demo_record import Record, recording
from sandbox.demo_serving import ENDPOINT, GROUP, DemoError, Serving
from sandbox.demo_sleep import CROWD, Sleeping
from sandbox.demo_tables import changes_table, counts_table
from sandbox.live.client import LiveSandbox
from sandbox.session import ROOT, Sandbox

STACK = "demo"
EDITED_FIELD, EDITED_VALUE = ("replicas", "max"), 3
SLEEPS: tuple[tuple[tuple[str, ...], Any], ...] = (
    (("replicas", "min"), 0),
    (("replicas", "scaleToZeroAfter"), "5m"),
)
"""What the demo's endpoint is told beyond the checkout's spec."""
PICTURE = ROOT / "demo.html"
ENGINE_EDIT = ("engine", "env", "VLLM_LOGGING_LEVEL"), "INFO"
GROWN_REPLICAS = 2
TIME_SCALE = 20.0

PROGRESS_EVERY = 50

console = Console(highlight=False)


def main() -> None:
    """Run every step; the first one that fails ends the demo with its exit code."""
    started = time.monotonic()
    with (
        Sandbox(time_scale=TIME_SCALE) as sandbox,
        tempfile.TemporaryDirectory(prefix="homeport-demo-") as folder,
    ):
        demo = Demo(sandbox, Path(folder))
        console.print(
            "The account is emulated: nothing here costs money. The engine, the program, the checks of the\n"
            "plan, the gateway and what starts a machine are the real ones. Models are stand-ins, and the\n"
            f"cloud's clock runs {TIME_SCALE:.0f} times as fast."
        )
        demo.plan()
        demo.up()
        demo.outputs()
        demo.up_again()
        demo.edit_one_field()
        demo.serve()
        demo.destroy()
    console.print(f"\n[bold green]done[/] in {time.monotonic() - started:.0f} s")


class Demo:
    """The steps, in order."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self._sandbox, self._folder = sandbox, folder
        for name in ("Pulumi.yaml", "__main__.py"):
            shutil.copy(ROOT / name, folder / name)
        shutil.copytree(ROOT / "stacks", folder / "stacks")
        self._environment = {**sandbox.environment, "PYTHONPATH": str(ROOT)}
        for field, value in SLEEPS:
            self._edit(field, value)
        create_zones(sandbox, folder)
        create_token_secrets(sandbox, folder)

    def plan(self) -> None:
        """What the three endpoints will be and cost, before anything exists."""
        with _step("What it will be, and what it will cost"):
            self._show("homeport", "plan", STACK)

    def up(self) -> None:
        """Create everything."""
        self._run("pulumi", "stack", "init", STACK)
        with _step("pulumi up: every resource is created"):
            console.print(counts_table(self._events(*_UP, "--json")))

    def outputs(self) -> None:
        """What the stack gives to its users."""
        with _step("What the stack gives to its users"):
            self._show("pulumi", "stack", "output", "--stack", STACK, "--json")

    def up_again(self) -> None:
        """A second up must find nothing to do; the engine fails it otherwise."""
        with _step("pulumi up again: no change"):
            self._show("pulumi", *_UP, "--suppress-outputs", "--expect-no-changes")

    def edit_one_field(self) -> None:
        """Change one line of one spec; only what it names is touched."""
        before = self._edit()
        what = f"{ENDPOINT}.yaml: {'.'.join(EDITED_FIELD)} {before} -> {EDITED_VALUE}"
        with _step(f"One edited field ({what})"):
            console.print(changes_table(self._events(*_UP, "--json")))

    def serve(self) -> None:
        """An endpoint's life, from asleep to asleep and on, and its picture."""
        live = LiveSandbox(self._sandbox.address)
        record = Record(ENDPOINT, TIME_SCALE, self._usd_per_hour())
        sleeping = Sleeping(live, self._sandbox.boto3_client("dynamodb"), console, record)
        serving = Serving(live, console, record)
        with recording(record, sleeping.state, lambda: live.machines(GROUP)):
            self._wake(sleeping, serving, record)
            self._load(serving, record)
            self._sleep(sleeping, serving, record)
        PICTURE.write_text(page(record), encoding="utf-8")
        console.print(f"  the picture of it: {PICTURE}", soft_wrap=True)
        self._show("homeport", "events", STACK)

    def _wake(self, sleeping: Sleeping, serving: Serving, record: Record) -> None:
        with _step("A request to a sleeping endpoint", record):
            sleeping.cold()
        with _step("A request that waits for the wake", record):
            sleeping.held()
        with _step("The wake, by phases"):
            sleeping.phases()
        with _step("Until the other endpoints serve too"):
            serving.wait_for_service()
        with _step("A streamed answer through load balancer, gateway, token check, engine"):
            serving.answer()
        with _step("Who is not let in"):
            serving.refusals()

    def _load(self, serving: Serving, record: Record) -> None:
        with _step(f"Load, until {GROWN_REPLICAS} machines serve", record):
            serving.grow(GROWN_REPLICAS)
        with _step("A machine is lost in the middle of streams", record):
            serving.lose_a_machine()
        with _step("A rolling update under load (engine.env)", record):
            serving.roll(self._edit_engine, self._has_rolled)

    def _sleep(self, sleeping: Sleeping, serving: Serving, record: Record) -> None:
        with _step("Idle, until it sleeps", record):
            serving.calm()
            sleeping.wait_for("ASLEEP")
        with _step(f"{CROWD:,} requests at once", record):
            sleeping.crowd()
        with _step("homeport pause, homeport resume", record):
            sleeping.pause(self._order)

    def _order(self, word: str) -> None:
        spec = f"stacks/{STACK}/{ENDPOINT}.yaml"
        self._show("homeport", word, spec, *(("--yes",) if word == "pause" else ()))

    def _usd_per_hour(self) -> float:
        """Of one replica of the endpoint, by the plan."""
        answer = json.loads(self._run("homeport", "plan", STACK, "--json").stdout)
        endpoints = {one["name"]: one for one in answer["plan"]["endpoints"]}
        return endpoints[ENDPOINT]["price"]["usd_per_hour_of_one_replica"]

    def destroy(self) -> None:
        """Remove everything, and look whether the account is empty."""
        with _step("pulumi destroy"):
            console.print(counts_table(self._events(*_DESTROY, "--json")))
            self._show("homeport", "leftovers", STACK)

    def _edit(self, field: tuple[str, ...] = EDITED_FIELD, value: Any = EDITED_VALUE) -> Any:
        """Another value for one field of the spec; the one before."""
        path = self._folder / "stacks" / STACK / f"{ENDPOINT}.yaml"
        yaml = YAML()
        document = yaml.load(path)
        section = document
        for name in field[:-1]:
            section = section[name]
        before, section[field[-1]] = section.get(field[-1]), value
        yaml.dump(document, path)
        return before

    def _edit_engine(self) -> None:
        self._edit(*ENGINE_EDIT)
        console.print(changes_table(self._events(*_UP, "--json")))

    def _has_rolled(self) -> bool:
        refreshes = self._sandbox.boto3_client("autoscaling").describe_instance_refreshes(
            AutoScalingGroupName=GROUP
        )
        return refreshes["InstanceRefreshes"][0]["Status"] == "Successful"

    def _events(self, *command: str) -> list[dict[str, Any]]:
        """The engine's events, with a line of progress now and then; a failure shows what it said."""
        shown = [part for part in command if part != "--json"]
        console.print(f"[dim]$ pulumi {' '.join(shown)}[/]")
        process = subprocess.Popen(
            self._resolved(("pulumi", *command)), cwd=self._folder, env=self._environment,
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        events: list[dict[str, Any]] = []
        done = 0
        for line in process.stdout:
            if not line.startswith("{"):
                continue
            events.append(json.loads(line))
            done += "resOutputsEvent" in events[-1]
            if "resOutputsEvent" in events[-1] and done % PROGRESS_EVERY == 0:
                console.print(f"  {done} resources", style="dim")
        if process.wait() != 0:
            _show_diagnostics(events)
            raise subprocess.CalledProcessError(process.returncode, ["pulumi", *command])
        return events

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self._resolved(command), cwd=self._folder, env=self._environment,
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, check=True,
        )  # fmt: skip

    def _show(self, *command: str) -> None:
        """Run a command with its output on the terminal as it comes."""
        console.print(f"[dim]$ {' '.join(command)}[/]")
        subprocess.run(
            self._resolved(command), cwd=self._folder, env=self._environment,
            stdin=subprocess.DEVNULL, check=True,
        )  # fmt: skip

    def _resolved(self, command: tuple[str, ...]) -> list[str]:
        program = shutil.which(command[0], path=self._environment["PATH"])
        if program is None:
            raise FileNotFoundError(f"{command[0]} is not on PATH; run `make setup` first")
        return [program, *command[1:]]


_UP = ("up", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK)
_DESTROY = ("destroy", "--yes", "--skip-preview", "--non-interactive", "--stack", STACK)


def _show_diagnostics(events: list[dict[str, Any]]) -> None:
    for event in events:
        diagnostic = event.get("diagnosticEvent", {})
        if diagnostic.get("severity") in ("error", "warning"):
            console.print(diagnostic["message"].strip(), style="red", markup=False)


@contextmanager
def _step(title: str, record: Record | None = None) -> Iterator[None]:
    """The part of the screen for one step, and a mark in the record if there is one."""
    if record:
        record.mark(title)
    console.print()
    console.print(Rule(title, align="left"))
    started = time.monotonic()
    yield
    console.print(f"[dim]{time.monotonic() - started:.1f} s[/]")


if __name__ == "__main__":
    try:
        main()
    except subprocess.CalledProcessError as error:
        console.print(f"[red]this step failed: {' '.join(error.cmd[1:])}[/]")
        sys.exit(error.returncode or 1)
    except DemoError as error:
        console.print(f"[red]this step failed: {error}[/]")
        sys.exit(1)
