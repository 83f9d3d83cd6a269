"""aws.s3.BucketPolicy"""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation
from sandbox.providers.aws.resources._s3 import (
    BUCKET,
    delete_setting,
    put_then_created,
    setting_of,
)


def read(operation: Operation) -> dict[str, Any] | None:
    answer = setting_of(operation, ("NoSuchBucketPolicy",), "get_bucket_policy")
    return {"bucket": operation.id, "policy": answer["Policy"]} if answer else None


def update(operation: Operation) -> None:
    _put(operation, operation.id)


def _put(operation: Operation, bucket: str) -> None:
    operation.client("s3").put_bucket_policy(Bucket=bucket, Policy=operation.inputs["policy"])


TYPE = ResourceType(
    token="aws:s3/bucketPolicy:BucketPolicy",
    cloudformation="AWS::S3::BucketPolicy",
    properties={
        "bucket": BUCKET,
        "policy": Property(
            cloudformation="PolicyDocument",
            json_document=True,
            because="pulumi_aws.s3.BucketPolicy: 'Text of the policy', a JSON document",
        ),
    },
    create=put_then_created(_put),
    read=read,
    update=update,
    delete=delete_setting("delete_bucket_policy", "NoSuchBucketPolicy"),
    sample=lambda: {
        "bucket": "artefacts-0123456",
        "policy": '{"Version":"2012-10-17","Statement":[]}',
    },
)
