"""An edit of the configuration item reaches a running Envoy, and cuts nothing that is on its way."""

import dataclasses
import threading
from pathlib import Path

from dataplane.gateway.render import write_live
from dataplane.gateway.settings import Route
from tests.unit.dataplane.envoy_process import (
    TOKEN,
    Gateway,
    Seen,
    gateway_settings,
    running_agent,
    running_engine,
    running_envoy,
)
from tests.until import until

CHAT = "/v1/chat/completions"
BEARER = {"authorization": f"Bearer {TOKEN}"}


def _status(gateway: Gateway, body: bytes = b"{}", headers: dict[str, str] | None = None) -> int:
    return gateway.call("POST", CHAT, headers, body)[0]


def test_every_live_field_changes_under_a_running_stream(tmp_path: Path) -> None:
    seen, go_on = Seen(), threading.Event()
    with running_engine(seen, go_on) as port:
        settings = gateway_settings(tmp_path, engine_port=port)
        agent = running_agent(settings.agent_socket_path, Seen())
        with agent, running_envoy(settings, tmp_path) as gateway:
            stream = gateway.connect()
            stream.request("GET", "/stream", headers=BEARER)
            answer = stream.getresponse()
            assert answer.read(9) == b"data: 1\n\n"

            assert _status(gateway) == 401
            _edit(settings, tmp_path, access_mode="public")
            until(lambda: _status(gateway) == 200, "public")

            assert _status(gateway, b"x" * 900) == 200
            _edit(settings, tmp_path, access_mode="public", max_body_bytes=100)
            until(lambda: _status(gateway, b"x" * 900) == 413, "the smaller limit")

            _edit(settings, tmp_path, access_mode="public", cidrs=("192.0.2.0/24",))
            until(lambda: _status(gateway) == 403, "the address list")

            _edit(settings, tmp_path)
            until(lambda: _status(gateway, headers=BEARER) == 200, "protected again")
            assert _status(gateway) == 401

            go_on.set()
            assert answer.read() == b"data: 2\n\n"
            stream.close()


def _edit(settings: object, folder: Path, **changes: object) -> None:
    write_live(dataclasses.replace(settings, **changes), folder)  # type: ignore[type-var, arg-type]


def test_requests_that_make_the_model_work_are_counted_apart(tmp_path: Path) -> None:
    seen = Seen()
    with running_engine(seen) as port:
        settings = gateway_settings(
            tmp_path,
            engine_port=port,
            access_mode="public",
            routes=(Route("POST", CHAT), Route("GET", "/v1/models", inference=False)),
        )
        with running_envoy(settings, tmp_path) as gateway:
            assert _status(gateway) == 200
            assert gateway.call("GET", "/v1/models")[0] == 200
            assert gateway.call("GET", "/v1/models")[0] == 200
            stats = gateway.admin("/stats?filter=upstream_rq_total")
    assert "cluster.engine.upstream_rq_total: 1" in stats
    assert "cluster.questions.upstream_rq_total: 2" in stats


def test_an_agent_that_comes_back_costs_no_request(tmp_path: Path) -> None:
    """Envoy asks again for a while: the question waits, and is answered once."""
    with running_engine(engine := Seen()) as port:
        settings = gateway_settings(tmp_path, engine_port=port)
        with running_envoy(settings, tmp_path) as gateway:
            found: list[int] = []
            caller = threading.Thread(target=lambda: found.append(_status(gateway, headers=BEARER)))
            caller.start()
            retried = "cluster.agent.upstream_rq_retry: "
            until(
                lambda: (
                    retried in (text := gateway.admin("/stats?filter=agent.upstream_rq_retry$"))
                    and not text.strip().endswith(": 0")
                ),
                "asked again",
            )
            with running_agent(settings.agent_socket_path, agent := Seen()):
                caller.join(timeout=20)
    assert (found, len(agent.lines), len(engine.lines)) == ([200], 1, 1)
