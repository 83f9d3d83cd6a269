"""A bucket that nobody outside the account can read and that answers only to TLS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class PrivateBucketArgs:
    """Arguments of `PrivateBucket`."""

    tags: Mapping[str, str]
    force_destroy: bool
    """True: deleting the bucket deletes what is in it."""
    key_arn: pulumi.Input[str] | None
    """None: S3's own key, for writers that may not use another."""
    versioned: bool
    expire_days: int | None = None
    """Age at which an object goes."""
    expire_noncurrent_days: int = 30
    """Age at which a replaced or deleted version goes."""
    statements: Sequence[Mapping[str, Any]] = ()
    """More policy statements; `Resource` is filled in as everything in the bucket."""


class PrivateBucket(pulumi.ComponentResource):
    """Public access blocked, owner enforced, encrypted, TLS only, with a lifecycle."""

    bucket: aws.s3.Bucket
    policy: aws.s3.BucketPolicy

    def __init__(
        self, name: str, args: PrivateBucketArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:PrivateBucket", name, {}, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(
            f"homeport-{name}", force_destroy=args.force_destroy, tags=args.tags, opts=self._child
        )
        self._close()
        self._encrypt(args)
        self._expire(args)
        self.policy = aws.s3.BucketPolicy(
            name,
            bucket=self.bucket.bucket,
            policy=pulumi.Output.json_dumps(self._policy(args)),
            opts=self._child,
        )
        self.register_outputs({"bucket": self.bucket.bucket})

    def _close(self) -> None:
        aws.s3.BucketPublicAccessBlock(
            self._name,
            bucket=self.bucket.bucket,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._child,
        )
        aws.s3.BucketOwnershipControls(
            self._name,
            bucket=self.bucket.bucket,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=self._child,
        )

    def _encrypt(self, args: PrivateBucketArgs) -> None:
        by_default = aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
            sse_algorithm="AES256" if args.key_arn is None else "aws:kms",
            kms_master_key_id=args.key_arn,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            self._name,
            bucket=self.bucket.bucket,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=by_default,
                    bucket_key_enabled=args.key_arn is not None,
                )
            ],
            opts=self._child,
        )

    def _expire(self, args: PrivateBucketArgs) -> None:
        if args.versioned:
            aws.s3.BucketVersioning(
                self._name,
                bucket=self.bucket.bucket,
                versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
                    status="Enabled"
                ),
                opts=self._child,
            )
        expiration = args.expire_days and aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(
            days=args.expire_days
        )
        aws.s3.BucketLifecycleConfiguration(
            self._name,
            bucket=self.bucket.bucket,
            rules=[
                aws.s3.BucketLifecycleConfigurationRuleArgs(
                    id="expire",
                    status="Enabled",
                    filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=""),
                    expiration=expiration or None,
                    noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                        noncurrent_days=args.expire_noncurrent_days
                    ),
                    abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                        days_after_initiation=7
                    ),
                )
            ],
            opts=self._child,
        )

    def _policy(self, args: PrivateBucketArgs) -> dict[str, object]:
        everything = pulumi.Output.concat(self.bucket.arn, "/*")
        return {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "TlsOnly",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": [self.bucket.arn, everything],
                    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                },
                *({**statement, "Resource": everything} for statement in args.statements),
            ],
        }
