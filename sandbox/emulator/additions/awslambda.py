"""Lambda: where a function's lines go and other words that moto drops; no statement of a policy is given twice.

Lambda API reference, CreateFunction, AddPermission, PutFunctionEventInvokeConfig (read 2026-11).
No function runs here: what a table's stream holds stays there for whoever reads it.
"""

import json
from typing import Any

from moto.awslambda.exceptions import LambdaClientError
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse

from sandbox.emulator.additions import operation

_configuration = LambdaFunction.get_configuration
_create_function = LambdaBackend.create_function
_update_configuration = LambdaFunction.update_configuration
_set_code = LambdaFunction.update_function_code
_add_permission = LambdaResponse.add_permission
_put_invoke_config = LambdaBackend.put_function_event_invoke_config


def create_function(backend: LambdaBackend, spec: dict[str, Any]) -> LambdaFunction:
    """moto's, and where the lines go."""
    function: Any = _create_function(backend, spec)
    function.logging_config = _logging(spec.get("LoggingConfig"), spec["FunctionName"])
    return function


def update_configuration(function: LambdaFunction, updates: dict[str, Any]) -> dict[str, Any]:
    """moto forgets an environment that is emptied, and the logging."""
    updated: Any = function
    if "LoggingConfig" in updates:
        updated.logging_config = _logging(updates["LoggingConfig"], function.function_name)
    return _update_configuration(function, updates)


def update_function_code(function: LambdaFunction, spec: dict[str, Any]) -> dict[str, Any]:
    """moto changes the code and keeps the architecture."""
    if spec.get("Architectures"):
        function.architectures = spec["Architectures"]
    return _set_code(function, spec)


def get_configuration(function: LambdaFunction, on_create: bool = False) -> dict[str, Any]:
    """moto's, and where the lines go."""
    logging = getattr(function, "logging_config", _logging(None, function.function_name))
    return {**_configuration(function, on_create), "LoggingConfig": logging}


def put_function_event_invoke_config(
    backend: LambdaBackend, function_name: str, config: dict[str, Any]
) -> dict[str, Any]:
    """It replaces the one that is there; moto adds another and shows the oldest."""
    backend.get_function(function_name).event_invoke_config = []
    return _put_invoke_config(backend, function_name, config)


def send_dynamodb_items(
    backend: LambdaBackend, function_arn: str, items: list[Any], source: str
) -> bytes:
    """moto would start a container at each write. False: the records stay in the stream."""
    del backend, function_arn, items, source
    return b""


LambdaBackend.send_dynamodb_items = send_dynamodb_items  # type: ignore[method-assign]
LambdaBackend.create_function = create_function  # type: ignore[method-assign]
LambdaBackend.put_function_event_invoke_config = put_function_event_invoke_config  # type: ignore[method-assign]
LambdaFunction.update_configuration = update_configuration  # type: ignore[method-assign]
LambdaFunction.update_function_code = update_function_code  # type: ignore[method-assign]
LambdaFunction.get_configuration = get_configuration  # type: ignore[method-assign]


@operation(LambdaResponse, "AddPermission")
def add_permission(response: Any) -> Any:
    """A statement id is given once."""
    name = response.path.split("/")[-2]
    statements = response.backend.get_function(name).policy.statements
    identifier = json.loads(response.body).get("StatementId")
    if identifier in {one["Sid"] for one in statements}:
        raise LambdaClientError(
            "ResourceConflictException",
            f"The statement id ({identifier}) provided already exists. Please provide a new statement id, or remove "
            "the existing statement.",
        )
    return _add_permission(response)


def _logging(given: dict[str, Any] | None, function: str) -> dict[str, Any]:
    return {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function}", **(given or {})}
