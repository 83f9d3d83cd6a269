"""`homeport status`, `homeport events`, `homeport logs`: what the machines of a deployed stack are doing."""

import dataclasses
import json
import time
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from dataplane.wake.model import FAILED as WAKE_FAILED
from homeport.cli.endpoints import AsJson, WaitMinutes, read_endpoints
from homeport.cli.output import note, out, print_json
from homeport.cli.status_tables import serving, status_tables
from homeport.cli.validate import Targets
from homeport.errors import HomeportError
from homeport.operations import operations
from homeport.operations.endpoint_status import FAILED, SETTLED, EndpointKey, EndpointStatus
from homeport.operations.wake_state import wake_figures
from homeport.spec import StackSettings

LOOK_SECONDS = 10.0
RECONCILER_SECONDS = 90.0
"""It looks each minute, and a look takes a moment."""

Limit = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many lines.")]


def status(
    targets: Targets = None,
    *,
    wait: Annotated[
        bool,
        typer.Option("--wait", help="Until every endpoint is ready, asleep, paused or failed."),
    ] = False,
    wait_minutes: WaitMinutes = 60,
    wakes: Annotated[
        bool, typer.Option("--wakes", help="Also how long the last wakes took, by phase.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show where each endpoint stands between asleep and ready, its machines, and whether a rolling update runs.

    Ends with 1 where an endpoint failed, or with --wait where one is not ready, asleep or paused in time.
    """
    settings, keys = read_endpoints(targets or [])
    began, waited = time.monotonic(), 0.0
    seen = _look(settings, keys)
    while wait and not _settled(seen, waited) and waited < wait_minutes * 60:
        note(", ".join(f"{one.endpoint}: {one.state} {serving(one)}" for one in seen))
        time.sleep(LOOK_SECONDS)
        seen = _look(settings, keys)
        waited = time.monotonic() - began
    if as_json:
        print_json(json.dumps([_data(one) for one in seen], indent=2))
    else:
        out.print(status_tables(seen, with_wakes=wakes))
    states = {one.state for one in seen}
    if FAILED in states or (wait and not states <= SETTLED):
        raise typer.Exit(1)


def events(targets: Targets = None, *, limit: Limit = 50, as_json: AsJson = False) -> None:
    """List what the autoscaler did and why, oldest first."""
    settings, keys = read_endpoints(targets or [])
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
    settings, keys = read_endpoints(targets or [])
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


def _look(settings: StackSettings, keys: Sequence[EndpointKey]) -> tuple[EndpointStatus, ...]:
    return operations(settings.cloud).endpoint_statuses(
        keys, region=settings.region, account=settings.account
    )


def _settled(seen: Sequence[EndpointStatus], waited_seconds: float) -> bool:
    """Nothing more to wait for: all at rest, or one that has failed."""
    if any(one.state == FAILED and _is_final(one, waited_seconds) for one in seen):
        return True
    return all(one.state in SETTLED and _is_final(one, waited_seconds) for one in seen)


def _is_final(one: EndpointStatus, waited_seconds: float) -> bool:
    """A wake that failed may have done so before a deployment of just now: the reconciler has a moment to see it."""
    failed_wake = one.wake_state is not None and one.wake_state.name == WAKE_FAILED
    return not failed_wake or waited_seconds >= RECONCILER_SECONDS


def _data(one: EndpointStatus) -> dict[str, object]:
    figures = {figure.phase: dataclasses.asdict(figure) for figure in wake_figures(one.wakes)}
    return {
        **dataclasses.asdict(one),
        "state": one.state,
        "serving": one.serving,
        "wake_figures": figures,
    }
