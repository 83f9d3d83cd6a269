"""aws.s3.BucketObjectv2: one object, from text or base64."""

import base64
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("NoSuchBucket", "NoSuchKey", "404")
BINARY = "application/octet-stream"


def create(operation: Operation) -> None:
    _put(operation, operation.inputs["bucket"], operation.inputs["key"])
    operation.created(operation.inputs["key"])


def read(operation: Operation) -> dict[str, Any] | None:
    known = {**operation.state, **operation.inputs}
    bucket, key = known["bucket"], known["key"]
    s3 = operation.client("s3")
    answer = found(GONE, lambda: s3.get_object(Bucket=bucket, Key=key))
    if answer is None:
        return None
    body = answer["Body"].read()
    in_base64 = known.get("contentBase64") is not None
    tags = s3.get_object_tagging(Bucket=bucket, Key=key)["TagSet"]
    return {
        "arn": f"arn:aws:s3:::{bucket}/{key}",
        "bucket": bucket,
        "key": key,
        "etag": answer["ETag"].strip('"'),
        "contentType": answer["ContentType"],
        "versionId": answer.get("VersionId"),
        "content": None if in_base64 else body.decode(errors="replace"),
        "contentBase64": base64.b64encode(body).decode() if in_base64 else None,
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def update(operation: Operation) -> None:
    bucket, key = operation.inputs["bucket"], operation.id
    if operation.changed - {"tags"}:
        _put(operation, bucket, key)
    elif "tags" in operation.changed:
        tags = [{"Key": k, "Value": v} for k, v in operation.get("tags", {}).items()]
        operation.client("s3").put_object_tagging(Bucket=bucket, Key=key, Tagging={"TagSet": tags})


def delete(operation: Operation) -> None:
    """With every version, as the provider does for a versioned bucket."""
    s3, bucket, key = operation.client("s3"), operation.inputs["bucket"], operation.id
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key)
    for page in found(GONE, lambda: list(pages)) or ():
        for item in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
            if item["Key"] == key:
                s3.delete_object(Bucket=bucket, Key=key, VersionId=item["VersionId"])


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Content comes one way (terraform-provider-aws, s3/object.go: ConflictsWith)."""
    if "content" in inputs and "contentBase64" in inputs:
        return [("contentBase64", "conflicts with content")]
    return []


def _put(operation: Operation, bucket: str, key: str) -> None:
    encoded = operation.get("contentBase64")
    text = operation.get("content", "")
    body = base64.b64decode(encoded) if encoded is not None else text.encode()
    tags = operation.get("tags", {})
    operation.client("s3").put_object(
        Bucket=bucket,
        Key=key,
        Body=body,
        ContentType=operation.get("contentType", BINARY),
        Tagging="&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in tags.items()),
    )


def _quoted(text: str) -> str:
    return quote(text, safe="")


DOCS = "pulumi_aws.s3.BucketObjectv2"
GO = "hashicorp/terraform-provider-aws, internal/service/s3/object.go"

TYPE = ResourceType(
    token="aws:s3/bucketObjectv2:BucketObjectv2",
    cloudformation=None,
    because="CloudFormation has no type for an object in a bucket",
    properties={
        "bucket": Property(replaces=True, because=f"{GO}: ForceNew"),
        "key": Property(
            replaces=True,
            rules={"minLength": 1, "maxLength": 1024},
            because=f"{GO}: ForceNew; S3 user guide, object keys: up to 1,024 bytes",
        ),
        "content": Property(because=f"{DOCS}: 'Literal string value to use as the object content'"),
        "contentBase64": Property(
            because=f"{DOCS}: 'Base64-encoded data that will be decoded and uploaded as raw bytes'"
        ),
        "contentType": Property(
            because=f"{DOCS}: 'Standard MIME type describing the format of the object data'"
        ),
        "tags": Property(because=f"{DOCS}: 'Map of tags to assign to the object.'"),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    sample=lambda: {
        "bucket": "artefacts-0123456",
        "key": "boot/llama-8b.json",
        "content": "{}",
        "contentType": "application/json",
        "tags": {"team": "search"},
    },
)
