"""A cloud for the gate in virtual time: sleeping makes time pass, and what was planned happens in its time."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from dataplane.gateway.agent.shared_verdicts import Kept
from dataplane.gateway.agent.verdicts import BAD, GOOD, SILENT, Accounts, HubSays
from dataplane.gateway.settings import Route
from dataplane.wake.answers import Reply
from dataplane.wake.gate import Gate
from dataplane.wake.gate_cloud import CloudError, FirstLook, Look, TokenRow
from dataplane.wake.gate_config import GateConfig
from dataplane.wake.model import State
from dataplane.wake.request import Request

NOW = 1_800_000_000.0
HOST, WAY_IN = "llama.endpoints.test", "arn:gate-public"
TOKEN = f"hf_{'a' * 34}"
JANE = HubSays(GOOD, Accounts(frozenset({"user/jane", "org/acme"})))
CHAT, MODELS, INFO = "/v1/chat/completions", "/v1/models", "/info"
CONFIG = GateConfig(
    endpoint="llama",
    host=HOST,
    access_mode="protected",
    allow=("org/acme",),
    networks=(),
    token_stale_seconds=3600,
    routes=(
        Route("GET", MODELS, inference=False),
        Route("GET", INFO, inference=False),
        Route("POST", CHAT),
        Route("POST", "/v1/embeddings"),
    ),
    served_names=("llama", "meta/llama"),
    wake_seconds_estimate=100,
    way_in=WAY_IN,
)


class FakeCloud:
    """A `GateCloud`. A test sets what it holds, and reads what was done."""

    def __init__(self, state: State | None = None, config: GateConfig = CONFIG) -> None:
        self.config, self.state, self.wakes = config, state, 0
        self.time = NOW
        self.rows: dict[str, TokenRow] = {}
        self.slots: dict[int, tuple[str, float]] = {}
        self.calls: dict[int, int] = {}
        self.hub: Callable[[str], HubSays] = lambda _token: JANE
        self.asked: list[str] = []
        self.broken: set[str] = set()
        """Calls of the table that fail."""
        self.writes = 0
        self.most_slots = 0
        self._plans: list[tuple[float, Callable[[], None]]] = []

    def plan(self, after_seconds: float, happens: Callable[[], None]) -> None:
        """At that time from now."""
        self._plans.append((self.time + after_seconds, happens))
        self._plans.sort(key=lambda one: one[0])

    def become(self, after_seconds: float, state: State) -> None:
        """The reconciler writes this state, as of then."""

        def write() -> None:
            self.state = state._replace(since=self.time, wakes_seen=self.wakes)

        self.plan(after_seconds, write)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float, /) -> None:
        assert seconds > 0
        end = self.time + seconds
        while self._plans and self._plans[0][0] <= end:
            at, happens = self._plans.pop(0)
            self.time = max(self.time, at)
            happens()
        self.time = max(self.time, end)

    def first_look(self, endpoint: str, fingerprint: str) -> FirstLook:
        self._answer("first_look")
        if endpoint != self.config.endpoint:
            return FirstLook(None)
        row = self.rows.get(fingerprint, TokenRow())
        return FirstLook(self.config, Look(self.state, self.wakes), row)

    def look(self, endpoint: str) -> Look:
        assert endpoint == self.config.endpoint
        self._answer("look")
        return Look(self.state, self.wakes)

    def add_wake(self, endpoint: str, seen: int, now: float) -> None:
        assert (endpoint, now) == (self.config.endpoint, self.time)
        self._answer("add_wake")
        self.writes += 1
        if self.wakes <= seen:
            self.wakes += 1

    def ask_hub(self, token: str, /) -> HubSays:
        self.asked.append(token)
        return self.hub(token)

    def read_token(self, endpoint: str, key: str) -> TokenRow:
        assert endpoint == self.config.endpoint
        self._answer("read_token")
        return self.rows.get(key, TokenRow())

    def claim_token(self, endpoint: str, key: str, seen: int, now: float, until: float) -> bool:
        self._answer("claim_token")
        row = self.read_token(endpoint, key)
        if row.answers > seen or (row.claimed_until is not None and row.claimed_until > now):
            return False
        self.rows[key] = row._replace(claimed_until=until)
        return True

    def settle_token(self, endpoint: str, key: str, said: HubSays, now: float, last: float) -> None:
        self._answer("settle_token")
        assert last > 0
        row = self.read_token(endpoint, key)
        row = row._replace(claimed_until=None, answers=row.answers + 1)
        if said.kind == GOOD:
            kept = Kept(said.accounts.names, now, row.ended_at)
            row = row._replace(kept=kept)
        elif said.kind == BAD:
            kept = row.kept._replace(ended_at=now) if row.kept else None
            row = row._replace(ended_at=now, kept=kept)
        else:
            assert said.kind == SILENT
            row = row._replace(silent_at=now)
        self.rows[key] = row

    def release_token(self, endpoint: str, key: str) -> None:
        self.rows[key] = self.read_token(endpoint, key)._replace(claimed_until=None)

    def hub_calls(self, minute: int) -> int:
        self._answer("hub_calls")
        return self.calls.get(minute, 0)

    def count_hub_call(self, minute: int, most: int) -> bool:
        self._answer("count_hub_call")
        if self.calls.get(minute, 0) >= most:
            return False
        self.calls[minute] = self.calls.get(minute, 0) + 1
        return True

    def busy_slots(self, now: float) -> list[int]:
        self._answer("busy_slots")
        return [slot for slot, (_, until) in self.slots.items() if until > now]

    def take_slot(self, slot: int, owner: str, now: float, until: float) -> bool:
        self._answer("take_slot")
        if slot in self.busy_slots(now):
            return False
        self.slots[slot] = (owner, until)
        self.most_slots = max(self.most_slots, len(self.busy_slots(now)))
        return True

    def free_slot(self, slot: int, owner: str, now: float) -> None:
        assert now <= self.time
        self._answer("free_slot")
        if self.slots[slot][0] == owner:
            self.slots[slot] = (owner, -math.inf)

    def _answer(self, call: str) -> None:
        if call in self.broken:
            raise CloudError("ThrottlingException")


class World:
    """A gate before a fake cloud."""

    def __init__(
        self,
        state: State | None = None,
        *,
        config: GateConfig = CONFIG,
        slots: int = 2,
        scale: float = 1,
    ) -> None:
        self.cloud = FakeCloud(state, config)
        self.lines: list[Mapping[str, Any]] = []
        self.gate = Gate(self.cloud, self.lines.append, hold_slots=slots, time_scale=scale)

    def ask(self, line: str = f"POST {CHAT}", *, hold: str | None = None, **headers: str) -> Reply:
        """By a caller who may, unless the headers say otherwise; an empty one is left out."""
        return self.gate.answer(request(line, hold=hold, **headers))

    @property
    def free_slots(self) -> bool:
        return not self.cloud.busy_slots(self.cloud.time)

    @property
    def waited(self) -> float:
        return self.cloud.time - NOW


def request(line: str, *, hold: str | None = None, **headers: str) -> Request:
    """`POST /v1/chat/completions?a=b`."""
    method, _, target = line.partition(" ")
    path, _, query = target.partition("?")
    given = {
        "host": HOST,
        "authorization": f"Bearer {TOKEN}",
        "x-forwarded-for": "10.0.0.9, 203.0.113.7",
    }
    if hold is not None:
        given["x-scale-up-timeout"] = hold
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        method, path, query, {name: (value,) for name, value in given.items() if value}, WAY_IN
    )


def code(reply: Reply) -> Any:
    """Of its error; None where it is none."""
    return reply.body.get("error", {}).get("code")


def retry_after(reply: Reply) -> int | None:
    found = dict(reply.headers).get("retry-after")
    return None if found is None else int(found)


def where(reply: Reply) -> str | None:
    return dict(reply.headers).get("location")
