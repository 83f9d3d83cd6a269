"""The stack's key, and the role of Auto Scaling that may use it."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.arns import Arns, arns_of
from homeport.planner.plan import StackPlan

_USE_KEY = [
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:DescribeKey",
]
"""What Auto Scaling needs for encrypted volumes (Auto Scaling user guide, "Required KMS key policy
for use with encrypted volumes", read 2026-11), without its wildcards."""


@dataclass(frozen=True, kw_only=True)
class EncryptionArgs:
    """Arguments of `Encryption`."""

    plan: StackPlan


class Encryption(pulumi.ComponentResource):
    """One key for volumes, logs, table, topic and artefacts, made or brought.

    A service-linked role of the stack's own: AWS's shared one exists in most accounts, where
    creating it fails, and not in new ones, where a key policy may not name it.
    """

    key_arn: pulumi.Output[str]
    service_linked_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: EncryptionArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Encryption", name, {}, opts)
        plan = args.plan
        role = aws.iam.ServiceLinkedRole(
            "autoscaling",
            aws_service_name="autoscaling.amazonaws.com",
            custom_suffix=plan.names.service_linked_role_suffix,
            description=f"Auto Scaling of the homeport stack {plan.stack}",
            tags=plan.tags,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.service_linked_role_arn = role.arn
        if plan.encryption_key_id is None:
            self.key_arn = self._create_key(plan, role.arn)
        else:
            # A brought key's policy is the user's: docs say which grants it needs.
            self.key_arn = pulumi.Output.from_input(arns_of(plan).key(plan.encryption_key_id))
        self.register_outputs({"key_arn": self.key_arn})

    def _create_key(self, plan: StackPlan, role_arn: pulumi.Output[str]) -> pulumi.Output[str]:
        key = aws.kms.Key(
            "key",
            description=f"homeport stack {plan.stack}",
            enable_key_rotation=True,
            deletion_window_in_days=30,
            policy=pulumi.Output.json_dumps(_key_policy(plan, role_arn)),
            tags=plan.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=plan.protect),
        )
        aws.kms.Alias(
            "key",
            name=f"alias/{plan.names.table}",
            target_key_id=key.key_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return key.arn


def _key_policy(plan: StackPlan, role_arn: pulumi.Output[str]) -> dict[str, object]:
    arns = arns_of(plan)
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                # Without it nobody could administer the key, and role policies would not count
                # (KMS developer guide, "Default key policy"). A key policy's `*` is this key.
                "Sid": "Account",
                "Effect": "Allow",
                "Principal": {"AWS": arns.account_root(plan.account)},
                "Action": "kms:*",
                "Resource": "*",
            },
            _allow("AutoScaling", {"AWS": role_arn}, _USE_KEY),
            _allow("AutoScalingGrant", {"AWS": role_arn}, ["kms:CreateGrant"])
            | {"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}},
            _logs_statement(plan, arns),
            # Alarms publish to an encrypted topic with the key's own permission (SNS guide,
            # "Enable compatibility between event sources and encrypted topics", read 2026-11).
            _allow(
                "Alarms",
                {"Service": "cloudwatch.amazonaws.com"},
                ["kms:Decrypt", "kms:GenerateDataKey"],
            )
            | {"Condition": {"StringEquals": {"aws:SourceAccount": plan.account}}},
        ],
    }


def _logs_statement(plan: StackPlan, arns: Arns) -> dict[str, object]:
    """CloudWatch Logs, for this stack's groups (Logs guide, "Encrypt log data", read 2026-11)."""
    groups = arns.log_group(f"{plan.names.log_group_prefix}/*")
    return _allow("Logs", {"Service": f"logs.{plan.region}.amazonaws.com"}, _USE_KEY) | {
        "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
    }


def _allow(sid: str, principal: dict[str, object], actions: list[str]) -> dict[str, object]:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
        "Resource": "*",
    }
