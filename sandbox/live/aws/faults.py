"""What a test lets go wrong in the account: the faults that `/_sandbox/faults` takes, checked.

engine           settings of every engine (`sandbox.engine.settings`)
machine          what new machines meet (`sandbox.live.aws.machines.MACHINE_FAULTS`)
no_capacity      true: EC2 has no machine
blind            true: no metric of a replica arrives
events           how events reach functions, see `EventFaults`
functions        how many run at a time and where one is killed, see `FunctionFaults`
throttled        share of the calls by functions to AWS's APIs that are refused as too many, 0 to 1
rule_lag_seconds seconds of the account's clock until a load balancer does what a changed rule says
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from sandbox.live.functions.concurrency import LIMIT

SOURCES = ("stream", "schedule", "group")
"""Of events: a table's stream, a schedule, an Auto Scaling group."""


@dataclass(frozen=True, kw_only=True)
class EventFaults:
    """Of each event of these sources; the same seed gives the same luck."""

    lost: float = 0.0
    """Share that never arrives, 0 to 1."""
    doubled: float = 0.0
    """Share that arrives twice."""
    delay_seconds: tuple[float, float] = (0.0, 0.0)
    """From, to; of the account's clock."""
    reordered: bool = False
    """Whether a later event may arrive before an earlier one of its source."""
    seed: int = 0
    sources: tuple[str, ...] = SOURCES


@dataclass(frozen=True, kw_only=True)
class Crash:
    """The function's process is killed once AWS has done what its nth call asked for, before it gets the answer."""

    function: str
    after_calls: int
    """Counted from when the fault was set, over all invocations; 1 and more. Happens once."""


@dataclass(frozen=True, kw_only=True)
class FunctionFaults:
    """Without them a function has what an account that is not new has."""

    concurrency: int = LIMIT
    """Of the whole account."""
    crash: Crash | None = None


@dataclass(frozen=True, kw_only=True)
class Faults:
    """All of them; what is absent goes well."""

    engine: Mapping[str, Any] = field(default_factory=dict[str, Any])
    machine: tuple[str, ...] = ()
    no_capacity: bool = False
    blind: bool = False
    events: EventFaults = EventFaults()
    functions: FunctionFaults = FunctionFaults()
    throttled: float = 0.0
    rule_lag_seconds: float = 0.0


def read_faults(given: Mapping[str, Any]) -> Faults:
    """Of JSON. Raises `ValueError` for what is not known, or cannot be."""
    found = dict(_known("faults", given, Faults))
    found["machine"] = tuple(found.get("machine", ()))
    found["events"] = _event_faults(found.get("events", {}))
    found["functions"] = _function_faults(found.get("functions", {}))
    _share("throttled", found.get("throttled", 0.0))
    return Faults(**found)


def _event_faults(given: Mapping[str, Any]) -> EventFaults:
    found = dict(_known("events", given, EventFaults))
    for name in ("lost", "doubled"):
        _share(f"events.{name}", found.get(name, 0.0))
    low, high = (float(value) for value in found.get("delay_seconds", (0, 0)))
    if not 0 <= low <= high:
        raise ValueError(f"events.delay_seconds: found {low} to {high}, must be 0 <= from <= to")
    sources = tuple(found.get("sources", SOURCES))
    if not set(sources) <= set(SOURCES):
        raise ValueError(f"events.sources: found {sources}, must be some of {', '.join(SOURCES)}")
    return EventFaults(**{**found, "delay_seconds": (low, high), "sources": sources})


def _function_faults(given: Mapping[str, Any]) -> FunctionFaults:
    found = dict(_known("functions", given, FunctionFaults))
    if found.get("crash") is not None:
        given_crash = _known("functions.crash", found["crash"], Crash)
        if set(given_crash) != {"function", "after_calls"}:
            raise ValueError(
                f"functions.crash: found {sorted(given_crash)}, must be function and after_calls"
            )
        crash = Crash(**given_crash)
        if crash.after_calls < 1:
            raise ValueError(
                f"functions.crash.after_calls: found {crash.after_calls}, must be 1 or more"
            )
        found["crash"] = crash
    return FunctionFaults(**found)


def _known(path: str, given: Mapping[str, Any], kind: type[Any]) -> Mapping[str, Any]:
    names = [one.name for one in fields(kind)]
    unknown = sorted(set(given) - set(names))
    if unknown:
        raise ValueError(f"{path}: found {unknown}, must be some of {', '.join(names)}")
    return given


def _share(path: str, value: Any) -> None:
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError(f"{path}: found {value!r}, must be 0 to 1")
