"""What the gate asks of its cloud: a table, a clock and the Hub."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, Protocol

from ..gateway.agent.shared_verdicts import Kept
from ..gateway.agent.verdicts import HubSays
from .gate_config import GateConfig
from .model import State


class CloudError(OSError):
    """The table did not answer, or said no; the text holds no value of an item."""


class Look(NamedTuple):
    """How an endpoint stands now."""

    state: State | None
    """None before the reconciler's first run."""
    wakes: int
    """How many wakes were ever asked for."""


class TokenRow(NamedTuple):
    """What the table says of one token at one endpoint; times are Unix seconds."""

    kept: Kept | None = None
    """Its last good verdict, as `dataplane.gateway.agent.shared_verdicts` keeps it for replicas."""
    ended_at: float | None = None
    """When the Hub last said that it knows no such token."""
    silent_at: float | None = None
    """When the Hub last gave no answer about it."""
    claimed_until: float | None = None
    """Somebody asks the Hub, or crashed doing so, until then."""
    answers: int = 0
    """How often a gate has written the Hub's answer."""


class FirstLook(NamedTuple):
    """All that the table says of a request, read by one call."""

    config: GateConfig | None
    """None where there is no such endpoint; then the rest is empty."""
    look: Look = Look(None, 0)
    token: TokenRow = TokenRow()
    """Empty for a request without a token."""


class TokenTable(Protocol):
    """Verdicts of all endpoints; `key` is a token's fingerprint. Each call raises `CloudError`."""

    def read_token(self, endpoint: str, key: str) -> TokenRow:
        """The row as it is now."""
        ...

    def claim_token(self, endpoint: str, key: str, seen: int, now: float, until: float) -> bool:
        """Be the one who asks. False where another one is, or has written more than the `seen` answers since."""
        ...

    def settle_token(self, endpoint: str, key: str, said: HubSays, now: float, last: float) -> None:
        """Write the Hub's answer and end the claim; nobody needs the row for longer than `last` seconds."""
        ...

    def release_token(self, endpoint: str, key: str) -> None:
        """End the claim without an answer."""
        ...

    def hub_calls(self, minute: int) -> int:
        """How often the stack has asked the Hub about unknown tokens in this minute since 1970."""
        ...

    def count_hub_call(self, minute: int, most: int) -> bool:
        """One more. False, and not counted, where `most` were."""
        ...


class HoldSlots(Protocol):
    """Leased slots of the whole stack, numbered from 0. Each call raises `CloudError`."""

    def busy_slots(self, now: float) -> Collection[int]:
        """Those that are leased."""
        ...

    def take_slot(self, slot: int, owner: str, now: float, until: float) -> bool:
        """Lease a slot that is free. False where it is not."""
        ...

    def free_slot(self, slot: int, owner: str, now: float) -> None:
        """Give it back, unless it is another owner's by now."""
        ...


class GateCloud(TokenTable, HoldSlots, Protocol):
    """`dataplane.wake.aws` has one. Each call of the table raises `CloudError` or `ItemError`, and is bounded."""

    def first_look(self, endpoint: str, fingerprint: str) -> FirstLook:
        """`fingerprint` is that of the request's token, or empty."""
        ...

    def look(self, endpoint: str) -> Look:
        """Never older than the last write."""
        ...

    def add_wake(self, endpoint: str, seen: int, now: float) -> None:
        """Ask for a wake, unless more than `seen` were asked for: then one is waiting, which is just as good."""
        ...

    def ask_hub(self, token: str, /) -> HubSays:
        """One bounded call, which never raises."""
        ...

    def now(self) -> float:
        """Unix seconds."""
        ...

    def sleep(self, seconds: float, /) -> None:
        """Do nothing for so long."""
        ...
