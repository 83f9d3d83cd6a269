"""aws.s3.Bucket: the bucket itself; its settings are types of their own (BucketVersioning and so on)."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, error_code, found
from sandbox.providers.aws.resources._ec2 import from_tag_list, to_tag_list

NOT_FOUND = ("NoSuchBucket", "404")
BATCH_OBJECTS = 1000


def create(operation: Operation) -> None:
    s3 = operation.client("s3")
    name = operation.name("bucket", "bucketPrefix")
    arguments: dict[str, Any] = {"Bucket": name}
    if operation.region == "us-east-1":
        # S3 API, BucketAlreadyOwnedByYou: "For legacy compatibility, if you re-create an existing bucket that you
        # already own in the North Virginia Region, Amazon S3 returns 200 OK". Creation must never adopt: look first.
        if found(NOT_FOUND, lambda: s3.head_bucket(Bucket=name)) is not None:
            raise ValueError(f"BucketAlreadyExists: the bucket {name} exists already")
    else:
        arguments["CreateBucketConfiguration"] = {"LocationConstraint": operation.region}
    s3.create_bucket(**arguments)
    operation.created(name)
    if operation.get("tags"):
        s3.put_bucket_tagging(
            Bucket=name, Tagging={"TagSet": to_tag_list(operation.inputs["tags"])}
        )


def read(operation: Operation) -> dict[str, Any] | None:
    s3 = operation.client("s3")
    name = operation.id
    if found(NOT_FOUND, lambda: s3.head_bucket(Bucket=name)) is None:
        return None
    tagging = found(("NoSuchTagSet",), lambda: s3.get_bucket_tagging(Bucket=name))
    region = s3.get_bucket_location(Bucket=name).get("LocationConstraint") or "us-east-1"
    return {
        "bucket": name,
        "arn": f"arn:aws:s3:::{name}",
        "bucketDomainName": f"{name}.s3.amazonaws.com",
        "bucketRegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
        "bucketRegion": region,
        "objectLockEnabled": False,
        "tags": from_tag_list(tagging["TagSet"]) if tagging else {},
    }


def update(operation: Operation) -> None:
    if "tags" not in operation.changed:
        return
    s3 = operation.client("s3")
    if operation.get("tags"):
        s3.put_bucket_tagging(
            Bucket=operation.id, Tagging={"TagSet": to_tag_list(operation.inputs["tags"])}
        )
    else:
        s3.delete_bucket_tagging(Bucket=operation.id)


def delete(operation: Operation) -> None:
    s3 = operation.client("s3")
    if operation.get("forceDestroy"):
        _empty(operation)
    try:
        found(NOT_FOUND, lambda: s3.delete_bucket(Bucket=operation.id))
    except s3.exceptions.ClientError as error:
        if error_code(error) == "BucketNotEmpty":
            raise ValueError(
                f"{error}; the bucket still has objects: delete them, or set forceDestroy and run up first"
            ) from error
        raise


def _empty(operation: Operation) -> None:
    s3 = operation.client("s3")
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=operation.id)
    for page in found(NOT_FOUND, lambda: list(pages)) or ():
        items = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        for start in range(0, len(items), BATCH_OBJECTS):
            batch = [
                {"Key": item["Key"], "VersionId": item["VersionId"]}
                for item in items[start : start + BATCH_OBJECTS]
            ]
            s3.delete_objects(Bucket=operation.id, Delete={"Objects": batch})


DOCS = "pulumi_aws.s3.Bucket"

TYPE = ResourceType(
    token="aws:s3/bucket:Bucket",
    cloudformation="AWS::S3::Bucket",
    properties={
        "bucket": Property(
            cloudformation="BucketName",
            because=f"{DOCS}: 'Must be lowercase and less than or equal to 63 characters in length'; S3 user guide, "
            "Bucket naming rules: 3 to 63 characters",
            rules={"minLength": 3, "maxLength": 63, "pattern": r"^[a-z0-9][a-z0-9.-]*[a-z0-9]$"},
        ),
        "bucketPrefix": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Creates a unique bucket name beginning with the specified prefix.' "
            "'Must be lowercase and less than or equal to 37 characters in length.'",
            rules={"maxLength": 37, "pattern": r"^[a-z0-9.-]*$"},
            replaces=True,
            provider_only=True,
        ),
        "forceDestroy": Property(
            cloudformation=None,
            because=f"{DOCS}: 'all objects should be deleted from the bucket when the bucket is destroyed'",
            default=False,
            provider_only=True,
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(
        property="bucket", prefix_property="bucketPrefix", max_length=63, lower_case=True
    ),
    timeouts=Timeouts(delete_seconds=3600),
    check=lambda inputs: (
        [("bucketPrefix", "conflicts with bucket")]
        if "bucket" in inputs and "bucketPrefix" in inputs
        else []
    ),
    sample=lambda: {
        "bucket": "artefacts-0123456",
        "forceDestroy": False,
        "tags": {"team": "search"},
    },
)
