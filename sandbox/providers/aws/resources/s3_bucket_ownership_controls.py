"""aws.s3.BucketOwnershipControls"""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation
from sandbox.providers.aws.resources._s3 import (
    BUCKET,
    delete_setting,
    put_then_created,
    setting_of,
)

GONE = "OwnershipControlsNotFoundError"


def read(operation: Operation) -> dict[str, Any] | None:
    answer = setting_of(operation, (GONE,), "get_bucket_ownership_controls")
    if answer is None:
        return None
    rule = answer["OwnershipControls"]["Rules"][0]
    return {"bucket": operation.id, "rule": {"objectOwnership": rule["ObjectOwnership"]}}


def update(operation: Operation) -> None:
    _put(operation, operation.id)


def _put(operation: Operation, bucket: str) -> None:
    ownership = operation.inputs["rule"]["objectOwnership"]
    operation.client("s3").put_bucket_ownership_controls(
        Bucket=bucket, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]}
    )


TYPE = ResourceType(
    token="aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    cloudformation="AWS::S3::Bucket",
    properties={
        "bucket": BUCKET,
        "rule": Property(
            cloudformation="OwnershipControls/Rules/*",
            because="pulumi_aws.s3.BucketOwnershipControls: one rule, where CloudFormation has a list",
            properties={"objectOwnership": Property()},
        ),
    },
    create=put_then_created(_put),
    read=read,
    update=update,
    delete=delete_setting("delete_bucket_ownership_controls", GONE),
    sample=lambda: {
        "bucket": "artefacts-0123456",
        "rule": {"objectOwnership": "BucketOwnerEnforced"},
    },
)
