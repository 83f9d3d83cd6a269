"""What the gate answers, as plain data: status, headers, JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .model import AWAKE, NEVER_READY, NO_CAPACITY, State

SCALING_UP, ASLEEP_CODE, PAUSED_CODE, FAILED_CODE, NOT_NOW = (
    "scaling_up", "asleep", "paused", "failed", "unavailable",
)  # fmt: skip
_REASONS = {
    NO_CAPACITY: "the cloud has no machine for it now",
    NEVER_READY: "no replica became ready",
}


class Reply(NamedTuple):
    """An answer to a client."""

    status: int
    body: Mapping[str, Any]
    headers: tuple[tuple[str, str], ...] = ()
    code: str = ""
    """For the log."""


def refused(status: int, message: str, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    """What a replica's gateway says too, in its words."""
    error = {"message": message, "type": "homeport_gateway", "code": status}
    return Reply(status, {"error": error}, headers, str(status))


def scaling_up(retry_after_seconds: float) -> Reply:
    """A wake is under way."""
    seconds = whole_seconds(retry_after_seconds)
    text = (
        f"the endpoint is starting, ask again in {seconds} s; with the header X-Scale-Up-Timeout: <seconds> "
        "a request waits for it"
    )
    return _unavailable(SCALING_UP, text, retry_after_seconds)


def asleep() -> Reply:
    """To a request that wakes nothing."""
    return _unavailable(ASLEEP_CODE, "the endpoint is asleep, and this request does not wake it")


def paused() -> Reply:
    """By command; asking again does not help."""
    return _unavailable(PAUSED_CODE, "the endpoint is paused until its owner resumes it")


def failed(state: State, retry_after_seconds: float | None) -> Reply:
    """With the kind of reason: the cloud's own words may name what is in the account, and are its owner's to read."""
    reason = _REASONS.get(state.reason_code, "its owner can see why")
    return _unavailable(
        FAILED_CODE, f"the endpoint could not be started: {reason}", retry_after_seconds
    )


def not_now() -> Reply:
    """The table did not answer as it should."""
    return _unavailable(NOT_NOW, "the endpoint cannot be looked up now, ask again in a moment", 5)


def redirect(location: str) -> Reply:
    """The client sends the same request again, body and all, and this time a replica gets it (RFC 9110, 15.4.8)."""
    return Reply(307, _state_body(AWAKE), (("location", location),), "redirected")


def woken(state: str, retry_after_seconds: float | None = None) -> Reply:
    """To a request that asks for the wake itself."""
    if state == AWAKE:
        return Reply(200, _state_body(state), code="awake")
    return Reply(202, _state_body(state), _retry_after(retry_after_seconds), "asked")


def health(state: str) -> Reply:
    """Asleep is healthy."""
    return Reply(200, _state_body(state), code="health")


def models(names: Sequence[str]) -> Reply:
    """OpenAI's list: a model exists while it sleeps."""
    listed = [
        {"id": name, "object": "model", "created": 0, "owned_by": "homeport"} for name in names
    ]
    return Reply(200, {"object": "list", "data": listed}, code="models")


def whole_seconds(seconds: float) -> int:
    """Retry-After knows no fractions, and 0 would be a loop."""
    return max(1, math.ceil(seconds))


def _unavailable(code: str, message: str, retry_after_seconds: float | None = None) -> Reply:
    error = {"message": message, "type": "unavailable", "code": code}
    return Reply(503, {"error": error}, _retry_after(retry_after_seconds), code)


def _retry_after(seconds: float | None) -> tuple[tuple[str, str], ...]:
    return () if seconds is None else (("retry-after", str(whole_seconds(seconds))),)


def _state_body(state: str) -> dict[str, str]:
    return {"state": state.lower()}
