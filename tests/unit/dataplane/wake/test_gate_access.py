"""Who may ask at all: before anything is woken, read or waited for."""

from dataclasses import replace
from ipaddress import ip_network

import pytest

from dataplane.gateway.agent.verdicts import BAD, GOOD, SILENT, Accounts, HubSays
from dataplane.wake.model import ASLEEP, State
from dataplane.wake.request import Request
from tests.unit.dataplane.wake.gate_world import (
    CHAT,
    CONFIG,
    HOST,
    JANE,
    MODELS,
    NOW,
    TOKEN,
    World,
    code,
    request,
    retry_after,
)

SLEEPS = State(ASLEEP, NOW)
OFFICE = replace(CONFIG, networks=(ip_network("203.0.113.0/24"), ip_network("2001:db8::/32")))


@pytest.mark.parametrize(
    "host",
    ["", "other.endpoints.test", "llama.evil.test", "llama", "llama.endpoints.test.evil.test", ".endpoints.test",
     "llama.endpoints.test/", "llama.endpoints.test:99999999", "llama.endpoints.test@evil.test", "l\x00ama", "\u017f",
     "*", "#hold", "llama.endpoints.test llama.endpoints.test", "..", "LLAMA%2eendpoints.test"],
)  # fmt: skip
def test_a_host_that_is_none_of_ours(host: str) -> None:
    world = World(SLEEPS)
    reply = world.ask(host=host)
    assert (reply.status, code(reply), world.cloud.wakes, world.cloud.asked) == (404, 404, 0, [])


@pytest.mark.parametrize("host", [HOST, HOST.upper(), f"{HOST}:443"])
def test_the_host_in_every_spelling(host: str) -> None:
    assert World(SLEEPS).ask(host=host).status == 503


def test_two_hosts_are_none() -> None:
    asked = request(f"POST {CHAT}")
    world = World(SLEEPS)
    reply = world.gate.answer(asked._replace(headers={**asked.headers, "host": (HOST, HOST)}))
    assert reply.status == 404


def test_a_request_by_the_other_sides_door_finds_nobody() -> None:
    world = World(SLEEPS)
    assert (
        world.gate.answer(request(f"POST {CHAT}")._replace(way_in="arn:gate-internal")).status
        == 404
    )
    anywhere = World(SLEEPS, config=replace(CONFIG, way_in=""))
    assert anywhere.gate.answer(request(f"POST {CHAT}")._replace(way_in="arn:x")).status == 503


@pytest.mark.parametrize(
    ("forwarded", "status"),
    [
        (("203.0.113.7",), 503),
        (("10.0.0.1, 203.0.113.7",), 503),
        (("10.0.0.1", "203.0.113.7"), 503),
        (("203.0.113.7:51000",), 503),
        (("2001:db8::7",), 503),
        (("::ffff:203.0.113.7",), 503),
        (("203.0.113.7, 10.0.0.1",), 403),
        (("203.0.113.7", "10.0.0.1"), 403),
        (("203.0.113.7,",), 403),
        (("unknown",), 403),
        (("",), 403),
        ((), 403),
        (("203.0.113.7\n",), 503),
        (("0203.0.113.7",), 403),
        (("2001:db8::7%eth0",), 503),
        (("[2001:db8::7]",), 403),
        (("9" * 5000,), 403),
    ],
)
def test_the_address_is_the_one_that_the_load_balancer_wrote(
    forwarded: tuple[str, ...], status: int
) -> None:
    world = World(SLEEPS, config=OFFICE)
    asked = request(f"POST {CHAT}")
    reply = world.gate.answer(
        asked._replace(headers={**asked.headers, "x-forwarded-for": forwarded})
    )
    assert reply.status == status
    assert world.cloud.wakes == (status == 503)


def test_the_address_counts_for_health_and_for_nonsense_too() -> None:
    for line in ("GET /health", f"GET {MODELS}", "GET /nothing"):
        assert World(SLEEPS, config=OFFICE).ask(line, x_forwarded_for="10.0.0.1").status == 403


@pytest.mark.parametrize(
    "line",
    ["GET /", f"GET {CHAT}", f"PUT {CHAT}", f"post {CHAT}", "POST /v1/chat", f"HEAD {MODELS}", f"OPTIONS {CHAT}",
     "GET /_homeport/wake", "POST /_homeport/wake/", "POST /_homeport/", "GET /_homeport/ready", "POST /health",
     "GET /metrics", "PRI *"],
)  # fmt: skip
def test_what_no_replica_would_pass_on_costs_no_call_and_no_wake(line: str) -> None:
    world = World(SLEEPS)
    reply = world.ask(line)
    assert reply.status in (400, 404)
    assert (world.cloud.wakes, world.cloud.asked, world.cloud.rows) == (0, [], {})


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Basic aGY6", "Bearer sk-1234567890abcdefghij", "Bearer hf_short", f"Bearer hf_{'a' * 5000}",
     f"Token {TOKEN}", f"Bearer {TOKEN} x", f"Bearer {TOKEN}\x00", f"Bearer {TOKEN}, Bearer {TOKEN}"],
)  # fmt: skip
def test_what_cannot_be_a_token_costs_no_call(authorization: str) -> None:
    world = World(SLEEPS)
    reply = world.ask(authorization=authorization, hold="60")
    assert reply.status == 401
    assert ("www-authenticate", "Bearer") in reply.headers
    assert (world.cloud.wakes, world.cloud.asked, world.cloud.rows, world.waited) == (0, [], {}, 0)


def test_two_tokens_are_none() -> None:
    asked: Request = request(f"POST {CHAT}")
    twice = asked.headers["authorization"] * 2
    reply = World(SLEEPS).gate.answer(
        asked._replace(headers={**asked.headers, "authorization": twice})
    )
    assert reply.status == 401


@pytest.mark.parametrize(
    ("said", "status", "wakes"),
    [
        (JANE, 503, 1),
        (HubSays(GOOD, Accounts(frozenset({"user/joe"}))), 403, 0),
        (HubSays(BAD), 401, 0),
        (HubSays(SILENT), 503, 0),
    ],
)
def test_only_who_is_on_the_list_wakes(said: HubSays, status: int, wakes: int) -> None:
    world = World(SLEEPS)
    world.cloud.hub = lambda _token: said
    reply = world.ask()
    assert (reply.status, world.cloud.wakes, world.cloud.asked) == (status, wakes, [TOKEN])
    if said.kind == SILENT:
        assert (code(reply), retry_after(reply)) == (503, 5)


@pytest.mark.parametrize("mode", ["public", "private"])
def test_public_and_private_ask_for_no_token(mode: str) -> None:
    world = World(SLEEPS, config=replace(CONFIG, access_mode=mode))
    assert world.ask(authorization="").status == 503
    assert (world.cloud.wakes, world.cloud.asked) == (1, [])
