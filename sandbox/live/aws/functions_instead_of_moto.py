"""Invocations, event source mappings, rules and streams: what moto answers without running anything, or runs at once.

Lambda API reference, Invoke, CreateEventSourceMapping; EventBridge API reference, PutRule, PutTargets; DynamoDB guide,
"Change data capture for DynamoDB Streams" (read 2026-11).
"""

import json
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import InvalidParameterValueException
from moto.awslambda.responses import LambdaResponse
from moto.awslambda_simple.models import LambdaSimpleBackend
from moto.dynamodb.models.table import StreamRecord, StreamShard
from moto.events.exceptions import ValidationException
from moto.events.models import EventsBackend

from sandbox.emulator.additions import operation
from sandbox.emulator.turns import Turns
from sandbox.live.aws.events.patterns import check_pattern
from sandbox.live.aws.events.rules import RATE
from sandbox.live.aws.function_store import function_of
from sandbox.live.aws.functions import AccountFunctions
from sandbox.live.functions.function import ThrottledError

RECORDS_KEPT = 20_000
UNKNOWN_OF_MAPPINGS = ("TumblingWindowInSeconds", "FunctionResponseTypes", "DestinationConfig")
UNKNOWN_OF_TARGETS = ("InputPath", "InputTransformer", "DeadLetterConfig")
Wire = tuple[int, dict[str, str], str]
"""Status, headers, body."""


def put_functions_in_place(functions: AccountFunctions, turns: Turns, now: Any) -> None:
    """From now on functions run; `turns` are the emulator's, `now` the account's clock."""
    _invocations(functions, turns, now)
    _mappings()
    _rules()
    StreamShard.add = add_record  # type: ignore[method-assign]


def _invocations(functions: AccountFunctions, turns: Turns, now: Any) -> None:
    @operation(LambdaResponse, "Invoke")
    def invoke(response: Any) -> Wire:
        name = unquote(response.path.rsplit("/", 2)[-2])
        qualifier = response.querystring.get("Qualifier", [None])[0]
        function = function_of(response.backend.get_function(name, qualifier))
        event = _text(response.body) or "{}"
        kind = response.headers.get("X-Amz-Invocation-Type", "RequestResponse")
        try:
            json.loads(event)
        except ValueError as error:
            return _error(400, "InvalidRequestContentException", f"Could not parse: {error}")
        if kind == "DryRun":
            return _answer(204)
        if kind == "Event":
            functions.queue.put(name if qualifier is None else function.arn, event, now())
            return _answer(202)
        try:
            # The function may call the emulator, which takes one request at a time.
            with turns.given_back():
                answer = functions.runner.invoke(function, event)
        except ThrottledError as reason:
            return _error(429, "TooManyRequestsException", "Rate Exceeded.", Reason=str(reason))
        headers = {"X-Amz-Executed-Version": function.version}
        if answer.is_error:
            headers["X-Amz-Function-Error"] = "Unhandled"
        return _answer(200, answer.payload, **headers)


def _mappings() -> None:
    create = LambdaSimpleBackend.create_event_source_mapping
    update = LambdaSimpleBackend.update_event_source_mapping

    def create_event_source_mapping(backend: Any, spec: dict[str, Any]) -> Any:
        _refuse_unknown(spec)
        return create(backend, spec)

    def update_event_source_mapping(backend: Any, uuid: str, spec: dict[str, Any]) -> Any:
        _refuse_unknown(spec)
        return update(backend, uuid, spec)

    LambdaSimpleBackend.create_event_source_mapping = create_event_source_mapping  # type: ignore[method-assign]
    LambdaSimpleBackend.update_event_source_mapping = update_event_source_mapping  # type: ignore[method-assign]


def _rules() -> None:
    put_rule, put_targets = EventsBackend.put_rule, EventsBackend.put_targets

    def checked_rule(backend: Any, name: str, **values: Any) -> Any:
        expression, pattern = values.get("scheduled_expression"), values.get("event_pattern")
        if expression and not RATE.fullmatch(expression):
            raise ValidationException(f"{expression}: the sandbox's live tier knows rate(...)")
        try:
            check_pattern(json.loads(pattern or "{}"))
        except ValueError as error:
            raise ValidationException(f"Event pattern is not valid. Reason: {error}") from None
        return put_rule(backend, name, **values)

    def checked_targets(backend: Any, name: str, event_bus_arn: Any, targets: Any) -> Any:
        for target in targets:
            unknown = [member for member in UNKNOWN_OF_TARGETS if target.get(member)]
            if unknown or ":lambda:" not in target["Arn"]:
                what = ", ".join(unknown) or target["Arn"]
                raise ValidationException(
                    f"{what}: the sandbox's live tier knows functions as targets, and Input"
                )
        return put_targets(backend, name, event_bus_arn, targets)

    EventsBackend.put_rule = checked_rule  # type: ignore[method-assign,assignment]
    EventsBackend.put_targets = checked_targets  # type: ignore[method-assign]


def add_record(shard: Any, old: Any, new: Any) -> None:
    """A change of an item. A write that changes nothing is no record (moto makes one, and invokes at once)."""
    if old is not None and new is not None and old.to_json() == new.to_json():
        return
    name = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    view = shard.table.stream_specification["StreamViewType"]
    number = shard.starting_sequence_number + len(shard.items)
    shard.items.append(StreamRecord(shard.table, view, name, old, new, number))
    if len(shard.items) > RECORDS_KEPT:
        gone = RECORDS_KEPT // 2
        del shard.items[:gone]
        shard.starting_sequence_number += gone


def _refuse_unknown(spec: dict[str, Any]) -> None:
    """What a stream reader would not do."""
    unknown = [member for member in UNKNOWN_OF_MAPPINGS if spec.get(member)]
    if spec.get("ParallelizationFactor", 1) != 1:
        unknown.append("ParallelizationFactor")
    if unknown:
        raise InvalidParameterValueException(
            f"{', '.join(unknown)}: the sandbox's live tier does not know this"
        )
    for one in (spec.get("FilterCriteria") or {}).get("Filters", []):
        try:
            pattern = json.loads(one["Pattern"])
            check_pattern(pattern)
        except ValueError as error:
            raise InvalidParameterValueException(f"Invalid filter pattern: {error}") from None
        if set(pattern) - {"dynamodb"}:
            raise InvalidParameterValueException(
                "Invalid filter pattern: a stream's records are filtered by `dynamodb` only"
            )


def _error(status: int, kind: str, message: str, **more: str) -> Wire:
    body = json.dumps({"Type": "User", "message": message, **more})
    return _answer(status, body, **{"x-amzn-errortype": kind})


def _answer(status: int, body: str = "", **headers: str) -> Wire:
    """moto reads the status from a header too."""
    return status, {"status": str(status), "content-type": "application/json", **headers}, body


def _text(body: Any) -> str:
    return body.decode() if isinstance(body, bytes) else str(body or "")
