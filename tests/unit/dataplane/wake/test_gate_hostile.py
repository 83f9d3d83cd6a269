"""Events that no load balancer sends, or that a hostile client makes it send: never an error, never a free wake."""

import json
from typing import Any
from urllib.parse import urljoin, urlsplit

from hypothesis import example, given
from hypothesis import strategies as st

from dataplane.wake.aws.gate import request_of, response_of
from dataplane.wake.model import ASLEEP, AWAKE, DRAINING, FAILED, PAUSED, SLEEP, WAKING, State
from tests.unit.dataplane.wake.gate_world import CHAT, HOST, INFO, MODELS, NOW, TOKEN, WAY_IN, World

STATES = (
    None, State(ASLEEP, NOW), State(WAKING, NOW - 9), State(AWAKE, NOW - 3), State(PAUSED, NOW),
    State(DRAINING, NOW, goal=SLEEP), State(FAILED, NOW - 9, retry_at=NOW - 1, reason="no machine"),
)  # fmt: skip
STATUSES = {200, 202, 307, 400, 401, 403, 404, 503}

nonsense = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
names = st.sampled_from(
    ["host", "Host", "authorization", "Authorization", "x-forwarded-for", "x-scale-up-timeout", "X-Scale-Up-Timeout",
     "content-length", "cookie"]
)  # fmt: skip
values = st.sampled_from(
    [HOST, f"{HOST}:443", "evil.test", f"Bearer {TOKEN}", "Bearer hf_" + "x" * 34, "Basic x", "203.0.113.7", "nan",
     "-1", "1e308", "0", "3", "9" * 400, "", "\x00", "\ud800", "é", "a\r\nb: c"]
)  # fmt: skip
paths = st.sampled_from(
    [CHAT, MODELS, INFO, "/health", "/_homeport/wake", "//evil.test/..", "//v1/chat/completions", "/\\evil.test",
     "/v1/./chat/completions", "/v1/%63hat/completions", "/v1/chat%2fcompletions", "/\t/evil.test", "", "*",
     "https://evil.test/v1/chat/completions", "/v1/chat/completions/..%00", "\ud800", "/v1/chat/completions#x"]
)  # fmt: skip
events = st.fixed_dictionaries(
    {},
    optional={
        "httpMethod": st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "post", "", "PRI"])
        | nonsense,
        "path": paths | st.text(max_size=20) | nonsense,
        "multiValueHeaders": st.dictionaries(names, st.lists(values, max_size=3), max_size=6)
        | nonsense,
        "multiValueQueryStringParameters": st.dictionaries(
            st.text(max_size=6), st.lists(st.text(max_size=6), max_size=3), max_size=3
        )
        | nonsense,
        "requestContext": st.just({"elb": {"targetGroupArn": WAY_IN}}) | nonsense,
        "body": st.text(max_size=5) | nonsense,
        "isBase64Encoded": nonsense,
    },
)


def _event(line: str, **headers: list[str]) -> dict[str, Any]:
    method, _, path = line.partition(" ")
    return {
        "httpMethod": method,
        "path": path,
        "multiValueHeaders": headers,
        "requestContext": {"elb": {"targetGroupArn": WAY_IN}},
    }


GOOD = _event(f"POST {CHAT}", host=[HOST], authorization=[f"Bearer {TOKEN}"])


@given(
    event=events | nonsense.filter(lambda value: isinstance(value, dict)),
    state=st.sampled_from(STATES),
)
@example(event=GOOD, state=STATES[1])
@example(
    event=_event("POST //v1/chat/completions", host=[HOST], authorization=[f"Bearer {TOKEN}"]),
    state=STATES[3],
)
def test_no_event_raises_wakes_for_nothing_or_leads_elsewhere(
    event: Any, state: State | None
) -> None:
    world = World(state)
    request = request_of(event)
    response = response_of(request.method, world.gate.answer(request))
    assert response["statusCode"] in STATUSES
    _assert_is_a_document(response)
    if world.cloud.wakes:
        _assert_may_wake(event)
    for leads_to in response["multiValueHeaders"].get("location", []):
        _assert_may_wake(event, methods=("GET", "POST"))
        assert urlsplit(urljoin(f"https://{HOST}/", leads_to)).netloc == HOST
        assert leads_to.startswith("/")
        assert not leads_to.startswith(("//", "/\\"))
    assert TOKEN not in json.dumps(response) + str(world.lines)
    assert world.free_slots
    assert world.waited < 860


def _assert_is_a_document(response: dict[str, Any]) -> None:
    """Of the form that the load balancer takes, else the client gets a bare 502."""
    assert set(response) == {
        "statusCode",
        "statusDescription",
        "multiValueHeaders",
        "isBase64Encoded",
        "body",
    }
    assert response["statusDescription"].startswith(f"{response['statusCode']} ")
    headers = response["multiValueHeaders"]
    assert headers["cache-control"] == ["no-store"]
    assert headers["content-type"] == ["application/json"]
    for (value,) in headers.values():
        assert value.isascii()
        assert value.isprintable()
    assert response["isBase64Encoded"] is False
    body = response["body"]
    assert body == "" or set(json.loads(body)) in ({"error"}, {"state"}, {"object", "data"})
    json.dumps(response).encode("ascii")
    for seconds in headers.get("retry-after", []):
        assert int(seconds) >= 1


def _assert_may_wake(event: Any, methods: tuple[str, ...] = ("POST",)) -> None:
    """What every wake needs, read from the event without the gate's own words."""
    assert event["httpMethod"] in methods
    headers = {name.lower(): values for name, values in event["multiValueHeaders"].items()}
    assert headers["host"][0].lower().startswith(HOST)
    assert headers["authorization"] in ([f"Bearer {TOKEN}"], ["Bearer hf_" + "x" * 34])
    assert event["requestContext"]["elb"]["targetGroupArn"] == WAY_IN


def test_a_good_event_wakes() -> None:
    world = World(None)
    assert world.gate.answer(request_of(GOOD)).status == 503
    assert world.cloud.wakes == 1


def test_headers_of_one_name_in_two_spellings_are_two_values() -> None:
    event = _event(f"POST {CHAT}", host=[HOST], Host=["evil.test"])
    assert request_of(event).headers["host"] == (HOST, "evil.test")


def test_the_query_is_put_together_as_it_was_sent() -> None:
    event = {**GOOD, "multiValueQueryStringParameters": {"a%20b": ["1%2F2", "x"], "flag": [""]}}
    assert request_of(event).query == "a%20b=1%2F2&a%20b=x&flag="


def test_the_body_is_never_read() -> None:
    class Untouchable:
        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(name)

    world = World(None)
    assert (
        world.gate.answer(
            request_of({**GOOD, "body": Untouchable(), "isBase64Encoded": True})
        ).status
        == 503
    )


def test_head_has_no_body() -> None:
    world = World(None)
    request = request_of(_event("HEAD /health", host=[HOST]))
    response = response_of(request.method, world.gate.answer(request))
    assert (response["statusCode"], response["body"]) == (200, "")
