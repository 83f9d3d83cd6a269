"""aws.kms.Key: a symmetric key with its policy; deleting it schedules its end."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("NotFoundException",)
# KMS refuses a policy that names a principal it does not know yet; the provider tries again
# (hashicorp/terraform-provider-aws, internal/service/kms/key.go).
NOT_KNOWN_YET = ("MalformedPolicyDocumentException",)


def create(operation: Operation) -> None:
    kms = operation.client("kms")
    optional = {"Policy": operation.get("policy"), "Description": operation.get("description")}
    tags = [{"TagKey": k, "TagValue": v} for k, v in operation.get("tags", {}).items()]
    if tags:
        optional["Tags"] = tags
    key = operation.retry(
        NOT_KNOWN_YET,
        lambda: kms.create_key(**{name: value for name, value in optional.items() if value}),
    )["KeyMetadata"]
    operation.created(key["KeyId"])
    if operation.get("enableKeyRotation"):
        kms.enable_key_rotation(KeyId=operation.id)


def read(operation: Operation) -> dict[str, Any] | None:
    kms = operation.client("kms")
    answer = found(GONE, lambda: kms.describe_key(KeyId=operation.id))
    if answer is None or answer["KeyMetadata"]["KeyState"] == "PendingDeletion":
        return None
    key = answer["KeyMetadata"]
    tags = kms.list_resource_tags(KeyId=operation.id).get("Tags", [])
    return {
        "arn": key["Arn"],
        "keyId": key["KeyId"],
        "description": key.get("Description") or None,
        "isEnabled": key["Enabled"],
        "enableKeyRotation": kms.get_key_rotation_status(KeyId=operation.id)["KeyRotationEnabled"],
        "policy": kms.get_key_policy(KeyId=operation.id, PolicyName="default")["Policy"],
        "tags": {tag["TagKey"]: tag["TagValue"] for tag in tags},
    }


def update(operation: Operation) -> None:
    kms = operation.client("kms")
    if "description" in operation.changed:
        kms.update_key_description(KeyId=operation.id, Description=operation.get("description", ""))
    if "enableKeyRotation" in operation.changed:
        rotates = operation.get("enableKeyRotation", False)
        change = kms.enable_key_rotation if rotates else kms.disable_key_rotation
        change(KeyId=operation.id)
    if "isEnabled" in operation.changed:
        change = kms.enable_key if operation.get("isEnabled", True) else kms.disable_key
        change(KeyId=operation.id)
    if "policy" in operation.changed:
        operation.retry(
            NOT_KNOWN_YET,
            lambda: kms.put_key_policy(
                KeyId=operation.id, PolicyName="default", Policy=operation.inputs["policy"]
            ),
        )
    if "tags" in operation.changed:
        written, removed = operation.tag_changes()
        if removed:
            kms.untag_resource(KeyId=operation.id, TagKeys=removed)
        if written:
            tags = [{"TagKey": key, "TagValue": value} for key, value in written.items()]
            kms.tag_resource(KeyId=operation.id, Tags=tags)


def delete(operation: Operation) -> None:
    kms = operation.client("kms")
    days = operation.get("deletionWindowInDays", 30)
    found(
        (*GONE, "KMSInvalidStateException"),
        lambda: kms.schedule_key_deletion(KeyId=operation.id, PendingWindowInDays=days),
    )


DOCS = "pulumi_aws.kms.Key"

TYPE = ResourceType(
    token="aws:kms/key:Key",
    cloudformation="AWS::KMS::Key",
    properties={
        "description": Property(),
        "enableKeyRotation": Property(default=False, because=f"{DOCS}: 'Defaults to false.'"),
        "isEnabled": Property(
            cloudformation="Enabled", default=True, because=f"{DOCS}: 'Defaults to true.'"
        ),
        "deletionWindowInDays": Property(
            cloudformation="PendingWindowInDays",
            provider_only=True,
            because=f"{DOCS}: 'The waiting period, specified in number of days.'; only a delete sends it",
        ),
        "policy": Property(
            cloudformation="KeyPolicy",
            json_document=True,
            because=f"{DOCS}: 'A valid policy JSON document.'",
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "description": "homeport stack demo",
        "enableKeyRotation": True,
        "isEnabled": True,
        "deletionWindowInDays": 30,
        "policy": '{"Version":"2012-10-17","Statement":[]}',
        "tags": {"team": "search"},
    },
)
