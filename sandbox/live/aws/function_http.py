"""A load balancer's request as a function's event, and what the function returned as an HTTP answer: pure.

ALB user guide, "Use Lambda functions as targets of an Application Load Balancer" and "Troubleshoot your Application
Load Balancers" (read 2026-11).
"""

import base64
import binascii
import json
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

BODY_BYTES_MAX = 1 << 20
"""Of a request's body, and of the JSON that the function returns."""
TEXT_TYPES = re.compile(r"text/|application/(json|javascript|xml)\b", re.IGNORECASE)
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"}
)
TRACE = "x-amzn-trace-id"
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class HttpRequest:
    """As it came from the load balancer's proxy."""

    method: str
    target: str
    """Path and query, as the client sent them."""
    headers: Headers
    body: bytes


@dataclass(frozen=True)
class HttpAnswer:
    """To the client."""

    status: int
    headers: Headers
    body: bytes


class BadAnswerError(Exception):
    """The function returned what an ALB cannot make an answer of; it says 502."""


def event_of(request: HttpRequest, target_group_arn: str, *, multi_value: bool) -> dict[str, Any]:
    """Header names in lower case; paths and parameters are not decoded. Of several values without `multi_value`, the
    last counts."""
    path, _, query = request.target.partition("?")
    headers = _with_trace([(name.lower(), value) for name, value in request.headers])
    headers = [(name, value) for name, value in headers if _is_kept(name)]
    parameters = [(name, value) for name, _, value in (p.partition("=") for p in _parts(query))]
    text, encoded = _body(request.body, dict(headers))
    event: dict[str, Any] = {
        "requestContext": {"elb": {"targetGroupArn": target_group_arn}},
        "httpMethod": request.method,
        "path": path,
    }
    if multi_value:
        event["multiValueQueryStringParameters"] = _lists(parameters)
        event["multiValueHeaders"] = _lists(headers)
    else:
        event["queryStringParameters"] = dict(parameters)
        event["headers"] = dict(headers)
    return {**event, "body": text, "isBase64Encoded": encoded}


def answer_of(payload: str, *, multi_value: bool) -> HttpAnswer:
    """Of the JSON that a function returned. Raises `BadAnswerError`."""
    if len(payload.encode()) > BODY_BYTES_MAX:
        raise BadAnswerError("the JSON is longer than 1 MB")
    found = json.loads(payload)
    if not isinstance(found, dict):
        raise BadAnswerError("it is no object")
    status, text = found.get("statusCode"), found.get("body") or ""
    if not isinstance(status, int) or isinstance(status, bool) or not 200 <= status <= 599:
        raise BadAnswerError(f"statusCode: found {status!r}")
    if not isinstance(text, str):
        raise BadAnswerError("body: must be text")
    try:
        body = base64.b64decode(text, validate=True) if found.get("isBase64Encoded") else None
    except binascii.Error as error:
        raise BadAnswerError(f"body: {error}") from None
    headers = [one for one in _headers_of(found, multi_value) if _is_kept(one[0].lower())]
    kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
    if "content-type" not in {name.lower() for name, _ in kept}:
        kept.append(("content-type", "application/octet-stream"))
    return HttpAnswer(status, kept, text.encode() if body is None else body)


def own_answer(status: int) -> HttpAnswer:
    """What the load balancer itself says: HTML without a reason."""
    line = f"{status} {HTTPStatus(status).phrase}"
    rows = [
        "<html>",
        f"<head><title>{line}</title></head>",
        "<body>",
        f"<center><h1>{line}</h1></center>",
        "</body>",
        "</html>",
    ]
    headers = [("server", "awselb/2.0"), ("content-type", "text/html")]
    return HttpAnswer(status, headers, "".join(f"{row}\r\n" for row in rows).encode())


def _headers_of(found: dict[str, Any], multi_value: bool) -> list[tuple[str, str]]:
    """A target group with multi-value headers looks at `multiValueHeaders` only, one without at `headers` only."""
    given = found.get("multiValueHeaders" if multi_value else "headers") or {}
    if not isinstance(given, dict):
        raise BadAnswerError("headers: must be an object")
    lists = given if multi_value else {name: [value] for name, value in given.items()}
    if not all(isinstance(values, list) for values in lists.values()):
        raise BadAnswerError("multiValueHeaders: must hold lists")
    flat = [(name, value) for name, values in lists.items() for value in values]
    if any(isinstance(value, dict | list) or "\n" in f"{name}{value}" for name, value in flat):
        raise BadAnswerError("headers: must be text of one line")
    return [(name, str(value)) for name, value in flat]


def _body(body: bytes, headers: dict[str, str]) -> tuple[str, bool]:
    """As text where the type is one of text and nothing is compressed, otherwise in base64."""
    is_text = TEXT_TYPES.match(headers.get("content-type", ""))
    if not body or (is_text and "content-encoding" not in headers):
        return body.decode(errors="replace"), False
    return base64.b64encode(body).decode(), True


def _with_trace(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """An ALB gives each request a root, or adds itself to the client's."""
    own = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    for place, (name, value) in enumerate(headers):
        if name == TRACE:
            headers[place] = (TRACE, f"Self={own};{value}")
            return headers
    return [*headers, (TRACE, f"Root={own}")]


def _is_kept(name: str) -> bool:
    """Not what concerns one connection, nor what the proxy that stands for the load balancer adds of its own."""
    return name not in HOP_BY_HOP and not name.startswith("x-envoy-")


def _parts(query: str) -> list[str]:
    return [part for part in query.split("&") if part]


def _lists(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found
