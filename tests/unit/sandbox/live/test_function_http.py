"""Requests as events, and what functions return as answers, by the rules of an ALB."""

import base64
import json
import re
from typing import Any

import pytest

from sandbox.live.aws.function_http import (
    BODY_BYTES_MAX,
    BadAnswerError,
    HttpRequest,
    answer_of,
    event_of,
    own_answer,
)

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/gate/1"


def _event(
    target: str = "/", body: bytes = b"", *, multi_value: bool = True, **headers: str
) -> dict[str, Any]:
    found = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return event_of(HttpRequest("POST", target, found, body), ARN, multi_value=multi_value)


def test_a_request_with_several_values() -> None:
    headers = [("Host", "a.example.com"), ("X-Many", "1"), ("x-many", "2"), ("Connection", "close")]
    request = HttpRequest("GET", "/v1/a%20b/?q=x%2Fy&q=2&empty=&bare&a=b=c", headers, b"")
    event = event_of(request, ARN, multi_value=True)
    (trace,) = event["multiValueHeaders"].pop("x-amzn-trace-id")
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", trace)
    assert event == {
        "requestContext": {"elb": {"targetGroupArn": ARN}},
        "httpMethod": "GET",
        "path": "/v1/a%20b/",
        "multiValueQueryStringParameters": {
            "q": ["x%2Fy", "2"],
            "empty": [""],
            "bare": [""],
            "a": ["b=c"],
        },
        "multiValueHeaders": {"host": ["a.example.com"], "x-many": ["1", "2"]},
        "body": "",
        "isBase64Encoded": False,
    }


def test_without_multi_value_headers_the_last_one_counts() -> None:
    headers = [("x-many", "1"), ("x-many", "2")]
    request = HttpRequest("GET", "/?q=1&q=2", headers, b"")
    event = event_of(request, ARN, multi_value=False)
    assert event["headers"]["x-many"] == "2"
    assert event["queryStringParameters"] == {"q": "2"}
    assert not [name for name in event if name.startswith("multiValue")]


def test_a_trace_of_the_client_is_added_to() -> None:
    event = _event(multi_value=False, X_Amzn_Trace_Id="Root=1-abc")
    assert re.fullmatch(r"Self=1-[0-9a-f-]{33};Root=1-abc", event["headers"]["x-amzn-trace-id"])


@pytest.mark.parametrize(
    ("headers", "encoded"),
    [
        ({"content_type": "application/json"}, False),
        ({"content_type": "application/json; charset=utf-8"}, False),
        ({"content_type": "text/plain"}, False),
        ({"content_type": "application/javascript"}, False),
        ({"content_type": "application/xml"}, False),
        ({"content_type": "application/jsonlines"}, True),
        ({"content_type": "application/octet-stream"}, True),
        ({}, True),
        ({"content_type": "application/json", "content_encoding": "gzip"}, True),
    ],
    ids=str,
)
def test_a_body_is_text_or_base64(headers: dict[str, str], encoded: bool) -> None:
    event = _event("/", b'{"a": 1}', multi_value=True, **headers)
    expected = base64.b64encode(b'{"a": 1}').decode() if encoded else '{"a": 1}'
    assert (event["body"], event["isBase64Encoded"]) == (expected, encoded)


def test_what_the_proxy_adds_is_not_the_load_balancers() -> None:
    event = _event(x_envoy_internal="true", transfer_encoding="chunked", x_forwarded_for="1.2.3.4")
    assert set(event["multiValueHeaders"]) == {"x-forwarded-for", "x-amzn-trace-id"}


def test_an_answer_with_several_values() -> None:
    returned = {
        "statusCode": 307,
        "statusDescription": "307 Temporary Redirect",
        "multiValueHeaders": {"Location": ["/a?b"], "x-many": ["1", "2"], "Connection": ["close"]},
        "headers": {"ignored": "1"},
        "body": "",
    }
    answer = answer_of(json.dumps(returned), multi_value=True)
    assert answer.status == 307
    assert list(answer.headers) == [
        ("Location", "/a?b"),
        ("x-many", "1"),
        ("x-many", "2"),
        ("content-type", "application/octet-stream"),
    ]


def test_an_answer_with_single_headers_and_a_body_in_base64() -> None:
    returned = {
        "statusCode": 200,
        "headers": {"Content-Type": "image/png", "retry-after": 5},
        "multiValueHeaders": {"ignored": ["1"]},
        "isBase64Encoded": True,
        "body": base64.b64encode(b"\x00\xff").decode(),
    }
    answer = answer_of(json.dumps(returned), multi_value=False)
    assert list(answer.headers) == [("Content-Type", "image/png"), ("retry-after", "5")]
    assert answer.body == b"\x00\xff"


@pytest.mark.parametrize(
    "returned",
    [
        None,
        "text",
        {"body": "no status"},
        {"statusCode": "200"},
        {"statusCode": True},
        {"statusCode": 99},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "body": "%%%", "isBase64Encoded": True},
        {"statusCode": 200, "multiValueHeaders": {"a": "no list"}},
        {"statusCode": 200, "multiValueHeaders": {"a": ["b\nset-cookie: c"]}},
        {"statusCode": 200, "multiValueHeaders": ["a"]},
        {"statusCode": 200, "body": "x" * BODY_BYTES_MAX},
    ],
    ids=lambda value: str(value)[:70],
)
def test_what_is_no_answer(returned: Any) -> None:
    with pytest.raises(BadAnswerError):
        answer_of(json.dumps(returned), multi_value=True)


def test_what_a_load_balancer_says_itself_has_no_reason() -> None:
    answer = own_answer(502)
    assert answer.status == 502
    assert dict(answer.headers) == {"server": "awselb/2.0", "content-type": "text/html"}
    assert b"<h1>502 Bad Gateway</h1>" in answer.body
