"""aws.lambda_.Function: code from an archive, which Lambda keeps as a zip and shows as a hash only."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.values import ARCHIVE_SIGNATURE, ASSET_SIGNATURE, SIGNATURE_KEY, Asset

GONE = ("ResourceNotFoundException",)
PLAIN = {  # property -> member of the API
    "description": "Description",
    "handler": "Handler",
    "kmsKeyArn": "KMSKeyArn",
    "memorySize": "MemorySize",
    "role": "Role",
    "runtime": "Runtime",
    "timeout": "Timeout",
}
LOGGING = {
    "applicationLogLevel": "ApplicationLogLevel",
    "logFormat": "LogFormat",
    "logGroup": "LogGroup",
    "systemLogLevel": "SystemLogLevel",
}


def create(operation: Operation) -> None:
    name = operation.name()
    code = {"ZipFile": operation.inputs["code"].content()}
    optional = {"Architectures": operation.get("architectures"), "Tags": operation.get("tags")}
    operation.client("lambda").create_function(
        FunctionName=name,
        Code=code,
        **{key: value for key, value in optional.items() if value},
        **_configuration(operation, frozenset(operation.inputs)),
    )
    operation.created(name)


def read(operation: Operation) -> dict[str, Any] | None:
    answer = found(GONE, lambda: operation.client("lambda").get_function(FunctionName=operation.id))
    if answer is None:
        return None
    seen = answer["Configuration"]
    arn = seen["FunctionArn"].removesuffix(":$LATEST")
    environment = seen.get("Environment", {}).get("Variables") or None
    logging = seen.get("LoggingConfig") or operation.get("loggingConfig")
    return {
        "arn": arn,
        "name": seen["FunctionName"],
        "codeSha256": seen["CodeSha256"],
        "lastModified": seen["LastModified"],
        "qualifiedArn": f"{arn}:$LATEST",
        "invokeArn": operation.arn(
            "apigateway", f"lambda:path/2015-03-31/functions/{arn}/invocations"
        ),
        "architectures": seen.get("Architectures", ["x86_64"]),
        **{name: seen.get(member) or None for name, member in PLAIN.items()},
        "environment": {"variables": environment} if environment else None,
        "loggingConfig": _logging(logging),
        "tags": answer.get("Tags") or {},
    }


def update(operation: Operation) -> None:
    client = operation.client("lambda")
    changed = _configuration(operation, operation.changed)
    if changed:
        client.update_function_configuration(FunctionName=operation.id, **changed)
    if operation.changed & {"code", "architectures"}:
        client.update_function_code(
            FunctionName=operation.id,
            ZipFile=operation.inputs["code"].content(),
            Architectures=operation.get("architectures", ["x86_64"]),
        )
    if "tags" in operation.changed:
        written, removed = operation.tag_changes()
        if removed:
            client.untag_resource(Resource=operation.state["arn"], TagKeys=removed)
        if written:
            client.tag_resource(Resource=operation.state["arn"], Tags=written)


def delete(operation: Operation) -> None:
    found(GONE, lambda: operation.client("lambda").delete_function(FunctionName=operation.id))


def _configuration(operation: Operation, names: frozenset[str]) -> dict[str, Any]:
    """Arguments of CreateFunction and UpdateFunctionConfiguration for these properties; gone text is empty text."""
    wanted: dict[str, Any] = {}
    for name, member in PLAIN.items():
        if name in names:
            wanted[member] = operation.get(name, "")
    if "environment" in names:
        wanted["Environment"] = {
            "Variables": (operation.get("environment") or {}).get("variables", {})
        }
    if "loggingConfig" in names:
        given = operation.get("loggingConfig") or {"logFormat": "Text"}
        wanted["LoggingConfig"] = {
            member: given[name] for name, member in LOGGING.items() if given.get(name)
        }
    return wanted


def _logging(seen: Any) -> dict[str, Any] | None:
    if not seen or "logFormat" in seen:
        return seen
    return {name: seen.get(member) for name, member in LOGGING.items() if seen.get(member)}


DOCS = "pulumi_aws.lambda_.Function"
GO = "hashicorp/terraform-provider-aws, internal/service/lambda/function.go"

TYPE = ResourceType(
    token="aws:lambda/function:Function",
    cloudformation="AWS::Lambda::Function",
    python="lambda_:Function",
    properties={
        "name": Property(
            cloudformation="FunctionName",
            rules={"pattern": r"^[A-Za-z0-9_-]{1,64}$", "maxLength": 64},
            because=f"{GO}: validFunctionName, without an ARN in its place",
        ),
        "role": Property(),
        "handler": Property(),
        "runtime": Property(),
        "architectures": Property(
            because=f"{GO}: a list of one, x86_64 where none is given",
            rules={"minItems": 1, "maxItems": 1},
        ),
        "memorySize": Property(default=128, because=f"{GO}: default 128"),
        "timeout": Property(
            default=3,
            because=f"{GO}: default 3; Lambda quotas: 1 to 900 s",
            rules={"minimum": 1, "maximum": 900},
        ),
        "description": Property(),
        "kmsKeyArn": Property(),
        "environment": Property(),
        "loggingConfig": Property(),
        "code": Property(
            cloudformation=None,
            write_only=True,
            because=f"{DOCS}: 'Path to the function's deployment package'; the cloud shows its hash only",
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=64, prefix_property=None),
    recomputed=lambda changed: frozenset({"codeSha256", "lastModified"} if changed else ()),
    sample=lambda: {
        "name": "gate",
        "role": "arn:aws:iam::123456789012:role/gate",
        "handler": "gate.handler",
        "runtime": "python3.13",
        "architectures": ["arm64"],
        "memorySize": 256,
        "timeout": 900,
        "description": "It wakes.",
        "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "environment": {"variables": {"TABLE": "endpoints"}},
        "loggingConfig": {"logFormat": "Text", "logGroup": "/homeport/gate"},
        "code": Asset(
            {
                SIGNATURE_KEY: ARCHIVE_SIGNATURE,
                "assets": {
                    "gate.py": {SIGNATURE_KEY: ASSET_SIGNATURE, "text": "def handler(*_): ..."}
                },
            }
        ),
        "tags": {"team": "search"},
    },
)
