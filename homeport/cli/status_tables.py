"""What `homeport status` shows of endpoints, their machines and their last wakes; tables within 80 columns."""

import datetime
from collections.abc import Sequence

from rich.console import Group
from rich.table import Table

from dataplane.wake.model import AWAKE, FAILED
from homeport.operations.endpoint_status import EndpointStatus, MachineStatus
from homeport.operations.wake_state import WakeState, wake_figures

_STEPS = ("machine", "image", "weights", "engine", "answered")
"""Of a machine's start, as its agent reports them."""


def status_tables(seen: Sequence[EndpointStatus], *, with_wakes: bool) -> Group:
    """One of endpoints, one of machines where there are any, and one of wakes where they are asked for."""
    tables = [_endpoints(seen)]
    if any(one.machines for one in seen):
        tables.append(_machines(seen))
    if with_wakes:
        tables.append(_wakes(seen))
    return Group(*tables)


def serving(one: EndpointStatus) -> str:
    """Machines that get requests, of those that are wanted."""
    return f"{one.serving}/{one.wanted}"


def state_text(one: EndpointStatus) -> str:
    """The word, with what more is known of it."""
    more = [text for text in (_wake_text(one.wake_state), _rollout_text(one)) if text]
    return f"{one.state} ({'; '.join(more)})" if more else one.state


def start_text(one: EndpointStatus) -> str:
    """How far the machine that is furthest has come with its start; empty where none has begun, or all serve."""
    steps: list[list[str]] = [
        [word for word in _STEPS if word in machine.report.phases]
        for machine in one.machines
        if machine.report is not None and not machine.in_service
    ]
    furthest = max(steps, key=len) if steps else []
    return f"done: {', '.join(furthest)}" if furthest else ""


def _endpoints(seen: Sequence[EndpointStatus]) -> Table:
    table = Table("endpoint", "state", "serving", "replicas", header_style="bold")
    for one in seen:
        table.add_row(
            one.endpoint, state_text(one), serving(one), f"{one.minimum}..{one.maximum}"
        )  # fmt: skip
    return table


def _machines(seen: Sequence[EndpointStatus]) -> Table:
    table = Table("machine", "group", "load balancer", "agent", "in flight", "pending",
                  header_style="bold")  # fmt: skip
    for one in seen:
        for machine in one.machines:
            table.add_row(f"{one.endpoint}\n{machine.identifier}", *_machine_cells(machine))
    return table


def _wakes(seen: Sequence[EndpointStatus]) -> Table:
    """Seconds by phase, of each endpoint that woke before."""
    table = Table("endpoint", "phase of a wake", "p50 s", "p90 s", "wakes", header_style="bold")
    for one in seen:
        for figure in wake_figures(one.wakes):
            seconds = (f"{value:.1f}" for value in (figure.p50, figure.p90))
            table.add_row(one.endpoint, figure.phase, *seconds, str(figure.count))
        table.add_section()
    return table


def _wake_text(state: WakeState | None) -> str:
    """Of one that is awake only its trouble: the rest is the machines' to say."""
    if state is None:
        return ""
    name = "" if state.name == AWAKE else f"{state.name} since {_clock(state.since)}"
    goal = f"to {state.goal}" if state.goal else ""
    reason = ": ".join(text for text in (state.reason_code, state.reason) if text)
    return ", ".join(text for text in (name, goal, reason, _retry_text(state)) if text)


def _retry_text(state: WakeState) -> str:
    if state.name != FAILED:
        return ""
    if state.retry_at is None:
        return "tries again by `homeport wake` or a new configuration only"
    return f"tries again from {_clock(state.retry_at)} on"


def _rollout_text(one: EndpointStatus) -> str:
    """What the cloud says of a rolling update that runs, or that failed; and what the reconciler made of it."""
    rollout, judged = one.rollout, one.wake_state.rollout if one.wake_state else ""
    if rollout is None or not (rollout.running or (rollout.failed and one.outdated)):
        return f"rollout {judged}" if judged else ""
    why = f": {rollout.reason}" if rollout.reason else ""
    return f"{rollout.status}, {rollout.percent} %{why}"


def _machine_cells(machine: MachineStatus) -> tuple[str, ...]:
    lifecycle = machine.lifecycle if machine.current else f"{machine.lifecycle}, old"
    report = machine.report
    said = (
        (report.phase, _count(report.in_flight), _count(report.pending)) if report else ("-",) * 3
    )
    return (lifecycle, machine.target_health, *said)


def _count(number: int | None) -> str:
    return "-" if number is None else str(number)


def _clock(seconds: float) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
