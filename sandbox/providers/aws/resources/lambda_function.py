"""aws.lambda_.Function: code from an archive, which Lambda keeps as a zip and shows as a hash only."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._lambda import update_tags
from sandbox.providers.aws.resources._member_names import to_members, to_properties
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
PLAIN_LINES = {"logFormat": "Text"}
"""In the function's own log group, which is what AWS does where nothing is said."""
SHARED = -1
"""No run is reserved."""
OF_CODE = frozenset({"code", "architectures"})
SHOWN_OF_CODE = frozenset({"codeSha256", "sourceCodeHash", "sourceCodeSize"})


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
    _reserve(operation)


def read(operation: Operation) -> dict[str, Any] | None:
    answer = found(GONE, lambda: operation.client("lambda").get_function(FunctionName=operation.id))
    if answer is None:
        return None
    seen = answer["Configuration"]
    arn = seen["FunctionArn"].removesuffix(":$LATEST")
    environment = seen.get("Environment", {}).get("Variables") or None
    return {
        "arn": arn,
        "name": seen["FunctionName"],
        "codeSha256": seen["CodeSha256"],
        "sourceCodeHash": seen["CodeSha256"],
        "sourceCodeSize": seen["CodeSize"],
        "version": seen["Version"],
        "lastModified": seen["LastModified"],
        "qualifiedArn": f"{arn}:$LATEST",
        "invokeArn": operation.arn(
            "apigateway", f"lambda:path/2015-03-31/functions/{arn}/invocations"
        ),
        "architectures": seen.get("Architectures", ["x86_64"]),
        **{name: seen.get(member) or None for name, member in PLAIN.items()},
        "environment": {"variables": environment} if environment else None,
        "loggingConfig": to_properties(seen["LoggingConfig"]),
        "reservedConcurrentExecutions": answer.get("Concurrency", {}).get(
            "ReservedConcurrentExecutions", SHARED
        ),
        "tags": answer.get("Tags") or {},
    }


def update(operation: Operation) -> None:
    client = operation.client("lambda")
    changed = _configuration(operation, operation.changed)
    if changed:
        client.update_function_configuration(FunctionName=operation.id, **changed)
    if operation.changed & OF_CODE:
        client.update_function_code(
            FunctionName=operation.id,
            ZipFile=operation.inputs["code"].content(),
            Architectures=operation.get("architectures", ["x86_64"]),
        )
    if "reservedConcurrentExecutions" in operation.changed:
        _reserve(operation)
    update_tags(operation)


def delete(operation: Operation) -> None:
    found(GONE, lambda: operation.client("lambda").delete_function(FunctionName=operation.id))


def _reserve(operation: Operation) -> None:
    """Runs that only this function gets."""
    client, runs = operation.client("lambda"), operation.get("reservedConcurrentExecutions", SHARED)
    if runs == SHARED:
        client.delete_function_concurrency(FunctionName=operation.id)
    else:
        client.put_function_concurrency(
            FunctionName=operation.id, ReservedConcurrentExecutions=int(runs)
        )


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
        wanted["LoggingConfig"] = to_members(operation.get("loggingConfig") or PLAIN_LINES)
    return wanted


DOCS = "pulumi_aws.lambda_.Function"
GO = "hashicorp/terraform-provider-aws, internal/service/lambda/function.go"
_OF_A_ZIP = f"{GO}: handler and runtime must be set when PackageType is Zip"

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
        "handler": Property(required=True, because=_OF_A_ZIP),
        "runtime": Property(required=True, because=_OF_A_ZIP),
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
            required=True,
            write_only=True,
            because=f"{DOCS}: 'Path to the function's deployment package'; the cloud shows its hash only; "
            "the sandbox takes code in no other way",
        ),
        "reservedConcurrentExecutions": Property(
            default=SHARED,
            because=f"{GO}: default -1, which reserves nothing",
            rules={"minimum": SHARED},
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=64, prefix_property=None),
    recomputed=lambda changed: (
        (SHOWN_OF_CODE if changed & OF_CODE else frozenset()) | {"lastModified"}
    ),
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
        "reservedConcurrentExecutions": 20,
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
