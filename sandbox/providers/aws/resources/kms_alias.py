"""aws.kms.Alias: a name of a key."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("NotFoundException",)


def create(operation: Operation) -> None:
    name = operation.inputs["name"]
    operation.client("kms").create_alias(
        AliasName=name, TargetKeyId=operation.inputs["targetKeyId"]
    )
    operation.created(name)


def read(operation: Operation) -> dict[str, Any] | None:
    kms = operation.client("kms")
    pages = kms.get_paginator("list_aliases").paginate()
    aliases = (alias for page in pages for alias in page["Aliases"])
    alias = next((one for one in aliases if one["AliasName"] == operation.id), None)
    if alias is None:
        return None
    key = kms.describe_key(KeyId=alias["TargetKeyId"])["KeyMetadata"]
    return {
        "arn": alias["AliasArn"],
        "name": alias["AliasName"],
        "targetKeyId": alias["TargetKeyId"],
        "targetKeyArn": key["Arn"],
    }


def update(operation: Operation) -> None:
    operation.client("kms").update_alias(
        AliasName=operation.id, TargetKeyId=operation.inputs["targetKeyId"]
    )


def delete(operation: Operation) -> None:
    kms = operation.client("kms")
    found(GONE, lambda: kms.delete_alias(AliasName=operation.id))


def _key_id(key: Any) -> Any:
    """A key's id and its ARN are the same key (terraform-provider-aws, kms/alias.go)."""
    return key.rsplit("/", 1)[-1] if isinstance(key, str) else key


DOCS = "pulumi_aws.kms.Alias"

TYPE = ResourceType(
    token="aws:kms/alias:Alias",
    cloudformation="AWS::KMS::Alias",
    properties={
        "name": Property(
            cloudformation="AliasName",
            rules={"pattern": r"^alias/[a-zA-Z0-9/_-]+$"},
            because=f"{DOCS}: 'The name must start with the word \"alias\" followed by a forward slash'",
        ),
        "targetKeyId": Property(
            compared_as=_key_id,
            because=f"{DOCS}: 'Identifier for the key ... can be either an ARN or key_id.'",
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=256),
    sample=lambda: {
        "name": "alias/homeport-demo",
        "targetKeyId": "11111111-2222-3333-4444-555555555555",
    },
)
