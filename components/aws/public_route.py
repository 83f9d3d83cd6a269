"""A public or protected endpoint on the shared load balancer: one rule, one record."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.ingress import Ingress
from components.aws.network import Network
from components.aws.wake_functions import WakeFunctions
from components.aws.way_in import WayIn, add_host_rule, add_target_group
from homeport.planner.plan import EndpointPlan, StackPlan


@dataclass(frozen=True, kw_only=True)
class PublicRouteArgs:
    """Arguments of `PublicRoute`."""

    plan: StackPlan
    endpoint: EndpointPlan
    network: Network
    ingress: Ingress
    functions: WakeFunctions


class PublicRoute(pulumi.ComponentResource):
    """Forwards the endpoint's host to its replicas, and tells DNS where the host is."""

    way_in: WayIn

    def __init__(
        self, name: str, args: PublicRouteArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:PublicRoute", name, {}, opts)
        balancer, listener = args.ingress.public, args.ingress.public_listener
        assert balancer is not None, "the plan has no public side"
        assert listener is not None
        gate = args.functions.gate_target_group("public")
        replicas = add_target_group(args.endpoint, vpc_id=args.network.vpc_id, parent=self)
        self.way_in = WayIn(
            target_group=replicas,
            gate_target_group_arn=gate,
            rule=add_host_rule(
                args.endpoint,
                listener_arn=listener.arn,
                replicas_arn=replicas.arn,
                gate_arn=gate,
                priority=None,
                parent=self,
            ),
            listener=listener,
            load_balancer=balancer.load_balancer,
            private_service_name=None,
        )
        self._publish_host(args)
        self.register_outputs({})

    def _publish_host(self, args: PublicRouteArgs) -> None:
        if args.plan.ingress.zone_id is None:
            return
        balancer = self.way_in.load_balancer
        aws.route53.Record(
            args.endpoint.name,
            zone_id=args.plan.ingress.zone_id,
            name=args.endpoint.access.host,
            type="A",
            aliases=[
                aws.route53.RecordAliasArgs(
                    name=balancer.dns_name,
                    zone_id=balancer.zone_id,
                    # A sleeping endpoint has no healthy target and must still resolve.
                    evaluate_target_health=False,
                )
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
