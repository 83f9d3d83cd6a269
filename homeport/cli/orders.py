"""`homeport wake`, `pause`, `resume`, `scale-to-zero`: what a user tells deployed endpoints.

Each writes a line to the stack's table, for all endpoints that were named or for none where one cannot follow. The
reconciler carries it out.
"""

import dataclasses
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from homeport.cli.endpoints import AsJson, WaitMinutes, read_endpoints
from homeport.cli.output import note, out, print_json
from homeport.cli.status_tables import start_text, state_text
from homeport.cli.validate import Targets
from homeport.errors import HomeportError, raise_all
from homeport.operations import operations
from homeport.operations.endpoint_status import EndpointKey, EndpointStatus
from homeport.operations.orders import Order, Standing, has_come_about, has_failed, superfluous
from homeport.operations.wake_state import WakeState
from homeport.spec import StackSettings

LOOK_SECONDS = 5.0
Wait = Annotated[bool, typer.Option("--wait", help="Until it has come about, or failed.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@dataclass(kw_only=True)
class _Told:
    """One endpoint and what became of the order."""

    key: EndpointKey
    before: Standing
    why_not: str
    """Why nothing was written; empty where something was."""
    state: WakeState | None
    failed: bool = False
    done: bool = False


def wake(
    targets: Targets = None,
    *,
    wait: Wait = False,
    wait_minutes: WaitMinutes = 60,
    as_json: AsJson = False,
) -> None:
    """Wake sleeping endpoints, and try failed ones again. A paused one must be resumed instead.

    With --wait ends with 1 where one does not serve in time.
    """
    _give(Order.WAKE, targets, wait_minutes if wait else None, as_json=as_json)


def pause(
    targets: Targets = None,
    *,
    yes: Yes = False,
    wait: Wait = False,
    wait_minutes: WaitMinutes = 90,
    as_json: AsJson = False,
) -> None:
    """Stop endpoints until they are resumed: running requests end, new ones are refused and wake nothing.

    With --wait ends with 1 where a machine still runs in time: a request may take as long as its spec allows.
    """
    _give(Order.PAUSE, targets, wait_minutes if wait else None, as_json=as_json, ask=not yes)


def resume(
    targets: Targets = None,
    *,
    wait: Wait = False,
    wait_minutes: WaitMinutes = 60,
    as_json: AsJson = False,
) -> None:
    """End a pause: the endpoints wake, whatever their replicas.min.

    With --wait ends with 1 where one does not serve in time.
    """
    _give(Order.RESUME, targets, wait_minutes if wait else None, as_json=as_json)


def scale_to_zero(
    targets: Targets = None,
    *,
    wait: Wait = False,
    wait_minutes: WaitMinutes = 90,
    as_json: AsJson = False,
) -> None:
    """Put endpoints with replicas.min 0 to sleep now: running requests end, the next one wakes them.

    With --wait ends with 1 where one is not asleep in time.
    """
    _give(Order.SCALE_TO_ZERO, targets, wait_minutes if wait else None, as_json=as_json)


def _give(
    order: Order,
    targets: Sequence[str] | None,
    wait_minutes: float | None,
    *,
    as_json: bool,
    ask: bool = False,
) -> None:
    settings, keys = read_endpoints(targets or [])
    cloud = operations(settings.cloud)
    told = _judge(
        order,
        keys,
        cloud.endpoint_standings(keys, region=settings.region, account=settings.account),
    )
    if ask and any(not one.why_not for one in told):
        _confirm(order, [one.key.endpoint for one in told if not one.why_not])
    for one in told:
        if not one.why_not:
            cloud.give_order(
                one.key, order, one.before, region=settings.region, account=settings.account
            )
        note(f"{one.key.endpoint}: {one.why_not or 'told'}")
    if wait_minutes is not None:
        _watch(order, told, settings, wait_minutes)
    _show(order, told, waited=wait_minutes is not None, as_json=as_json)
    if wait_minutes is not None and not all(one.done for one in told):
        raise typer.Exit(1)


def _judge(order: Order, keys: Sequence[EndpointKey], standings: Sequence[Standing]) -> list[_Told]:
    """Raises every endpoint's `HomeportError` at once, before anything is written."""
    told: list[_Told] = []
    errors: list[HomeportError] = []
    for key, standing in zip(keys, standings, strict=True):
        try:
            why_not = superfluous(order, standing)
        except HomeportError as error:
            errors.append(error)
            continue
        told.append(_Told(key=key, before=standing, why_not=why_not, state=standing.state))
    raise_all(errors)
    return told


def _confirm(order: Order, endpoints: Sequence[str]) -> None:
    """Ends the command where the answer is no, or nobody is there to give one."""
    names = ", ".join(endpoints)
    typer.confirm(f"{order} {names}? Nothing wakes it but `homeport resume`", abort=True, err=True)


def _watch(
    order: Order, told: Sequence[_Told], settings: StackSettings, wait_minutes: float
) -> None:
    """Until each has come to its end or the time is over; says on the way what has changed."""
    began = time.monotonic()
    shown: dict[str, str] = {}
    while True:
        waiting = [one for one in told if not one.done and not one.failed]
        seen = operations(settings.cloud).endpoint_statuses(
            [one.key for one in waiting], region=settings.region, account=settings.account
        )
        for one, status in zip(waiting, seen, strict=True):
            _follow(order, one, status)
            _say(status, shown)
        over = time.monotonic() - began >= wait_minutes * 60
        if over or all(one.done or one.failed for one in told):
            return
        time.sleep(LOOK_SECONDS)


def _follow(order: Order, one: _Told, status: EndpointStatus) -> None:
    one.state = status.wake_state
    given = not one.why_not
    one.failed = has_failed(order, one.before, one.state, given=given)
    one.done = not one.failed and has_come_about(order, one.state)


def _say(status: EndpointStatus, shown: dict[str, str]) -> None:
    start = start_text(status)
    text = f"{state_text(status)}{f', {start}' if start else ''}"
    if shown.get(status.endpoint) != text:
        shown[status.endpoint] = text
        note(f"{status.endpoint}: {text}")


def _show(order: Order, told: Sequence[_Told], *, waited: bool, as_json: bool) -> None:
    if as_json:
        print_json(json.dumps([_data(order, one, waited=waited) for one in told], indent=2))
        return
    for one in told:
        out.print(f"{one.key.endpoint}: {_outcome(order, one, waited=waited)}", highlight=False)


def _outcome(order: Order, one: _Told, *, waited: bool) -> str:
    if not waited:
        return one.why_not or f"{order} is asked for"
    name = one.state.name if one.state else "not looked at by the reconciler yet"
    if one.failed and one.state:
        return f"{name}: {one.state.reason or one.state.reason_code}"
    return name if one.done else f"not in time, {name}"


def _data(order: Order, one: _Told, *, waited: bool) -> dict[str, object]:
    """`done` is null where nobody waited to see it."""
    return {
        "endpoint": one.key.endpoint,
        "order": order.value,
        "given": not one.why_not,
        "why_not": one.why_not,
        "done": one.done if waited else None,
        "failed": one.failed if waited else None,
        "state": dataclasses.asdict(one.state) if one.state else None,
    }
