"""What the settings of a bucket share: each is one part of the bucket, found by the bucket's name."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property
from sandbox.providers.aws.operation import Operation, found

NO_BUCKET = ("NoSuchBucket", "404")

GO = "hashicorp/terraform-provider-aws, internal/service/s3"

BUCKET = Property(
    cloudformation=None,
    replaces=True,
    because=f"{GO}: bucket is Required, ForceNew; in CloudFormation the setting is a part of the bucket",
)


def setting_of(operation: Operation, codes: tuple[str, ...], call: str) -> Mapping[str, Any] | None:
    """What a get call says of the bucket, None where bucket or setting are gone."""
    s3 = operation.client("s3")
    return found((*NO_BUCKET, *codes), lambda: getattr(s3, call)(Bucket=operation.id))


def delete_setting(call: str, *codes: str) -> Callable[[Operation], None]:
    """A delete function that calls `call` for the bucket; gone already is success."""

    def delete(operation: Operation) -> None:
        s3 = operation.client("s3")
        found((*NO_BUCKET, *codes), lambda: getattr(s3, call)(Bucket=operation.id))

    return delete


def put_then_created(put: Callable[[Operation, str], None]) -> Callable[[Operation], None]:
    """A create function that writes the setting of the bucket; its id is the bucket's name."""

    def create(operation: Operation) -> None:
        bucket = operation.inputs["bucket"]
        put(operation, bucket)
        operation.created(bucket)

    return create
