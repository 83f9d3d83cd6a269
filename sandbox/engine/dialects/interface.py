"""What differs from engine to engine: one `Dialect` a file here, all in `DIALECTS`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from sandbox.engine.answers.interface import Model, Route

Kind = Literal["gauge", "counter", "histogram", "bare"]


class Metric(NamedTuple):
    """One family of Prometheus' text format."""

    name: str
    """As it stands in the text, so with `_total` where the engine's library adds it."""
    kind: Kind
    """`bare`: without the lines HELP and TYPE."""
    source: str
    """Field of Counts."""
    help: str = ""
    labels: Mapping[str, str] = {}
    """Beside the dialect's own."""


Command = Sequence[str]
"""The engine's own command line."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """An engine at the version of our catalogue, as far as a gateway and its callers meet it."""

    name: str
    routes: Mapping[tuple[str, str], Route]
    """(method, path) -> what answers; health and metrics stand apart."""
    health: tuple[str, ...]
    health_body: bytes = b""
    metrics: tuple[Metric, ...]
    metrics_route: str | None = "/metrics"
    metrics_flag: str | None = None
    """Without it on the command line there are no metrics."""
    labels: Callable[[Model], Mapping[str, str]] = field(default=lambda _model: {})
    loading: Literal["closed", "closed-then-503", "503"]
    """What is seen until the model is loaded. `closed-then-503`: the last quarter is a warm-up."""
    loading_body: Any = None
    model: Callable[[Command], Model]
    names_model: bool = False
    """True: a request that names another model is refused."""
    places: Callable[[Command], int]
    """Requests that run at a time."""
    most_requests: Callable[[Command], int | None] = field(default=lambda _command: None)
    """Running and waiting together; one more is refused as overload."""
    error: Callable[[int, str], Any]
    """(status, text) -> body of a refusal."""
    bad_body_status: int = 400
    grace_seconds: Callable[[Command], float | None]
    """How long running answers may go on after SIGTERM; 0: they are cut; None: without limit."""
    accepts_while_stopping: bool = False
    """True: SIGTERM closes nothing, health says 503 until the last answer has ended."""
    out_of_memory: tuple[str, ...]
    """What it writes where its memory does not suffice, shortened."""


def value(command: Command, *flags: str) -> str | None:
    """The word after one of the flags, or behind its `=`; None where there is none."""
    found = values(command, *flags)
    return found[0] if found else None


def values(command: Command, *flags: str) -> tuple[str, ...]:
    """All words after one of the flags, up to the next flag."""
    for at, one in enumerate(command):
        flag, equals, joined = one.partition("=")
        if flag in flags:
            if equals:
                return (joined,)
            rest = command[at + 1 :]
            end = next((n for n, w in enumerate(rest) if w.startswith("--")), len(rest))
            return tuple(rest[:end])
    return ()


def number(command: Command, default: int, *flags: str) -> int:
    """The number after one of the flags."""
    found = value(command, *flags)
    return int(found) if found is not None and found.isdecimal() else default
