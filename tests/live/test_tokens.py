"""Tokens by the hundred thousand, and a Hub that misbehaves: the real agent as a process, behind a real Envoy.

make live          the figures, in minutes
"""

import ssl
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from rich.console import Console

from dataplane.gateway.agent.token_gate import UNKNOWN_CALLS_PER_MINUTE
from dataplane.gateway.agent.whoami import TIMEOUT_SECONDS
from tests.live.leaks import leaks, places
from tests.live.replica import CHAT, JANE, Replica, bystander, replica
from tests.unit.dataplane.hostile_hub import HOSTILE, Handler, Hub, by_token, honest, running_hub
from tests.until import until

pytestmark = [pytest.mark.live, pytest.mark.timeout(280)]

FLOOD, AT_ONCE = 100_000, 1000
PIPELINE, CLIENTS = 50, 8
MEMORY_MEBIBYTES = 150
"""A thousand connections with TLS alone take Envoy 82."""
QUERY, PROMPT = "canaryOfAQueryString", "canaryOfAPrompt"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running_hub() as running:
        yield running


@pytest.fixture
def one(tmp_path: Path, hub: Hub) -> Iterator[Replica]:
    """Searched at its end for every token that it was shown."""
    with replica(tmp_path, hub.address, {"max_body_bytes": {"N": "100000"}}) as running:
        assert running.status() == 200
        yield running
        assert running.gateway.call("POST", f"{CHAT}?q={QUERY}", JANE, PROMPT)[0] == 200
        reports = tmp_path / "reports.jsonl"
        size = reports.stat().st_size
        until(lambda: reports.stat().st_size > size, "one more report")
        until(lambda: (tmp_path / "envoy.log").read_text().count(f'"path":"{CHAT}"') > 1, "logged")
        assert len(list(places(running))) >= 12
        assert leaks(running, (QUERY, PROMPT)) == []


def _memory(one: Replica, before: tuple[float, float]) -> str:
    envoy, agent = (now - then for now, then in zip(one.memory(), before, strict=True))
    assert envoy < MEMORY_MEBIBYTES
    assert agent < MEMORY_MEBIBYTES
    return f"memory: Envoy {envoy:+.0f} MiB, agent {agent:+.0f} MiB"


def _ask(token: str, body: str = "{}") -> bytes:
    head = f"POST {CHAT}?q={QUERY} HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {token}\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n{body}".encode()


def _statuses(connection: ssl.SSLSocket, count: int) -> Counter[int]:
    """Of the next answers on the connection."""
    text = b""
    while text.count(b"HTTP/1.1 ") < count or not text.endswith((b"}", b"}\n")):
        part = connection.recv(1 << 16)
        assert part, "hung up"
        text += part
    return Counter(int(part[:3]) for part in text.split(b"HTTP/1.1 ")[1:])


def _flood(one: Replica, client: int) -> Counter[int]:
    statuses: Counter[int] = Counter()
    with one.gateway.raw() as connection:
        for first in range(0, FLOOD // CLIENTS, PIPELINE):
            tokens = [f"hf_flood{client}_{first + n:020}" for n in range(PIPELINE)]
            connection.sendall(b"".join(_ask(token) for token in tokens))
            statuses += _statuses(connection, PIPELINE)
    return statuses


def test_a_hundred_thousand_tokens_that_nobody_knows(one: Replica, hub: Hub) -> None:
    before, asked, began = one.memory(), len(hub.asked), time.monotonic()
    with bystander(one) as other, ThreadPoolExecutor(CLIENTS) as pool:
        statuses = sum(pool.map(lambda client: _flood(one, client), range(CLIENTS)), Counter[int]())
    took, calls = time.monotonic() - began, len(hub.asked) - asked
    Console().print(
        f"\n  {statuses.total()} unknown tokens in {took:.0f} s: {dict(statuses)}; calls to the Hub: {calls}, "
        f"answered {dict(hub.answered)}; a known caller beside them: {other}; {_memory(one, before)}"
    )
    assert statuses.total() == FLOOD
    assert set(statuses) <= {401, 503}
    assert statuses[401] == calls
    assert calls <= UNKNOWN_CALLS_PER_MINUTE * (took // 60 + 2)
    assert set(other.statuses) == {200}


def test_a_thousand_requests_with_one_new_token_at_once(one: Replica, hub: Hub) -> None:
    """The Hub answers once all of them wait for it, or just before the agent would give it up."""
    before, asked, token = one.memory(), len(hub.asked), "hf_new_0123456789abcdef"
    waiting = [0]

    def when_all_wait(handler: Handler) -> None:
        latest = time.monotonic() + TIMEOUT_SECONDS * 0.6
        while waiting[-1] < AT_ONCE and time.monotonic() < latest:
            waiting.append(one.counter("cluster.agent.upstream_rq_active"))
        honest(handler)

    hub.mode = when_all_wait
    began = time.monotonic()
    with ExitStack() as stack:
        connections = [stack.enter_context(one.gateway.raw()) for _ in range(AT_ONCE)]
        for connection in connections:
            connection.sendall(_ask(token))
        statuses = sum((_statuses(connection, 1) for connection in connections), Counter[int]())
    calls = len(hub.asked) - asked
    Console().print(
        f"\n  {AT_ONCE} requests with one new token, {max(waiting)} waiting at once: {dict(statuses)} within "
        f"{time.monotonic() - began:.1f} s; calls to the Hub: {calls}; "
        f"{_memory(one, before)}"
    )
    assert (statuses, calls) == ({200: AT_ONCE}, 1)
    assert max(waiting) > 1


def test_a_hub_that_misbehaves_in_every_way_at_once(one: Replica, hub: Hub) -> None:
    before, asked = one.memory(), len(hub.asked)
    hub.mode = by_token

    def status(number: int) -> int:
        return one.status({"authorization": f"Bearer hf_hostile_{number}_0123456789abcdef"})

    began = time.monotonic()
    with bystander(one) as other, ThreadPoolExecutor(len(HOSTILE)) as pool:
        statuses = dict(zip(HOSTILE, pool.map(status, range(len(HOSTILE))), strict=True))
    Console().print(
        f"\n  unknown tokens before a hostile Hub: {statuses} within {time.monotonic() - began:.1f} s; calls: "
        f"{len(hub.asked) - asked}; a known caller beside them: {other}; {_memory(one, before)}"
    )
    assert set(statuses.values()) == {503}
    assert len(hub.asked) - asked == len(HOSTILE)
    assert set(other.statuses) == {200}
