"""A network that the stack makes: subnets in each zone, ways out, a record of refused traffic."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.flow_log import FlowLog, FlowLogArgs
from homeport.planner.plan import StackPlan, SubnetPlan


@dataclass(frozen=True, kw_only=True)
class CreatedNetworkArgs:
    """Arguments of `CreatedNetwork`."""

    plan: StackPlan
    key_arn: pulumi.Input[str]


class CreatedNetwork(pulumi.ComponentResource):
    """VPC, subnets and routes. Each private subnet has its own route table, whatever `nat` is, so
    that another answer to `nat` changes routes and nothing else.
    """

    vpc_id: pulumi.Output[str]
    private_subnet_ids: Sequence[pulumi.Input[str]]
    public_subnet_ids: Sequence[pulumi.Input[str]]
    s3_prefix_list_id: pulumi.Output[str]
    dynamodb_prefix_list_id: pulumi.Output[str]
    ways_in: list[pulumi.Resource]
    """What a load balancer on the public subnets needs to exist before it does."""
    ways_out: list[pulumi.Resource]
    """What a machine needs to exist before its first call."""

    def __init__(
        self, name: str, args: CreatedNetworkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:CreatedNetwork", name, {}, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._tags = args.plan.tags
        network = args.plan.network
        vpc = aws.ec2.Vpc(
            "network",
            cidr_block=network.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=self._tags,
            opts=self._child,
        )
        self.vpc_id = vpc.id
        self._subnets = {plan: self._add_subnet(plan) for plan in network.subnets}
        public = [plan for plan in network.subnets if plan.kind == "public"]
        private = [plan for plan in network.subnets if plan.kind == "private"]
        self.public_subnet_ids = [self._subnets[plan].id for plan in public]
        self.private_subnet_ids = [self._subnets[plan].id for plan in private]
        self.ways_in, self.ways_out = [], []
        internet = self._route_public_subnets(public)
        self.ways_in.append(internet)
        tables = {plan.zone: self._add_table(plan) for plan in private}
        self._route_to_nat(args.plan, public, tables, internet)
        self._add_gateway_endpoints(args.plan, tables)
        self._refuse_by_default()
        FlowLog(
            "refused",
            FlowLogArgs(plan=args.plan, vpc_id=self.vpc_id, key_arn=args.key_arn),
            self._child,
        )
        self.register_outputs({"vpc_id": self.vpc_id})

    def _add_subnet(self, plan: SubnetPlan) -> aws.ec2.Subnet:
        return aws.ec2.Subnet(
            f"{plan.kind}-{plan.zone}",
            vpc_id=self.vpc_id,
            cidr_block=plan.cidr,
            availability_zone=plan.zone,
            map_public_ip_on_launch=False,
            tags=self._tags,
            opts=self._child,
        )

    def _add_table(self, plan: SubnetPlan) -> aws.ec2.RouteTable:
        return self._table(f"{plan.kind}-{plan.zone}", [plan])

    def _table(self, name: str, subnets: Sequence[SubnetPlan]) -> aws.ec2.RouteTable:
        table = aws.ec2.RouteTable(name, vpc_id=self.vpc_id, tags=self._tags, opts=self._child)
        for plan in subnets:
            association = aws.ec2.RouteTableAssociation(
                f"{plan.kind}-{plan.zone}",
                subnet_id=self._subnets[plan].id,
                route_table_id=table.id,
                opts=self._child,
            )
            (self.ways_in if plan.kind == "public" else self.ways_out).append(association)
        return table

    def _route_public_subnets(self, public: Sequence[SubnetPlan]) -> aws.ec2.Route:
        gateway = aws.ec2.InternetGateway(
            "internet", vpc_id=self.vpc_id, tags=self._tags, opts=self._child
        )
        return aws.ec2.Route(
            "public",
            route_table_id=self._table("public", public).id,
            destination_cidr_block="0.0.0.0/0",
            gateway_id=gateway.id,
            opts=self._child,
        )

    def _route_to_nat(
        self,
        plan: StackPlan,
        public: Sequence[SubnetPlan],
        tables: dict[str, aws.ec2.RouteTable],
        internet: aws.ec2.Route,
    ) -> None:
        if plan.network.nat == "none":
            return
        homes = public if plan.network.nat == "per-zone" else public[:1]
        gateways = {home.zone: self._add_nat(home, internet) for home in homes}
        shared = gateways[homes[0].zone]
        for zone, table in tables.items():
            route = aws.ec2.Route(
                f"private-{zone}",
                route_table_id=table.id,
                destination_cidr_block="0.0.0.0/0",
                nat_gateway_id=gateways.get(zone, shared).id,
                opts=self._child,
            )
            self.ways_out.append(route)

    def _add_nat(self, home: SubnetPlan, internet: aws.ec2.Route) -> aws.ec2.NatGateway:
        address = aws.ec2.Eip(f"nat-{home.zone}", domain="vpc", tags=self._tags, opts=self._child)
        return aws.ec2.NatGateway(
            f"nat-{home.zone}",
            allocation_id=address.id,
            subnet_id=self._subnets[home].id,
            tags=self._tags,
            # AWS refuses to make one whose subnet has no way to the internet yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[internet]),
        )

    def _add_gateway_endpoints(
        self, plan: StackPlan, tables: dict[str, aws.ec2.RouteTable]
    ) -> None:
        """Free ways to the bucket and the table, which keep this traffic off the NAT."""
        made = {
            service: aws.ec2.VpcEndpoint(
                service,
                vpc_id=self.vpc_id,
                service_name=f"com.amazonaws.{plan.region}.{service}",
                vpc_endpoint_type="Gateway",
                route_table_ids=[table.id for table in tables.values()],
                tags=self._tags,
                opts=self._child,
            )
            for service in ("s3", "dynamodb")
        }
        self.ways_out += made.values()
        self.s3_prefix_list_id = made["s3"].prefix_list_id
        self.dynamodb_prefix_list_id = made["dynamodb"].prefix_list_id

    def _refuse_by_default(self) -> None:
        """Takes the rules out of the group that AWS gives every network."""
        aws.ec2.DefaultSecurityGroup(
            "default", vpc_id=self.vpc_id, ingress=[], egress=[], tags=self._tags, opts=self._child
        )
