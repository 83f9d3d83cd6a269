"""aws.iam.Role: trust policy, path, description, tags; its policies are types of their own."""

import json
import urllib.parse
from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._iam import GONE, read_tags, tags_argument, update_tags

HOUR_SECONDS = 3600


def create(operation: Operation) -> None:
    optional = {
        "Description": operation.get("description"),
        "PermissionsBoundary": operation.get("permissionsBoundary"),
    }
    role = operation.client("iam").create_role(
        RoleName=operation.name(),
        Path=operation.get("path", "/"),
        AssumeRolePolicyDocument=operation.inputs["assumeRolePolicy"],
        MaxSessionDuration=operation.get("maxSessionDuration", HOUR_SECONDS),
        **{key: value for key, value in optional.items() if value},
        **tags_argument(operation),
    )["Role"]
    operation.created(role["RoleName"])


def read(operation: Operation) -> dict[str, Any] | None:
    answer = found(GONE, lambda: operation.client("iam").get_role(RoleName=operation.id))
    if answer is None:
        return None
    role = answer["Role"]
    return {
        "arn": role["Arn"],
        "name": role["RoleName"],
        "path": role["Path"],
        "uniqueId": role["RoleId"],
        "description": role.get("Description") or None,
        "assumeRolePolicy": policy_text(role["AssumeRolePolicyDocument"]),
        "maxSessionDuration": role["MaxSessionDuration"],
        "permissionsBoundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "tags": read_tags(role.get("Tags")),
    }


def update(operation: Operation) -> None:
    iam = operation.client("iam")
    if "assumeRolePolicy" in operation.changed:
        iam.update_assume_role_policy(
            RoleName=operation.id, PolicyDocument=operation.inputs["assumeRolePolicy"]
        )
    if operation.changed & {"description", "maxSessionDuration"}:
        iam.update_role(
            RoleName=operation.id,
            Description=operation.get("description", ""),
            MaxSessionDuration=operation.get("maxSessionDuration", HOUR_SECONDS),
        )
    if "permissionsBoundary" in operation.changed:
        _set_boundary(operation)
    update_tags(operation, "role", "RoleName")


def delete(operation: Operation) -> None:
    """Never kinder: a role that still has policies or profiles is refused (DeleteConflict)."""
    iam = operation.client("iam")
    operation.retry(
        ("DeleteConflict",), lambda: found(GONE, lambda: iam.delete_role(RoleName=operation.id))
    )


def _set_boundary(operation: Operation) -> None:
    iam, boundary = operation.client("iam"), operation.get("permissionsBoundary")
    if boundary:
        iam.put_role_permissions_boundary(RoleName=operation.id, PermissionsBoundary=boundary)
    else:
        iam.delete_role_permissions_boundary(RoleName=operation.id)


def policy_text(document: Any) -> str:
    """boto3 gives the document parsed; moto's is sometimes still quoted."""
    if isinstance(document, str):
        return urllib.parse.unquote(document)
    return json.dumps(document, separators=(",", ":"))


DOCS = "pulumi_aws.iam.Role"

TYPE = ResourceType(
    token="aws:iam/role:Role",
    cloudformation="AWS::IAM::Role",
    properties={
        "name": Property(cloudformation="RoleName"),
        "path": Property(default="/", because="IAM API, CreateRole: 'it defaults to a slash (/)'"),
        "description": Property(),
        "assumeRolePolicy": Property(
            cloudformation="AssumeRolePolicyDocument",
            json_document=True,
            because=f"{DOCS}: 'Policy that grants an entity permission to assume the role'",
        ),
        "maxSessionDuration": Property(
            default=HOUR_SECONDS,
            rules={"minimum": 3600, "maximum": 43200},
            because="IAM API, CreateRole: 'default value of one hour'; 'from 1 hour to 12 hours'",
        ),
        "permissionsBoundary": Property(),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=64),
    sample=lambda: {
        "name": "demo-llama-8b",
        "path": "/homeport/demo/",
        "description": "Replicas of llama-8b",
        "assumeRolePolicy": '{"Version":"2012-10-17","Statement":[]}',
        "maxSessionDuration": 3600,
        "permissionsBoundary": "arn:aws:iam::123456789012:policy/boundary",
        "tags": {"team": "search"},
    },
)
