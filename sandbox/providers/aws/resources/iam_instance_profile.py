"""aws.iam.InstanceProfile: what a machine carries so that it may act as a role."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._iam import GONE, read_tags, tags_argument, update_tags


def create(operation: Operation) -> None:
    iam, name = operation.client("iam"), operation.name()
    iam.create_instance_profile(
        InstanceProfileName=name, Path=operation.get("path", "/"), **tags_argument(operation)
    )
    operation.created(name)
    if operation.get("role"):
        iam.add_role_to_instance_profile(
            InstanceProfileName=name, RoleName=operation.inputs["role"]
        )


def read(operation: Operation) -> dict[str, Any] | None:
    profile = _described(operation)
    if profile is None:
        return None
    return {
        "arn": profile["Arn"],
        "name": profile["InstanceProfileName"],
        "path": profile["Path"],
        "uniqueId": profile["InstanceProfileId"],
        "createDate": profile["CreateDate"].isoformat(),
        "role": next((role["RoleName"] for role in profile["Roles"]), None),
        "tags": read_tags(profile.get("Tags")),
    }


def update(operation: Operation) -> None:
    if "role" in operation.changed:
        _remove_roles(operation)
        if operation.get("role"):
            operation.client("iam").add_role_to_instance_profile(
                InstanceProfileName=operation.id, RoleName=operation.inputs["role"]
            )
    update_tags(operation, "instance_profile", "InstanceProfileName")


def delete(operation: Operation) -> None:
    iam = operation.client("iam")
    _remove_roles(operation)
    found(GONE, lambda: iam.delete_instance_profile(InstanceProfileName=operation.id))


def _described(operation: Operation) -> dict[str, Any] | None:
    iam = operation.client("iam")
    answer = found(GONE, lambda: iam.get_instance_profile(InstanceProfileName=operation.id))
    return answer["InstanceProfile"] if answer else None


def _remove_roles(operation: Operation) -> None:
    iam, profile = operation.client("iam"), _described(operation)
    for role in profile["Roles"] if profile else ():
        iam.remove_role_from_instance_profile(
            InstanceProfileName=operation.id, RoleName=role["RoleName"]
        )


DOCS = "pulumi_aws.iam.InstanceProfile"

TYPE = ResourceType(
    token="aws:iam/instanceProfile:InstanceProfile",
    cloudformation="AWS::IAM::InstanceProfile",
    properties={
        "name": Property(cloudformation="InstanceProfileName"),
        "path": Property(default="/", because=f"{DOCS}: 'Path to the instance profile', default /"),
        "role": Property(
            cloudformation=None, because=f"{DOCS}: 'Name of the role to add to the profile.'"
        ),
        "tags": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Map of resource tags for the IAM Instance Profile'",
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=128),
    sample=lambda: {
        "name": "llama-8b",
        "path": "/homeport/demo/",
        "role": "demo-llama-8b",
        "tags": {"team": "search"},
    },
)
