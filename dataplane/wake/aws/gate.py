"""The gate as the load balancer's target: its event in, its response out.

Elastic Load Balancing guide, "Use Lambda functions as targets" (read 2026-11), with multi-value headers on: the query
comes as it was sent, not decoded, but split, so that `?a` and `?a=` are the same, and values of one name come together.
The answer must be a document of this form, or the client gets a bare 502.
"""

from __future__ import annotations

import functools
import json
import os
import sys
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from .. import answers
from ..answers import Reply
from ..gate import HOLD_SLOTS, Gate
from ..request import Request
from .gate_table import GateTable
from .table import table

_HEADERS = (("content-type", "application/json"), ("cache-control", "no-store"))


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Answers every event; what went wrong is in the log, by the error's name alone."""
    try:
        request = request_of(event)
        reply = _gate().answer(request)
        return response_of(request.method, reply)
    except Exception as error:  # noqa: BLE001 - a traceback would hold the request's own text
        _log({"error": type(error).__name__, "status": 503})
        return response_of("", answers.not_now())


def request_of(event: Mapping[str, Any]) -> Request:
    """The head of the request. What is not of the documented form is left out, as if it had not been sent."""
    headers: dict[str, tuple[str, ...]] = {}
    for name, values in _lists(event.get("multiValueHeaders")).items():
        headers[name.lower()] = (*headers.get(name.lower(), ()), *values)
    query = _lists(event.get("multiValueQueryStringParameters"))
    balancer = _map(_map(event.get("requestContext")).get("elb"))
    return Request(
        method=_text(event.get("httpMethod")),
        path=_text(event.get("path")),
        query="&".join(f"{name}={value}" for name, values in query.items() for value in values),
        headers=headers,
        way_in=_text(balancer.get("targetGroupArn")),
    )


def response_of(method: str, reply: Reply) -> dict[str, Any]:
    """`statusDescription` is what the load balancer writes behind the status."""
    headers = (*_HEADERS, *reply.headers)
    return {
        "statusCode": reply.status,
        "statusDescription": f"{reply.status} {HTTPStatus(reply.status).phrase}",
        "multiValueHeaders": {name: [value] for name, value in headers},
        "isBase64Encoded": False,
        "body": "" if method == "HEAD" else json.dumps(reply.body),
    }


@functools.cache
def _gate() -> Gate:
    """One a process."""
    return Gate(
        GateTable(table()),
        _log,
        hold_slots=int(os.environ.get("HOMEPORT_HOLD_SLOTS", HOLD_SLOTS)),
        time_scale=float(os.environ.get("HOMEPORT_TIME_SCALE", "1")),
    )


def _log(line: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps({"gate": line}) + "\n")
    sys.stdout.flush()


def _lists(value: Any) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, values in _map(value).items():
        listed = cast("list[Any]", values) if isinstance(values, list) else []
        found[name] = tuple(one for one in listed if isinstance(one, str))
    return found


def _map(value: Any) -> dict[str, Any]:
    named = cast("dict[Any, Any]", value) if isinstance(value, dict) else {}
    return {name: one for name, one in named.items() if isinstance(name, str)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
