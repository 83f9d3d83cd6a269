"""Where the load balancers write who called; one bucket for both sides of a stack."""

from dataclasses import dataclass

import pulumi

from components.aws.private_bucket import PrivateBucket, PrivateBucketArgs
from homeport.planner.plan import StackPlan


@dataclass(frozen=True, kw_only=True)
class AccessLogsArgs:
    """Arguments of `AccessLogs`."""

    plan: StackPlan


class AccessLogs(pulumi.ComponentResource):
    """The bucket stays when logging is switched off, so that an edit never deletes a record.

    S3's own key: load balancers cannot write with a customer's (ELB guide, "Access logs for your
    Application Load Balancer", read 2026-11).
    """

    store: PrivateBucket

    def __init__(
        self, name: str, args: AccessLogsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:AccessLogs", name, {}, opts)
        self.store = PrivateBucket(
            "access-logs",
            PrivateBucketArgs(
                tags=args.plan.tags,
                force_destroy=not args.plan.protect,
                key_arn=None,
                versioned=False,
                expire_days=args.plan.log_retention_days,
                statements=[_delivery(args.plan)],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"bucket": self.store.bucket.bucket})


def _delivery(plan: StackPlan) -> dict[str, object]:
    """The load balancers of this account may put objects (same guide, read 2026-11)."""
    return {
        "Sid": "LoadBalancers",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Condition": {"StringEquals": {"aws:SourceAccount": plan.account}},
    }
