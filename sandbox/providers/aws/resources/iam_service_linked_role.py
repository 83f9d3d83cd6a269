"""aws.iam.ServiceLinkedRole: a role that only one service may take; `customSuffix` makes one of several."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._iam import GONE, read_tags


def create(operation: Operation) -> None:
    optional = {
        "Description": operation.get("description"),
        "CustomSuffix": operation.get("customSuffix"),
    }
    role = operation.client("iam").create_service_linked_role(
        AWSServiceName=operation.inputs["awsServiceName"],
        **{key: value for key, value in optional.items() if value},
    )["Role"]
    operation.created(role["Arn"])
    if operation.get("tags"):
        _tag(operation, operation.inputs["tags"])


def read(operation: Operation) -> dict[str, Any] | None:
    answer = found(GONE, lambda: operation.client("iam").get_role(RoleName=_name(operation)))
    if answer is None:
        return None
    role = answer["Role"]
    suffix = role["RoleName"].partition("_")[2]
    return {
        "arn": role["Arn"],
        "name": role["RoleName"],
        "path": role["Path"],
        "uniqueId": role["RoleId"],
        "createDate": role["CreateDate"].isoformat(),
        "awsServiceName": role["Path"].split("/")[2],
        "customSuffix": suffix or None,
        "description": role.get("Description") or None,
        "tags": read_tags(role.get("Tags")),
    }


def update(operation: Operation) -> None:
    iam = operation.client("iam")
    if "description" in operation.changed:
        iam.update_role(RoleName=_name(operation), Description=operation.get("description", ""))
    if "tags" in operation.changed:
        written, removed = operation.tag_changes()
        if removed:
            iam.untag_role(RoleName=_name(operation), TagKeys=removed)
        if written:
            _tag(operation, written)


def delete(operation: Operation) -> None:
    """The service refuses while its resources use the role; the emulator keeps no such list."""
    iam = operation.client("iam")
    found(GONE, lambda: iam.delete_service_linked_role(RoleName=_name(operation)))


def _name(operation: Operation) -> str:
    return operation.id.rsplit("/", 1)[-1]


def _tag(operation: Operation, tags: dict[str, str]) -> None:
    operation.client("iam").tag_role(
        RoleName=_name(operation),
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )


DOCS = "pulumi_aws.iam.ServiceLinkedRole"

TYPE = ResourceType(
    token="aws:iam/serviceLinkedRole:ServiceLinkedRole",
    cloudformation="AWS::IAM::ServiceLinkedRole",
    properties={
        "awsServiceName": Property(
            cloudformation="AWSServiceName",
            rules={"pattern": r"^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$"},
            because=f"{DOCS}: 'You use a string similar to a URL but without the http:// in front'",
        ),
        "customSuffix": Property(),
        "description": Property(),
        "tags": Property(
            cloudformation=None, because=f"{DOCS}: 'Key-value mapping of tags for the IAM role.'"
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "awsServiceName": "autoscaling.amazonaws.com",
        "customSuffix": "homeport-demo",
        "description": "Auto Scaling of the homeport stack demo",
        "tags": {"team": "search"},
    },
)
