"""The network of a stack, and the one security group that all its machines share."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.created_network import CreatedNetwork, CreatedNetworkArgs
from components.aws.gateway_address import HTTPS_PORT
from components.aws.service_endpoints import InterfaceEndpoints, InterfaceEndpointsArgs
from homeport.planner.plan import StackPlan


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """Arguments of `Network`."""

    plan: StackPlan
    key_arn: pulumi.Input[str]


class Network(pulumi.ComponentResource):
    """Created or brought; either way the rest of the stack sees ids and one security group.

    One group for the machines of the whole stack, not one a side: an endpoint's template must not
    change, nor its machines roll, when its access mode does.
    """

    vpc_id: pulumi.Output[str]
    private_subnet_ids: Sequence[pulumi.Input[str]]
    public_subnet_ids: Sequence[pulumi.Input[str]]
    machines_security_group_id: pulumi.Output[str]
    ways_in: Sequence[pulumi.Resource] = ()
    """What a public load balancer needs to exist before it does; nothing in a brought network."""
    ways_out: list[pulumi.Resource]
    """What a machine needs to exist before its first call."""

    def __init__(
        self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Network", name, {}, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self.ways_out = []
        plan = args.plan.network
        if plan.brought_network_id is None:
            self._create(args)
        else:
            self.vpc_id = pulumi.Output.from_input(plan.brought_network_id)
            self.private_subnet_ids = plan.brought_private_subnet_ids
            self.public_subnet_ids = plan.brought_public_subnet_ids
            self._add_machines_group(args)
            # The user's routes decide what is reachable; homeport must not look them up.
            self._allow_https_out("anywhere", cidr_ipv4="0.0.0.0/0")
        self.register_outputs({"vpc_id": self.vpc_id})

    def _create(self, args: NetworkArgs) -> None:
        created = CreatedNetwork(
            "created",
            CreatedNetworkArgs(plan=args.plan, key_arn=args.key_arn),
            self._child,
        )
        self.vpc_id = created.vpc_id
        self.ways_in = created.ways_in
        self.ways_out += created.ways_out
        self.private_subnet_ids = created.private_subnet_ids
        self.public_subnet_ids = created.public_subnet_ids
        self._add_machines_group(args)
        if args.plan.network.egress == "nat":
            self._allow_https_out("anywhere", cidr_ipv4="0.0.0.0/0")
            return
        endpoints = InterfaceEndpoints(
            "services",
            InterfaceEndpointsArgs(
                plan=args.plan,
                vpc_id=self.vpc_id,
                subnet_ids=self.private_subnet_ids,
                clients_security_group_id=self.machines_security_group_id,
            ),
            self._child,
        )
        self._allow_https_out("services", referenced_security_group_id=endpoints.security_group_id)
        self._allow_https_out("s3", prefix_list_id=created.s3_prefix_list_id)
        self._allow_https_out("dynamodb", prefix_list_id=created.dynamodb_prefix_list_id)

    def _add_machines_group(self, args: NetworkArgs) -> None:
        group = aws.ec2.SecurityGroup(
            "machines",
            description="Replicas: in from the load balancers only, out to HTTPS only",
            vpc_id=self.vpc_id,
            tags=args.plan.tags,
            opts=self._child,
        )
        self.machines_security_group_id = group.id

    def _allow_https_out(
        self,
        name: str,
        *,
        cidr_ipv4: str | None = None,
        referenced_security_group_id: pulumi.Input[str] | None = None,
        prefix_list_id: pulumi.Input[str] | None = None,
    ) -> None:
        rule = aws.vpc.SecurityGroupEgressRule(
            f"machines-{name}",
            security_group_id=self.machines_security_group_id,
            description=f"HTTPS to {name}",
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            cidr_ipv4=cidr_ipv4,
            referenced_security_group_id=referenced_security_group_id,
            prefix_list_id=prefix_list_id,
            opts=self._child,
        )
        self.ways_out.append(rule)
