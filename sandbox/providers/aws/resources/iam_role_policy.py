"""aws.iam.RolePolicy: a policy inside a role."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._iam import GONE
from sandbox.providers.aws.resources.iam_role import policy_text


def create(operation: Operation) -> None:
    role, name = operation.inputs["role"], operation.name()
    _put(operation, role, name)
    operation.created(f"{role}:{name}")


def read(operation: Operation) -> dict[str, Any] | None:
    role, name = operation.id.split(":", 1)
    answer = found(
        GONE, lambda: operation.client("iam").get_role_policy(RoleName=role, PolicyName=name)
    )
    if answer is None:
        return None
    return {
        "role": answer["RoleName"],
        "name": answer["PolicyName"],
        "policy": policy_text(answer["PolicyDocument"]),
    }


def update(operation: Operation) -> None:
    _put(operation, *operation.id.split(":", 1))


def delete(operation: Operation) -> None:
    role, name = operation.id.split(":", 1)
    iam = operation.client("iam")
    found(GONE, lambda: iam.delete_role_policy(RoleName=role, PolicyName=name))


def _put(operation: Operation, role: str, name: str) -> None:
    operation.client("iam").put_role_policy(
        RoleName=role, PolicyName=name, PolicyDocument=operation.inputs["policy"]
    )


DOCS = "pulumi_aws.iam.RolePolicy"

TYPE = ResourceType(
    token="aws:iam/rolePolicy:RolePolicy",
    cloudformation="AWS::IAM::RolePolicy",
    properties={
        "name": Property(cloudformation="PolicyName"),
        "role": Property(
            cloudformation="RoleName",
            replaces=True,
            because=f"{DOCS}: 'The name of the IAM role to attach to the policy.'; the id names it",
        ),
        "policy": Property(
            cloudformation="PolicyDocument",
            json_document=True,
            because=f"{DOCS}: 'The inline policy document. This is a JSON formatted string.'",
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=128),
    sample=lambda: {
        "name": "llama-8b",
        "role": "demo-llama-8b",
        "policy": '{"Version":"2012-10-17","Statement":[]}',
    },
)
