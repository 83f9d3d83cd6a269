"""Doors to AWS's services inside a network that has no way out."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.gateway_address import HTTPS_PORT
from homeport.planner.plan import StackPlan

SERVICES = (
    "autoscaling",
    "ecr.api",
    "ecr.dkr",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "sts",
)
"""What a machine calls besides S3 and DynamoDB, which have gateways of their own."""


@dataclass(frozen=True, kw_only=True)
class InterfaceEndpointsArgs:
    """Arguments of `InterfaceEndpoints`."""

    plan: StackPlan
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    clients_security_group_id: pulumi.Input[str]


class InterfaceEndpoints(pulumi.ComponentResource):
    """One endpoint a service, in every private subnet, open to the machines only."""

    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: InterfaceEndpointsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:InterfaceEndpoints", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            "services",
            description="Interface endpoints: in from the machines",
            vpc_id=args.vpc_id,
            tags=args.plan.tags,
            opts=child,
        )
        self.security_group_id = group.id
        aws.vpc.SecurityGroupIngressRule(
            "services",
            security_group_id=group.id,
            description="HTTPS from the machines",
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            referenced_security_group_id=args.clients_security_group_id,
            opts=child,
        )
        for service in SERVICES:
            aws.ec2.VpcEndpoint(
                service,
                vpc_id=args.vpc_id,
                service_name=f"com.amazonaws.{args.plan.region}.{service}",
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=args.subnet_ids,
                security_group_ids=[group.id],
                tags=args.plan.tags,
                opts=child,
            )
        self.register_outputs({"security_group_id": group.id})
