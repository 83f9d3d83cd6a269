"""The bucket from which machines take what they start with; objects are named by their hash."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.private_bucket import PrivateBucket, PrivateBucketArgs
from dataplane.bootstrap.archive import StartupArchive, build_archive
from homeport.planner.plan import StackPlan

ARCHIVE_PREFIX = "startup/"
BOOT_PREFIX = "boot/"


@dataclass(frozen=True, kw_only=True)
class ArtefactsArgs:
    """Arguments of `Artefacts`."""

    plan: StackPlan
    key_arn: pulumi.Input[str]


class Artefacts(pulumi.ComponentResource):
    """The stack's artefact bucket with the one start-up archive of this homeport version."""

    bucket: pulumi.Output[str]
    archive_key: pulumi.Output[str]
    archive_sha256: str

    def __init__(
        self, name: str, args: ArtefactsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Artefacts", name, {}, opts)
        plan = args.plan
        store = PrivateBucket(
            "artefacts",
            PrivateBucketArgs(
                tags=plan.tags,
                force_destroy=not plan.protect,
                key_arn=args.key_arn,
                versioned=True,
                # A machine may start from an object of an earlier deployment: only what was
                # overwritten or deleted expires, never a current object.
                expire_noncurrent_days=90,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.bucket = store.bucket.bucket
        archive = build_archive()
        self.archive_sha256 = archive.sha256
        self.archive_key = self._upload_archive(plan, archive).key
        self.register_outputs({"bucket": self.bucket})

    def _upload_archive(self, plan: StackPlan, archive: StartupArchive) -> aws.s3.BucketObjectv2:
        return artefact(
            "archive",
            bucket=self.bucket,
            key=f"{ARCHIVE_PREFIX}{archive.sha256}.tar.gz",
            content=archive.content,
            tags=plan.tags,
            parent=self,
        )


def boot_key(endpoint: str, document: str) -> str:
    """Key of an endpoint's boot document."""
    return f"{BOOT_PREFIX}{endpoint}/{hashlib.sha256(document.encode()).hexdigest()}.json"


def artefact(
    name: str,
    *,
    bucket: pulumi.Input[str],
    key: str,
    content: bytes | str,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> aws.s3.BucketObjectv2:
    """An object named by its hash, which outlives the deployment that made it.

    A rollback to an earlier template version must still find what that version names.
    """
    text = isinstance(content, str)
    return aws.s3.BucketObjectv2(
        name,
        bucket=bucket,
        key=key,
        content=content if text else None,
        content_base64=None if text else base64.b64encode(content).decode(),
        content_type="application/json" if text else "application/gzip",
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent, retain_on_delete=True),
    )
