"""`homeport status`, `homeport events`, `homeport logs`: what the machines of a deployed stack are doing."""

import dataclasses
import json
import time
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Group
from rich.table import Table

from homeport.cli.output import note, out, print_json
from homeport.cli.targets import read_targets
from homeport.cli.validate import Targets
from homeport.errors import HomeportError
from homeport.operations import operations
from homeport.operations.endpoint_status import (
    FAILED,
    SETTLED,
    EndpointKey,
    EndpointStatus,
    MachineStatus,
)
from homeport.planner.names import endpoint_names, stack_names
from homeport.project import load_stack
from homeport.spec import StackSettings

LOOK_SECONDS = 10.0

AsJson = Annotated[bool, typer.Option("--json", help="As data, for programs.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many lines.")]


def status(
    targets: Targets = None,
    *,
    wait: Annotated[
        bool, typer.Option("--wait", help="Until every endpoint is ready, asleep or failed.")
    ] = False,
    wait_minutes: Annotated[
        float, typer.Option(min=0, max=1440, help="How long --wait waits at most.")
    ] = 60,
    as_json: AsJson = False,
) -> None:
    """Show each endpoint's machines, and whether a rolling update runs.

    Ends with 1 where an endpoint failed, or with --wait where one is not ready or asleep in time.
    """
    settings, keys = _endpoints(targets or [])
    deadline = time.monotonic() + wait_minutes * 60
    seen = _look(settings, keys)
    while wait and not _settled(seen) and time.monotonic() < deadline:
        note(", ".join(f"{one.endpoint}: {one.state} {_serving(one)}" for one in seen))
        time.sleep(LOOK_SECONDS)
        seen = _look(settings, keys)
    if as_json:
        print_json(json.dumps([_data(one) for one in seen], indent=2))
    else:
        out.print(_tables(seen))
    if any(one.state == FAILED for one in seen) or (wait and not _settled(seen)):
        raise typer.Exit(1)


def events(targets: Targets = None, *, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List what the autoscaler did and why, oldest first."""
    settings, keys = _endpoints(targets or [])
    found = operations(settings.cloud).endpoint_events(
        keys, region=settings.region, account=settings.account, limit=limit
    )
    if as_json:
        print_json(json.dumps([dataclasses.asdict(one) for one in found], indent=2))
        return
    table = Table("time", "endpoint", "status", "what", "why", header_style="bold")
    for one in found:
        table.add_row(one.at, one.endpoint, one.status, one.what, one.why)
    out.print(table if found else "nothing has happened yet")


def logs(
    targets: Targets = None,
    *,
    since_minutes: Annotated[
        float, typer.Option(min=0, max=60 * 24 * 3650, help="How far back.")
    ] = 15,
    limit: Limit = 1000,
    as_json: AsJson = False,
) -> None:
    """Print the lines of one endpoint's engine, gateway, agent and start-up, oldest first.

    With --json one object a line.
    """
    settings, keys = _endpoints(targets or [])
    if len(keys) != 1:
        raise HomeportError(
            path="",
            found=f"{len(keys)} endpoints",
            allowed="one",
            fix="name its file: homeport logs stacks/<stack>/<endpoint>.yaml",
        )
    lines = operations(settings.cloud).endpoint_log(
        keys[0],
        region=settings.region,
        account=settings.account,
        since_seconds=since_minutes * 60,
        limit=limit,
    )
    for line in lines:
        if as_json:
            print_json(json.dumps(dataclasses.asdict(line)))
        else:
            out.print(
                f"{line.at} {line.source} {_printable(line.text)}",
                highlight=False, markup=False, soft_wrap=True,
            )  # fmt: skip


def _printable(text: str) -> str:
    """What an engine writes must not steer the reader's terminal."""
    return "".join(
        one if one.isprintable() or one == "\t" else "\N{REPLACEMENT CHARACTER}" for one in text
    )


def _endpoints(targets: Sequence[str]) -> tuple[StackSettings, tuple[EndpointKey, ...]]:
    """The stack's settings, and the endpoints that were named; locks and prices do not matter here."""
    target = read_targets(targets)
    sources = load_stack(target.root, target.stack, with_locks=False)
    table = stack_names(target.stack).table
    endpoints = [one.spec.name for one in sources.endpoints if target.includes(one.spec.name)]
    keys = [
        EndpointKey(endpoint=name, names=endpoint_names(target.stack, name), table=table)
        for name in endpoints
    ]
    return sources.settings, tuple(keys)


def _look(settings: StackSettings, keys: Sequence[EndpointKey]) -> tuple[EndpointStatus, ...]:
    return operations(settings.cloud).endpoint_statuses(
        keys, region=settings.region, account=settings.account
    )


def _settled(seen: Sequence[EndpointStatus]) -> bool:
    """Nothing more to wait for: all at rest, or one that has failed."""
    states = {one.state for one in seen}
    return FAILED in states or states <= SETTLED


def _data(one: EndpointStatus) -> dict[str, object]:
    return {**dataclasses.asdict(one), "state": one.state, "serving": one.serving}


def _serving(one: EndpointStatus) -> str:
    return f"{one.serving}/{one.wanted}"


def _tables(seen: Sequence[EndpointStatus]) -> Group:
    """One of endpoints, and one of machines where there are any; both within 80 columns."""
    endpoints = Table("endpoint", "state", "serving", "replicas", header_style="bold")
    machines = Table("machine", "group", "load balancer", "agent", "in flight", "pending",
                     header_style="bold")  # fmt: skip
    for one in seen:
        sizes = f"{one.minimum}..{one.maximum}"
        endpoints.add_row(one.endpoint, _state(one), _serving(one), sizes)
        for machine in one.machines:
            machines.add_row(f"{one.endpoint}\n{machine.identifier}", *_machine_cells(machine))
    return Group(endpoints, *([machines] if machines.row_count else []))


def _state(one: EndpointStatus) -> str:
    rollout = one.rollout
    if rollout is None or not (rollout.running or one.state == FAILED):
        return one.state
    why = f": {rollout.reason}" if rollout.reason else ""
    return f"{one.state} ({rollout.status}, {rollout.percent} %{why})"


def _machine_cells(machine: MachineStatus) -> tuple[str, ...]:
    lifecycle = machine.lifecycle if machine.current else f"{machine.lifecycle}, old"
    report = machine.report
    said = (report.phase, str(report.in_flight), str(report.pending)) if report else ("-",) * 3
    return (lifecycle, machine.target_health, *said)
