"""What a real Envoy does with requests, friendly and not, under the rendered configuration."""

import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from dataplane.wake.answers import woken
from dataplane.wake.model import AWAKE
from tests.unit.dataplane.envoy_process import (
    TOKEN,
    Seen,
    gateway_settings,
    running_agent,
    running_engine,
    running_envoy,
)

AUTHORIZED = {"authorization": f"Bearer {TOKEN}"}
QUERY_SECRET = "querySecretThatNobodyLogs"

STRANGERS = [
    "/pause",
    "/v1/../pause",
    "/v1/./../pause",
    "/v1/chat/completions/../../../pause",
    "//pause",
    "/v1/%2e%2e/pause",
    "/v1/%2E%2E%2Fpause",
    "/v1%2fmodels",
    "/v1%5cmodels",
    "/v1\\..\\pause",
    "/v1/models/",
    "/v1/models;x=1",
    "/v1/models%00",
    "/v1/models%20",
    "/V1/MODELS",
    "/v1/models#fragment",
    "/_homeport/ready/../authorize",
    "/_homeport/",
    "/authorize",
    "http://evil.test/pause",
    "*",
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """One protected gateway with an engine and an agent, shared by this module."""
    folder = tmp_path_factory.mktemp("e")
    engine, agent = Seen(), Seen()
    with running_engine(engine) as port:
        settings = gateway_settings(folder, engine_port=port)
        with (
            running_agent(settings.agent_socket_path, agent),
            running_envoy(settings, folder) as gateway,
        ):
            yield SimpleNamespace(gateway=gateway, engine=engine, agent=agent, folder=folder)


def test_allowed_request_reaches_the_engine_without_its_caller(world: SimpleNamespace) -> None:
    headers = AUTHORIZED | {
        "x-request-id": "caller-42",
        "cookie": "a=b",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-proto": "http",
        "x-envoy-retry-on": "5xx",
        "x-envoy-original-path": "/pause",
        "x-envoy-upstream-rq-timeout-ms": "1",
        "te": "trailers, deflate",
        "keep-alive": "timeout=5",
        "x_forwarded_user": "underscores",
    }
    status, answer, body = world.gateway.call("GET", "/v1/models?limit=1", headers)
    assert (status, body) == (200, b'{"path": "/v1/models?limit=1"}')
    assert answer["x-request-id"] == "caller-42"
    assert not {"server", "x-powered-by", "x-envoy-upstream-service-time"} & answer.keys()
    passed = world.engine.headers[-1]
    assert passed["x-request-id"] == "caller-42"
    assert passed.keys() <= {"host", "accept-encoding", "x-request-id", "te"}


@pytest.mark.parametrize("target", STRANGERS)
def test_unknown_path_never_reaches_engine_or_agent(world: SimpleNamespace, target: str) -> None:
    before = list(world.engine.lines), list(world.agent.lines)
    status, _, _ = world.gateway.call("GET", target, AUTHORIZED)
    assert status in (400, 404)
    assert (world.engine.lines, world.agent.lines) == before


@pytest.mark.parametrize("target", ["/v1%2fmodels", "/v1%5Cmodels", "/v1/..%2Fpause"])
def test_escaped_slashes_are_refused_before_routing(world: SimpleNamespace, target: str) -> None:
    assert world.gateway.call("GET", target, AUTHORIZED)[0] == 400


@pytest.mark.parametrize(
    "target", ["//v1/models", "/v1/x/../models", "/v1/%6dodels", "/v1\\models"]
)
def test_spelling_of_an_allowed_path_arrives_tidied(world: SimpleNamespace, target: str) -> None:
    status, _, _ = world.gateway.call("GET", target, AUTHORIZED)
    assert (status, world.engine.lines[-1]) == (200, "GET /v1/models")


def test_who_asks_an_awake_replica_for_a_wake_is_told_that_it_is(world: SimpleNamespace) -> None:
    """The gate's own answer, and its own refusal: a client that wakes first need not know who answers."""
    before = list(world.engine.lines)
    status, headers, body = world.gateway.call("POST", "/_homeport/wake", AUTHORIZED)
    assert (status, json.loads(body)) == (woken(AWAKE).status, woken(AWAKE).body)
    assert headers["content-type"] == "application/json"
    assert world.gateway.call("POST", "/_homeport/wake", {})[0] == 401
    assert world.gateway.call("GET", "/_homeport/wake", AUTHORIZED)[0] == 404
    assert world.engine.lines == before


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE"])
def test_method_belongs_to_the_route(world: SimpleNamespace, method: str) -> None:
    before = list(world.engine.lines)
    assert world.gateway.call(method, "/v1/models", AUTHORIZED)[0] in (403, 404, 405)
    assert world.engine.lines == before


def test_without_a_good_token_the_agent_decides(world: SimpleNamespace) -> None:
    before = list(world.engine.lines)
    for headers in ({}, {"authorization": "Bearer hf_wrong"}):
        status, answer, _ = world.gateway.call("GET", "/v1/models", headers)
        assert status == 401
        assert answer["www-authenticate"] == "Bearer"
        assert "x-agent-internal" not in answer
    assert world.engine.lines == before


def test_readiness_is_the_agents_and_needs_no_token(world: SimpleNamespace) -> None:
    assert world.gateway.call("GET", "/_homeport/ready")[0] == 200
    assert world.agent.lines[-1] == "GET /_homeport/ready"


def test_body_above_the_limit_never_reaches_the_engine(world: SimpleNamespace) -> None:
    path = f"/v1/chat/completions?q={QUERY_SECRET}"
    assert world.gateway.call("POST", path, AUTHORIZED, b"x" * 1000)[0] == 200
    before = len(world.engine.lines)
    assert world.gateway.call("POST", path, AUTHORIZED, b"x" * 1001)[0] == 413
    assert len(world.engine.lines) == before


def test_streamed_body_is_cut_at_the_limit(tmp_path: Path) -> None:
    with running_engine(Seen()) as port:
        settings = gateway_settings(tmp_path, engine_port=port, access_mode="public")
        with running_envoy(settings, tmp_path) as gateway:
            for chunks, status in ((10, 200), (11, 413)):
                body = (b"64\r\n" + b"x" * 100 + b"\r\n") * chunks + b"0\r\n\r\n"
                headers = {"transfer-encoding": "chunked"}
                assert gateway.call("POST", "/v1/chat/completions", headers, body)[0] == status


def test_too_much_head_is_refused(world: SimpleNamespace) -> None:
    before = list(world.engine.lines)
    for headers in ({"x-long": "a" * 70_000}, {f"x-{n}": "a" for n in range(101)}):
        assert world.gateway.call("GET", "/v1/models", AUTHORIZED | headers)[0] == 431
    assert world.engine.lines == before


def test_upgrades_and_tunnels_are_refused(world: SimpleNamespace) -> None:
    before = list(world.engine.lines)
    upgrade = AUTHORIZED | {"connection": "upgrade", "upgrade": "websocket"}
    assert world.gateway.call("GET", "/v1/models", upgrade)[0] == 403
    assert world.gateway.call("CONNECT", "127.0.0.1:22", AUTHORIZED)[0] in (400, 403, 404)
    assert world.engine.lines == before


SMUGGLED = {
    "length-and-chunked": b"content-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "two-lengths": b"content-length: 4\r\ncontent-length: 5\r\n\r\nabcd",
    "odd-encoding": b"transfer-encoding: xchunked\r\n\r\nabcd",
    "space-before-colon": b"content-length : 4\r\n\r\nabcd",
}


@pytest.mark.parametrize("case", SMUGGLED)
def test_ambiguous_lengths_are_refused(world: SimpleNamespace, case: str) -> None:
    before = list(world.engine.lines)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {TOKEN}\r\n"
    context = ssl._create_unverified_context()  # noqa: S323
    with (
        socket.create_connection(("127.0.0.1", world.gateway.port), timeout=20) as raw,
        context.wrap_socket(raw) as tls,
    ):
        tls.sendall(head.encode() + SMUGGLED[case])
        first = tls.recv(100)
    assert first.startswith((b"HTTP/1.1 400", b"HTTP/1.1 501"))
    assert world.engine.lines == before


@pytest.mark.parametrize(("version", "accepted"), [("1.1", False), ("1.2", True), ("1.3", True)])
def test_tls_version(world: SimpleNamespace, version: str, *, accepted: bool) -> None:
    flag = f"-tls{version.replace('.', '_')}"
    ciphers = ("-cipher", "ALL:@SECLEVEL=0")
    handshake = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{world.gateway.port}", flag, *ciphers],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=20,
    )
    assert (handshake.returncode == 0) is accepted


def test_statistics_carry_the_endpoint_as_only_tag(world: SimpleNamespace) -> None:
    world.gateway.call("GET", "/v1/models", AUTHORIZED)
    line = next(
        line
        for line in world.gateway.admin("/stats/prometheus").splitlines()
        if line.startswith("envoy_cluster_engine_upstream_rq_total{")
    )
    assert line.split("}")[0].endswith('{endpoint="llama-8b"')


def test_nothing_confidential_is_logged(tmp_path: Path) -> None:
    engine, agent = Seen(), Seen()
    with running_engine(engine) as port:
        settings = gateway_settings(tmp_path, engine_port=port)
        with (
            running_agent(settings.agent_socket_path, agent),
            running_envoy(settings, tmp_path) as gateway,
        ):
            query = f"?q={QUERY_SECRET}"
            gateway.call("GET", f"/v1/models{query}", AUTHORIZED)
            gateway.call("GET", f"/nowhere{query}", AUTHORIZED)
            gateway.call("POST", f"/v1/chat/completions{query}", AUTHORIZED, b"bodySecret" * 101)
    written = gateway.log + (tmp_path / "envoy.err").read_text()
    assert [line.count('"path":"/v1/models"') for line in gateway.log.splitlines()] == [1, 0, 0]
    assert '"status":413' in gateway.log
    for secret in (TOKEN, QUERY_SECRET, "bodySecret"):
        assert secret not in written


def test_a_client_cannot_make_a_log_line_long(tmp_path: Path) -> None:
    with running_engine(Seen()) as port:
        settings = gateway_settings(tmp_path, engine_port=port, access_mode="public")
        with running_envoy(settings, tmp_path) as gateway:
            headers = {"x-request-id": '"\\' + "i" * 20_000}
            assert gateway.call("GET", f"/{'p' * 20_000}?q={QUERY_SECRET}", headers)[0] == 404
    (line,) = gateway.log.splitlines()
    assert len(line) < 1000
    assert len(json.loads(line)["path"]) == 256
    assert QUERY_SECRET not in line


def test_without_the_agent_a_protected_endpoint_is_closed(tmp_path: Path) -> None:
    engine = Seen()
    with running_engine(engine) as port:
        settings = gateway_settings(tmp_path, engine_port=port)
        with running_envoy(settings, tmp_path) as gateway:
            status, headers, body = gateway.call("GET", "/v1/models", AUTHORIZED)
            assert (status, headers["retry-after"]) == (503, "5")
            assert json.loads(body)["error"]["message"].startswith("the token could not be checked")
            assert gateway.call("GET", "/_homeport/ready")[0] == 503
    assert engine.lines == []


def test_addresses_are_read_where_the_load_balancer_wrote_them(tmp_path: Path) -> None:
    engine = Seen()
    with running_engine(engine) as port:
        settings = gateway_settings(
            tmp_path, engine_port=port, access_mode="public", cidrs=("198.51.100.0/24",)
        )
        with running_envoy(settings, tmp_path) as gateway:
            answers = {
                forwarded: gateway.call("GET", "/v1/models", {"x-forwarded-for": forwarded})[0]
                for forwarded in (
                    "198.51.100.7",
                    "192.0.2.1",
                    "198.51.100.7, 192.0.2.1",
                    "192.0.2.1, 198.51.100.7",
                )
            }
            # The load balancer's health check comes from its own address: 503 is the missing agent.
            assert gateway.call("GET", "/_homeport/ready")[0] == 503
    assert answers == {
        "198.51.100.7": 200,
        "192.0.2.1": 403,
        "198.51.100.7, 192.0.2.1": 403,
        "192.0.2.1, 198.51.100.7": 200,
    }
    assert len(engine.lines) == 2


def test_events_are_passed_on_as_they_come(tmp_path: Path) -> None:
    go_on = threading.Event()
    with running_engine(Seen(), go_on) as port:
        settings = gateway_settings(tmp_path, engine_port=port, access_mode="private")
        with running_envoy(settings, tmp_path) as gateway:
            client = gateway.connect()
            client.request("GET", "/stream")
            answer = client.getresponse()
            # The engine sends its second event only after the first one was read here.
            first = answer.read(9)
            go_on.set()
            assert (first, answer.read()) == (b"data: 1\n\n", b"data: 2\n\n")
            client.close()


def test_only_the_endpoints_own_limit_ends_a_silent_request(tmp_path: Path) -> None:
    go_on = threading.Event()
    with running_engine(Seen(), go_on) as port:
        settings = gateway_settings(
            tmp_path, engine_port=port, access_mode="public", max_request_seconds=0.5
        )
        with running_envoy(settings, tmp_path) as gateway:
            # A caller's x-envoy header must neither shorten nor prolong it, whoever seems to call.
            for header, forwarded in (
                ("1", {}),
                ("20000", {}),
                ("1", {"x-forwarded-for": "10.0.0.1"}),
            ):
                started = time.monotonic()
                limit = {"x-envoy-upstream-rq-timeout-ms": header, **forwarded}
                assert gateway.call("GET", "/silent", limit)[0] == 504
                assert 0.4 < time.monotonic() - started < 10
        go_on.set()


def test_a_body_that_trickles_in_gains_no_time(tmp_path: Path) -> None:
    """The route's own limit begins when the body is whole; each byte comes in time, the whole never would."""
    with running_engine(Seen()) as port:
        settings = gateway_settings(
            tmp_path, engine_port=port, access_mode="public", max_request_seconds=0.5
        )
        with running_envoy(settings, tmp_path) as gateway:
            client = gateway.connect()
            client.putrequest("POST", "/v1/chat/completions")
            client.putheader("content-length", "900")
            client.endheaders()
            sent = 0
            with suppress(OSError):  # the gateway hangs up
                while sent < 900:
                    client.send(b"x")
                    sent += 1
                    time.sleep(0.05)
            client.close()
    assert sent < 900
