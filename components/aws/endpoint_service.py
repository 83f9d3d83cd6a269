"""The service that consumers connect to, who they are, and the name they call it by."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.arns import arns_of
from components.aws.logical_names import short_name
from homeport.planner.plan import EndpointPlan, StackPlan


@dataclass(frozen=True, kw_only=True)
class EndpointServiceArgs:
    """Arguments of `EndpointService`."""

    plan: StackPlan
    endpoint: EndpointPlan
    front_arn: pulumi.Input[str]
    door: pulumi.CustomResource
    """What must stand before a consumer's first request can pass."""


class EndpointService(pulumi.ComponentResource):
    """One service an endpoint: a service has one list of consumers and one private name."""

    service_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: EndpointServiceArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:EndpointService", name, {}, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._short = short_name(args.endpoint.name)
        service = aws.ec2.VpcEndpointService(
            self._short,
            # The list of consumers decides; nobody has to click.
            acceptance_required=False,
            network_load_balancer_arns=[args.front_arn],
            private_dns_name=args.endpoint.access.host,
            tags=args.endpoint.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.door]),
        )
        self.service_name = service.service_name
        self._admit(args, service)
        self._prove_name(args, service)
        self.register_outputs({"service_name": self.service_name})

    def _admit(self, args: EndpointServiceArgs, service: aws.ec2.VpcEndpointService) -> None:
        for account in args.endpoint.access.consumers:
            aws.ec2.VpcEndpointServiceAllowedPrinciple(
                f"{self._short}-{account}",
                vpc_endpoint_service_id=service.id,
                principal_arn=arns_of(args.plan).account_root(account),
                opts=self._child,
            )

    def _prove_name(self, args: EndpointServiceArgs, service: aws.ec2.VpcEndpointService) -> None:
        """Shows AWS that the domain is ours, by a TXT record; without a zone the user publishes it.

        AWS gives the record's name as a label below the zone (VPC guide, "Manage DNS names for VPC
        endpoint services", read 2026-11).
        """
        if args.plan.ingress.zone_id is None:
            return
        proof = service.private_dns_name_configurations[0]
        record = aws.route53.Record(
            f"{self._short}-link",
            zone_id=args.plan.ingress.zone_id,
            name=proof.name,
            type="TXT",
            records=[proof.value],
            ttl=300,
            opts=self._child,
        )
        aws.vpc.EndpointServicePrivateDnsVerification(
            self._short,
            service_id=service.id,
            wait_for_verification=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[record]),
        )
