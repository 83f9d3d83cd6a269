"""aws.s3.BucketVersioning"""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._s3 import BUCKET, NO_BUCKET, put_then_created, setting_of

NEVER_SET = "Disabled"


def read(operation: Operation) -> dict[str, Any] | None:
    answer = setting_of(operation, (), "get_bucket_versioning")
    if answer is None:
        return None
    status = answer.get("Status", NEVER_SET)
    return {"bucket": operation.id, "versioningConfiguration": {"status": status}}


def update(operation: Operation) -> None:
    _put(operation, operation.id)


def delete(operation: Operation) -> None:
    """A bucket that once had versions can only suspend them."""
    s3 = operation.client("s3")
    found(
        NO_BUCKET,
        lambda: s3.put_bucket_versioning(
            Bucket=operation.id, VersioningConfiguration={"Status": "Suspended"}
        ),
    )


def _put(operation: Operation, bucket: str) -> None:
    status = operation.inputs["versioningConfiguration"]["status"]
    if status == NEVER_SET:
        return
    operation.client("s3").put_bucket_versioning(
        Bucket=bucket, VersioningConfiguration={"Status": status}
    )


DOCS = "pulumi_aws.s3.BucketVersioning"

TYPE = ResourceType(
    token="aws:s3/bucketVersioning:BucketVersioning",
    cloudformation="AWS::S3::Bucket",
    properties={
        "bucket": BUCKET,
        "versioningConfiguration": Property(
            properties={
                "status": Property(
                    rules={"enum": ["Enabled", "Suspended", "Disabled"]},
                    because=f"{DOCS}: 'Valid values: Enabled, Suspended, or Disabled.'",
                )
            },
            refused=frozenset({"mfaDelete"}),
        ),
    },
    create=put_then_created(_put),
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "bucket": "artefacts-0123456",
        "versioningConfiguration": {"status": "Enabled"},
    },
)
