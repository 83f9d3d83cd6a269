"""How requests come in: the load balancers that the endpoints of a stack share."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.access_logs import AccessLogs, AccessLogsArgs
from components.aws.certificate import Certificate, CertificateArgs
from components.aws.firewall import Firewall, FirewallArgs
from components.aws.gateway_address import HTTPS_PORT
from components.aws.https_load_balancer import (
    HttpsLoadBalancer,
    HttpsLoadBalancerArgs,
    add_https_listener,
)
from components.aws.network import Network
from homeport.planner.plan import Side, StackPlan


@dataclass(frozen=True, kw_only=True)
class IngressArgs:
    """Arguments of `Ingress`."""

    plan: StackPlan
    network: Network


class Ingress(pulumi.ComponentResource):
    """One load balancer for each side that has endpoints, one certificate for both."""

    certificate_arn: pulumi.Output[str]
    public: HttpsLoadBalancer | None = None
    public_listener: aws.lb.Listener | None = None
    internal: HttpsLoadBalancer | None = None

    def __init__(
        self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Ingress", name, {}, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self.certificate_arn = Certificate(
            "certificate", CertificateArgs(plan=args.plan), self._child
        ).arn
        self._logs = AccessLogs("access-logs", AccessLogsArgs(plan=args.plan), self._child)
        if args.plan.ingress.public is not None:
            self._open_public_side()
        self.internal = self._add_balancer("internal")
        self.register_outputs({"certificate_arn": self.certificate_arn})

    def _add_balancer(self, side: Side) -> HttpsLoadBalancer | None:
        ingress = self._args.plan.ingress
        side_plan = ingress.public if side == "public" else ingress.internal
        if side_plan is None:
            return None
        return HttpsLoadBalancer(
            side,
            HttpsLoadBalancerArgs(
                plan=self._args.plan,
                side=side,
                side_plan=side_plan,
                network=self._args.network,
                access_logs=self._logs,
            ),
            self._child,
        )

    def _open_public_side(self) -> None:
        plan = self._args.plan
        self.public = self._add_balancer("public")
        assert self.public is not None
        assert plan.ingress.public is not None
        aws.vpc.SecurityGroupIngressRule(
            "public-internet",
            security_group_id=self.public.security_group_id,
            # An endpoint's own `access.cidrs` are the gateway's: the balancer is shared.
            description="HTTPS from anywhere",
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            cidr_ipv4="0.0.0.0/0",
            opts=self._child,
        )
        # No listener on port 80: a redirect would answer a token that was sent in clear text.
        self.public_listener = add_https_listener(
            "public",
            plan=plan,
            balancer=self.public,
            certificate_arn=self.certificate_arn,
            port=HTTPS_PORT,
            tags=plan.tags,
            parent=self,
        )
        Firewall(
            "firewall",
            FirewallArgs(
                plan=plan,
                load_balancer_arn=self.public.load_balancer.arn,
                keep_samples=plan.ingress.public.access_logs,
            ),
            self._child,
        )
