"""The gate's handler as a load balancer calls it, whatever its event, its table and its environment are."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dataplane.wake.aws import gate as function
from dataplane.wake.aws import table as functions_table
from dataplane.wake.aws.table import Table, config_key, state_key
from dataplane.wake.gate import Gate
from dataplane.wake.model import FAILED
from tests.unit.dataplane.wake.gate_table import (
    ITEM,
    NAME,
    emulated,
    wakes,
    write_state,
)
from tests.unit.dataplane.wake.gate_world import (
    CHAT,
    HOST,
    NOW,
    TOKEN,
    WAY_IN,
)

EVENT = {
    "requestContext": {"elb": {"targetGroupArn": WAY_IN}},
    "httpMethod": "POST",
    "path": CHAT,
    "multiValueQueryStringParameters": {},
    "multiValueHeaders": {
        "host": [HOST],
        "authorization": [f"Bearer {TOKEN}"],
        "x-forwarded-for": ["203.0.113.7"],
    },
    "body": '{"messages": []}',
    "isBase64Encoded": False,
}


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    with emulated(monkeypatch) as found:
        yield found


@pytest.fixture
def call(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Any]]]:
    """The function in its environment, with a Hub that is not there."""
    monkeypatch.setenv("HOMEPORT_TABLE", NAME)
    monkeypatch.setenv("HOMEPORT_HUB", "http://127.0.0.1:1")
    monkeypatch.setenv("HOMEPORT_HOLD_SLOTS", "3")
    table.update(config_key("llama"), "SET #access_mode = :mode", {"mode": "public"})
    functions_table.client.cache_clear()
    function._gate.cache_clear()
    yield lambda event=EVENT: function.handler(event, None)
    functions_table.client.cache_clear()
    function._gate.cache_clear()


def test_the_handler_wakes(call: Any, table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    response = call()
    assert response["statusCode"] == 503
    assert response["statusDescription"] == "503 Service Unavailable"
    assert response["multiValueHeaders"] == {
        "content-type": ["application/json"], "cache-control": ["no-store"], "retry-after": ["100"],
    }  # fmt: skip
    assert json.loads(response["body"])["error"]["code"] == "scaling_up"
    assert wakes(table) == 1
    assert json.loads(capsys.readouterr().out) == {
        "gate": {"endpoint": "llama", "method": "POST", "route": f"POST {CHAT}", "status": 503, "code": "scaling_up",
                 "waited_seconds": 0.0, "wake": True},
    }  # fmt: skip


def test_an_unknown_token_while_the_hub_is_away(call: Any, table: Table) -> None:
    table.update(config_key("llama"), "SET #access_mode = :mode", {"mode": "protected"})
    response = call()
    assert response["statusCode"] == 503
    assert "token" in json.loads(response["body"])["error"]["message"]
    assert wakes(table) == 0


@pytest.mark.parametrize(
    ("attribute", "value"),
    [("format", 2), ("format", None), ("routes", "POST /"), ("routes", ["POST / tea"]), ("cidrs", ["tea"]),
     ("cidrs", None), ("access_mode", "open"), ("allow", [5]), ("host", 5), ("wake_seconds_estimate", "x"),
     ("token_stale_seconds", True)],
)  # fmt: skip
def test_a_configuration_that_cannot_be_read_lets_nobody_in(
    call: Any, table: Table, attribute: str, value: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    table.put(config_key("llama"), {**ITEM, "access_mode": "public", attribute: value})
    response = call()
    assert response["statusCode"] == 503
    assert json.loads(response["body"])["error"]["code"] == "unavailable"
    assert wakes(table) == 0
    assert (
        f"ItemError: {attribute}: must be" in json.loads(capsys.readouterr().out)["gate"]["error"]
    )


def test_a_state_that_cannot_be_read_wakes_nothing(call: Any, table: Table) -> None:
    table.put(state_key("llama"), {"state": "TEA", "since": NOW})
    assert call()["statusCode"] == 503
    assert wakes(table) == 0


def test_a_failed_endpoint(call: Any, table: Table) -> None:
    write_state(table, FAILED, since=time.time(), reason_code="no_capacity", reason="i-1 of us")
    error = json.loads(call()["body"])["error"]
    assert (error["code"], "no machine" in error["message"]) == ("failed", True)
    assert wakes(table) == 1


def test_a_table_that_is_not_there(
    call: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOMEPORT_TABLE", "another")
    function._gate.cache_clear()
    response = call()
    assert response["statusCode"] == 503
    line = json.loads(capsys.readouterr().out)["gate"]
    assert line["error"] == "TableError: ResourceNotFoundException"


@pytest.mark.parametrize(
    "event", [None, [], "x", {}, {"path": CHAT}, {**EVENT, "multiValueHeaders": None}]
)
def test_what_is_no_event(call: Any, event: Any) -> None:
    assert call(event)["statusCode"] in (404, 503)


def test_a_bug_is_503_and_its_text_is_not_logged(
    call: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: Any) -> None:
        raise RuntimeError(TOKEN)

    monkeypatch.setattr(Gate, "answer", fail)
    response = call()
    assert response["statusCode"] == 503
    shown = capsys.readouterr()
    assert json.loads(shown.out) == {"gate": {"error": "RuntimeError", "status": 503}}
    assert TOKEN not in shown.out + shown.err + json.dumps(response)


def test_without_its_environment_it_still_answers(
    monkeypatch: pytest.MonkeyPatch, call: Any
) -> None:
    monkeypatch.delenv("HOMEPORT_TABLE")
    function._gate.cache_clear()
    assert call()["statusCode"] == 503


def test_one_client_a_process_that_gives_up_in_time(call: Any) -> None:
    call()
    made = functions_table.client()
    assert made is functions_table.client()
    config = made.meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.retries["total_max_attempts"] == 3
