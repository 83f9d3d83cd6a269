"""Lambda: settings that moto drops, and what AWS looks at before it takes a function, a permission or a stream.

Lambda API reference, CreateFunction, UpdateFunctionConfiguration, AddPermission, CreateEventSourceMapping and
PutFunctionEventInvokeConfig; Lambda guide, "Process DynamoDB records with Lambda" (read 2026-11). No function runs
without the live tier.
"""

import fnmatch
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from moto.awslambda.exceptions import InvalidParameterValueException, LambdaClientError
from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction
from moto.awslambda.responses import LambdaResponse
from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.iam.exceptions import NotFoundException
from moto.iam.models import iam_backends

from sandbox.emulator.additions import operation

LAMBDA = "lambda.amazonaws.com"
STREAM_ACTIONS = ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams")
_create_function = LambdaBackend.create_function
_create_mapping = LambdaBackend.create_event_source_mapping
_configuration = LambdaFunction.get_configuration
_update_configuration = LambdaFunction.update_configuration
_update_code = LambdaFunction.update_function_code
_put_invoke_config = LambdaBackend.put_function_event_invoke_config
_add_permission = LambdaResponse.add_permission


class ConflictError(LambdaClientError):
    """It is there already."""

    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ResourceConflictException", message)


def create_function(backend: LambdaBackend, spec: dict[str, Any]) -> LambdaFunction:
    """The role must trust Lambda; moto looks only whether it is there."""
    _refuse_unfit_role(backend.account_id, spec["Role"])
    function: Any = _create_function(backend, spec)
    function.logging_config = _logging(function, spec.get("LoggingConfig"))
    return function


def get_configuration(function: Any, on_create: bool = False) -> dict[str, Any]:
    """moto's, and where the lines go."""
    logging = getattr(function, "logging_config", None) or _logging(function, None)
    return {**_configuration(function, on_create), "LoggingConfig": logging}


def update_configuration(function: Any, updates: dict[str, Any]) -> dict[str, Any]:
    """moto's, and what it drops: key and logging. The role is looked at as for a new function."""
    if "Role" in updates:
        _refuse_unfit_role(function.account_id, updates["Role"])
    if "KMSKeyArn" in updates:
        function.kms_key_arn = updates["KMSKeyArn"] or None
    if "LoggingConfig" in updates:
        function.logging_config = _logging(function, updates["LoggingConfig"])
    return _update_configuration(function, updates)


def update_function_code(function: Any, spec: dict[str, Any]) -> dict[str, Any]:
    """moto's, and the architecture, which it keeps."""
    if spec.get("Architectures"):
        function.architectures = spec["Architectures"]
    return _update_code(function, spec)


def create_event_source_mapping(backend: LambdaBackend, spec: dict[str, Any]) -> EventSourceMapping:
    """The function's role must be able to read the stream, which calls a function once."""
    function, stream = backend.get_function(spec["FunctionName"]), spec["EventSourceArn"]
    for other in backend._event_source_mappings.values():
        if (other.function_arn, other.event_source_arn) == (function.function_arn, stream):
            raise ConflictError(
                f'The event source arn (" {stream} ") and function (" {function.function_name} ") provided mapping '
                f"already exists. Please update or delete the existing mapping with UUID {other.uuid}"
            )
    role = _role(backend.account_id, function.role)
    if ":dynamodb:" in stream and not (role is not None and _may_read(role, stream)):
        raise InvalidParameterValueException(
            f"Cannot access stream {stream}. Please ensure the role can perform the GetRecords, GetShardIterator, "
            "DescribeStream, and ListStreams Actions on your stream in IAM."
        )
    return _create_mapping(backend, spec)


def put_function_event_invoke_config(
    backend: LambdaBackend, function_name: str, config: dict[str, Any]
) -> dict[str, Any]:
    """It replaces the one that is there; moto adds another and shows the oldest."""
    backend.get_function(function_name).event_invoke_config = []
    return _put_invoke_config(backend, function_name, config)


def keep_in_stream(
    backend: LambdaBackend, function_arn: str, items: list[Any], source: str
) -> bytes:
    """moto would run the function in a container at each write. Empty: the records stay in the stream."""
    del backend, function_arn, items, source
    return b""


LambdaBackend.create_function = create_function  # type: ignore[method-assign]
LambdaBackend.create_event_source_mapping = create_event_source_mapping  # type: ignore[method-assign]
LambdaBackend.put_function_event_invoke_config = put_function_event_invoke_config  # type: ignore[method-assign]
LambdaBackend.send_dynamodb_items = keep_in_stream  # type: ignore[method-assign]
LambdaFunction.get_configuration = get_configuration  # type: ignore[method-assign]
LambdaFunction.update_configuration = update_configuration  # type: ignore[method-assign]
LambdaFunction.update_function_code = update_function_code  # type: ignore[method-assign]


@operation(LambdaResponse, "AddPermission")
def add_permission(response: Any) -> Any:
    """A statement id is given once; moto adds a second one."""
    policy = response.backend.get_function(unquote(response.path.split("/")[-2])).policy
    statement = json.loads(response.body)["StatementId"]
    if any(one["Sid"] == statement for one in policy.statements):
        raise ConflictError(
            f"The statement id ({statement}) provided already exists. Please provide a new statement id, or remove "
            "the existing statement."
        )
    return _add_permission(response)


def permits(function: LambdaFunction, service: str, source_arn: str) -> bool:
    """Whether the function's own policy lets this service of AWS invoke it for this source."""
    return any(
        statement.get("Principal") == {"Service": service}
        and statement["Action"] in ("lambda:InvokeFunction", "lambda:*")
        and fnmatch.fnmatchcase(source_arn, _source(statement))
        for statement in function.policy.statements
    )


def _source(statement: Mapping[str, Any]) -> str:
    return statement.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn", "*")


def _logging(function: Any, given: dict[str, Any] | None) -> dict[str, Any]:
    defaults = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"}
    return {**defaults, **(given or {})}


def _refuse_unfit_role(account: str, arn: str) -> None:
    role = _role(account, arn)
    statements = json.loads(role.assume_role_policy_document)["Statement"] if role else []
    trusted = [_listed(one.get("Principal", {}).get("Service", [])) for one in statements]
    if not any(LAMBDA in services for services in trusted):
        raise InvalidParameterValueException(
            "The role defined for the function cannot be assumed by Lambda."
        )


def _role(account: str, arn: str) -> Any:
    try:
        return iam_backends[account]["aws"].get_role_by_arn(arn)
    except NotFoundException:
        return None


def _may_read(role: Any, stream: str) -> bool:
    documents = [IAMPolicy(document) for document in _policies(role)]
    return all(
        any(
            document.is_action_permitted(f"dynamodb:{action}", stream) is PermissionResult.PERMITTED
            for document in documents
        )
        for action in STREAM_ACTIONS
    )


def _policies(role: Any) -> Iterator[Any]:
    yield from role.policies.values()
    yield from role.managed_policies.values()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
