"""aws.s3.BucketLifecycleConfiguration: what goes by itself, and when."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation
from sandbox.providers.aws.resources._s3 import (
    BUCKET,
    delete_setting,
    put_then_created,
    setting_of,
)

GONE = "NoSuchLifecycleConfiguration"


def read(operation: Operation) -> dict[str, Any] | None:
    answer = setting_of(operation, (GONE,), "get_bucket_lifecycle_configuration")
    if answer is None:
        return None
    return {"bucket": operation.id, "rules": [_from_rule(rule) for rule in answer["Rules"]]}


def update(operation: Operation) -> None:
    _put(operation, operation.id)


def _put(operation: Operation, bucket: str) -> None:
    rules = [_to_rule(rule) for rule in operation.inputs["rules"]]
    operation.client("s3").put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": rules}
    )


def _to_rule(rule: dict[str, Any]) -> dict[str, Any]:
    prefix = (rule.get("filter") or {}).get("prefix", "")
    answer: dict[str, Any] = {
        "ID": rule["id"],
        "Status": rule["status"],
        "Filter": {"Prefix": prefix},
    }
    if rule.get("expiration"):
        answer["Expiration"] = {"Days": rule["expiration"]["days"]}
    if rule.get("noncurrentVersionExpiration"):
        days = rule["noncurrentVersionExpiration"]["noncurrentDays"]
        answer["NoncurrentVersionExpiration"] = {"NoncurrentDays": days}
    if rule.get("abortIncompleteMultipartUpload"):
        days = rule["abortIncompleteMultipartUpload"]["daysAfterInitiation"]
        answer["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
    return answer


def _from_rule(rule: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "id": rule["ID"],
        "status": rule["Status"],
        "filter": {"prefix": rule.get("Filter", {}).get("Prefix", "")},
    }
    if "Days" in rule.get("Expiration", {}):
        answer["expiration"] = {"days": rule["Expiration"]["Days"]}
    if "NoncurrentVersionExpiration" in rule:
        days = rule["NoncurrentVersionExpiration"]["NoncurrentDays"]
        answer["noncurrentVersionExpiration"] = {"noncurrentDays": days}
    if "AbortIncompleteMultipartUpload" in rule:
        days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        answer["abortIncompleteMultipartUpload"] = {"daysAfterInitiation": days}
    return answer


_WHY = "pulumi_aws.s3.BucketLifecycleConfiguration, nested as the S3 API has it"

TYPE = ResourceType(
    token="aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    cloudformation="AWS::S3::Bucket",
    properties={
        "bucket": BUCKET,
        "rules": Property(
            cloudformation="LifecycleConfiguration/Rules",
            because=_WHY,
            properties={
                "id": Property(),
                "status": Property(),
                "filter": Property(
                    cloudformation=None,
                    because=_WHY,
                    properties={
                        "prefix": Property(cloudformation=None, because=_WHY),
                    },
                    refused=frozenset(
                        {"and", "objectSizeGreaterThan", "objectSizeLessThan", "tag"}
                    ),
                ),
                "expiration": Property(
                    cloudformation=None,
                    because=_WHY,
                    properties={
                        "days": Property(
                            cloudformation=None,
                            rules={"minimum": 1},
                            because="S3 API, LifecycleExpiration: 'The value must be a non-zero positive integer'",
                        )
                    },
                    refused=frozenset({"date", "expiredObjectDeleteMarker"}),
                ),
                "noncurrentVersionExpiration": Property(
                    properties={"noncurrentDays": Property()},
                    refused=frozenset({"newerNoncurrentVersions"}),
                ),
                "abortIncompleteMultipartUpload": Property(
                    properties={"daysAfterInitiation": Property()}
                ),
            },
            refused=frozenset({"prefix", "transitions", "noncurrentVersionTransitions"}),
        ),
    },
    create=put_then_created(_put),
    read=read,
    update=update,
    delete=delete_setting("delete_bucket_lifecycle", GONE),
    sample=lambda: {
        "bucket": "artefacts-0123456",
        "rules": [
            {
                "id": "expire",
                "status": "Enabled",
                "filter": {"prefix": "logs/"},
                "expiration": {"days": 90},
                "noncurrentVersionExpiration": {"noncurrentDays": 30},
                "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
            }
        ],
    },
)
