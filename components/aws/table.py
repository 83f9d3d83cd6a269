"""The stack's one table: configuration, state, reports and cached verdicts of all its endpoints."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from homeport.planner.plan import EndpointPlan, StackPlan

PARTITION_KEY = "pk"
SORT_KEY = "sk"
EXPIRY_ATTRIBUTE = "expires"
"""Epoch seconds after which an item goes (reports, cached token verdicts, hold slots)."""
ITEM_KINDS_WRITTEN_BY_REPLICAS = ("replica", "token")
"""Partition keys, behind the endpoint's prefix, of what machines report and cache."""


@dataclass(frozen=True, kw_only=True)
class TableArgs:
    """Arguments of `Table`."""

    plan: StackPlan
    key_arn: pulumi.Input[str]


class Table(pulumi.ComponentResource):
    """Configuration, state, reports and cached verdicts of all endpoints, by key prefix."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]
    stream_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: TableArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Table", name, {}, opts)
        plan = args.plan
        table = aws.dynamodb.Table(
            "endpoints",
            name=plan.names.table,
            billing_mode="PAY_PER_REQUEST",
            hash_key=PARTITION_KEY,
            range_key=SORT_KEY,
            attributes=[
                aws.dynamodb.TableAttributeArgs(name=key, type="S")
                for key in (PARTITION_KEY, SORT_KEY)
            ],
            ttl=aws.dynamodb.TableTtlArgs(attribute_name=EXPIRY_ATTRIBUTE, enabled=True),
            point_in_time_recovery=aws.dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
            server_side_encryption=aws.dynamodb.TableServerSideEncryptionArgs(
                enabled=True, kms_key_arn=args.key_arn
            ),
            # For the reconciler, which is woken by wake requests. Its view cannot be changed later
            # without taking the stream away first.
            stream_enabled=True,
            stream_view_type="NEW_AND_OLD_IMAGES",
            deletion_protection_enabled=plan.protect,
            tags=plan.tags,
            opts=pulumi.ResourceOptions(parent=self, protect=plan.protect),
        )
        self.name = table.name
        self.arn = table.arn
        self.stream_arn = table.stream_arn
        self.register_outputs({"name": table.name})


def configuration_key(endpoint: EndpointPlan) -> dict[str, str]:
    """Key attributes of the endpoint's item; known before the item exists."""
    return {PARTITION_KEY: f"{endpoint.names.table_prefix}config", SORT_KEY: "config"}
