"""aws.s3.BucketServerSideEncryptionConfiguration"""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation
from sandbox.providers.aws.resources._s3 import (
    BUCKET,
    delete_setting,
    put_then_created,
    setting_of,
)

GONE = "ServerSideEncryptionConfigurationNotFoundError"


def read(operation: Operation) -> dict[str, Any] | None:
    answer = setting_of(operation, (GONE,), "get_bucket_encryption")
    if answer is None:
        return None
    rules = answer["ServerSideEncryptionConfiguration"]["Rules"]
    return {"bucket": operation.id, "rules": [_from_rule(rule) for rule in rules]}


def update(operation: Operation) -> None:
    _put(operation, operation.id)


def _put(operation: Operation, bucket: str) -> None:
    rules = [_to_rule(rule) for rule in operation.inputs["rules"]]
    operation.client("s3").put_bucket_encryption(
        Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules}
    )


def _to_rule(rule: dict[str, Any]) -> dict[str, Any]:
    wanted = rule["applyServerSideEncryptionByDefault"]
    by_default = {"SSEAlgorithm": wanted["sseAlgorithm"]}
    if wanted.get("kmsMasterKeyId"):
        by_default["KMSMasterKeyID"] = wanted["kmsMasterKeyId"]
    return {
        "ApplyServerSideEncryptionByDefault": by_default,
        "BucketKeyEnabled": bool(rule.get("bucketKeyEnabled", False)),
    }


def _from_rule(rule: dict[str, Any]) -> dict[str, Any]:
    found = rule["ApplyServerSideEncryptionByDefault"]
    by_default = {"sseAlgorithm": found["SSEAlgorithm"]}
    if found.get("KMSMasterKeyID"):
        by_default["kmsMasterKeyId"] = found["KMSMasterKeyID"]
    return {
        "applyServerSideEncryptionByDefault": by_default,
        "bucketKeyEnabled": bool(rule.get("BucketKeyEnabled", False)),
    }


_RULES = "BucketEncryption/ServerSideEncryptionConfiguration"
_WHY = "pulumi_aws.s3.BucketServerSideEncryptionConfiguration, nested as the S3 API has it"

TYPE = ResourceType(
    token="aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    cloudformation="AWS::S3::Bucket",
    properties={
        "bucket": BUCKET,
        "rules": Property(
            cloudformation=_RULES,
            because=_WHY,
            properties={
                "applyServerSideEncryptionByDefault": Property(
                    cloudformation="ServerSideEncryptionByDefault",
                    required=True,
                    because=f"{_WHY}: a rule without it sets nothing that the sandbox serves",
                    properties={
                        "sseAlgorithm": Property(cloudformation="SSEAlgorithm"),
                        "kmsMasterKeyId": Property(cloudformation="KMSMasterKeyID"),
                    },
                ),
                "bucketKeyEnabled": Property(),
            },
            refused=frozenset({"blockedEncryptionTypes"}),
        ),
    },
    create=put_then_created(_put),
    read=read,
    update=update,
    delete=delete_setting("delete_bucket_encryption", GONE),
    sample=lambda: {
        "bucket": "artefacts-0123456",
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": "aws:kms",
                    "kmsMasterKeyId": "11111111-2222-3333-4444-555555555555",
                },
                "bucketKeyEnabled": True,
            }
        ],
    },
)
