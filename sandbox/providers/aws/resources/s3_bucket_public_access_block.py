"""aws.s3.BucketPublicAccessBlock"""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation
from sandbox.providers.aws.resources._s3 import (
    BUCKET,
    delete_setting,
    put_then_created,
    setting_of,
)

MEMBERS = {
    "blockPublicAcls": "BlockPublicAcls",
    "blockPublicPolicy": "BlockPublicPolicy",
    "ignorePublicAcls": "IgnorePublicAcls",
    "restrictPublicBuckets": "RestrictPublicBuckets",
}


def read(operation: Operation) -> dict[str, Any] | None:
    answer = setting_of(
        operation, ("NoSuchPublicAccessBlockConfiguration",), "get_public_access_block"
    )
    if answer is None:
        return None
    block = answer["PublicAccessBlockConfiguration"]
    return {"bucket": operation.id, **{name: block[member] for name, member in MEMBERS.items()}}


def update(operation: Operation) -> None:
    _put(operation, operation.id)


def _put(operation: Operation, bucket: str) -> None:
    operation.client("s3").put_public_access_block(
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            member: bool(operation.get(name, False)) for name, member in MEMBERS.items()
        },
    )


DOCS = "pulumi_aws.s3.BucketPublicAccessBlock"


def _switch(member: str) -> Property:
    return Property(
        cloudformation=f"PublicAccessBlockConfiguration/{member}",
        default=False,
        because=f"{DOCS}: 'Defaults to false.'",
    )


TYPE = ResourceType(
    token="aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    cloudformation="AWS::S3::Bucket",
    properties={
        "bucket": BUCKET,
        **{name: _switch(member) for name, member in MEMBERS.items()},
    },
    create=put_then_created(_put),
    read=read,
    update=update,
    delete=delete_setting("delete_public_access_block", "NoSuchPublicAccessBlockConfiguration"),
    sample=lambda: {"bucket": "artefacts-0123456", **dict.fromkeys(MEMBERS, True)},
)
