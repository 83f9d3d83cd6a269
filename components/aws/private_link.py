"""A private endpoint: a door of its own that only its consumers can open.

The consumers' list is a security boundary. Whoever comes through this endpoint's service reaches
one listener port of the internal load balancer, on which no other endpoint has a rule; and that port
is open to this endpoint's network load balancer only.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.endpoint_service import EndpointService, EndpointServiceArgs
from components.aws.gateway_address import HTTPS_PORT, LOAD_BALANCER_HEALTH_PATH
from components.aws.https_load_balancer import HttpsLoadBalancer, add_https_listener
from components.aws.ingress import Ingress
from components.aws.logical_names import short_name
from components.aws.network import Network
from components.aws.wake_functions import WakeFunctions
from components.aws.way_in import WayIn, add_host_rule, add_target_group
from homeport.planner.plan import EndpointPlan, StackPlan

_HEALTH_PRIORITY = 1
_HOST_PRIORITY = 2


@dataclass(frozen=True, kw_only=True)
class PrivateLinkArgs:
    """Arguments of `PrivateLink`."""

    plan: StackPlan
    endpoint: EndpointPlan
    network: Network
    ingress: Ingress
    functions: WakeFunctions


class PrivateLink(pulumi.ComponentResource):
    """Service -> network load balancer -> own listener of the internal one -> replicas."""

    way_in: WayIn

    def __init__(
        self, name: str, args: PrivateLinkArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:PrivateLink", name, {}, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self._short = short_name(args.endpoint.name)
        balancer, port = args.ingress.internal, args.endpoint.access.listener_port
        assert balancer is not None, "the plan has no internal side"
        assert port is not None, "a private endpoint has a port"
        self._balancer: HttpsLoadBalancer = balancer
        self._port = port
        listener = self._add_listener()
        gate = args.functions.gate_target_group("internal")
        replicas = add_target_group(args.endpoint, vpc_id=args.network.vpc_id, parent=self)
        rule = add_host_rule(
            args.endpoint,
            listener_arn=listener.arn,
            replicas_arn=replicas.arn,
            gate_arn=gate,
            priority=_HOST_PRIORITY,
            parent=self,
        )
        front = self._add_front()
        door = self._forward(front, listener)
        service = EndpointService(
            args.endpoint.name,
            EndpointServiceArgs(
                plan=args.plan, endpoint=args.endpoint, front_arn=front.arn, door=door
            ),
            self._child,
        )
        self.way_in = WayIn(
            target_group=replicas,
            gate_target_group_arn=gate,
            rule=rule,
            listener=listener,
            load_balancer=balancer.load_balancer,
            private_service_name=service.service_name,
        )
        self.register_outputs({"service_name": service.service_name})

    def _add_listener(self) -> aws.lb.Listener:
        listener = add_https_listener(
            self._short,
            plan=self._args.plan,
            balancer=self._balancer,
            certificate_arn=self._args.ingress.certificate_arn,
            port=self._port,
            tags=self._args.endpoint.tags,
            parent=self,
        )
        aws.lb.ListenerRule(
            f"{self._short}-health",
            listener_arn=listener.arn,
            priority=_HEALTH_PRIORITY,
            conditions=[
                aws.lb.ListenerRuleConditionArgs(
                    path_pattern=aws.lb.ListenerRuleConditionPathPatternArgs(
                        values=[LOAD_BALANCER_HEALTH_PATH]
                    )
                )
            ],
            actions=[
                aws.lb.ListenerRuleActionArgs(
                    type="fixed-response",
                    fixed_response=aws.lb.ListenerRuleActionFixedResponseArgs(
                        content_type="text/plain", message_body="ok", status_code="200"
                    ),
                )
            ],
            tags=self._args.endpoint.tags,
            opts=self._child,
        )
        return listener

    def _add_front(self) -> aws.lb.LoadBalancer:
        args = self._args
        group = aws.ec2.SecurityGroup(
            f"{self._short}-link",
            # No rule lets anything in: consumers come by private link, which is not asked for
            # rules because their addresses may overlap with ours.
            description="Private link: in from consumers only, out to one port",
            vpc_id=args.network.vpc_id,
            tags=args.endpoint.tags,
            opts=self._child,
        )
        self._open_port(group)
        return aws.lb.LoadBalancer(
            f"{self._short}-nlb",
            load_balancer_type="network",
            internal=True,
            ip_address_type="ipv4",
            subnets=args.network.private_subnet_ids,
            # Cannot be added to a network load balancer later.
            security_groups=[group.id],
            enforce_security_group_inbound_rules_on_private_link_traffic="off",
            enable_cross_zone_load_balancing=True,
            # Not protected: it goes with its endpoint, and removing a spec is an ordinary edit.
            enable_deletion_protection=False,
            tags=args.endpoint.tags,
            opts=self._child,
        )

    def _open_port(self, front_group: aws.ec2.SecurityGroup) -> None:
        aws.vpc.SecurityGroupEgressRule(
            f"{self._short}-link",
            security_group_id=front_group.id,
            description="To this endpoint's listener",
            ip_protocol="tcp",
            from_port=self._port,
            to_port=self._port,
            referenced_security_group_id=self._balancer.security_group_id,
            opts=self._child,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._short}-link",
            security_group_id=self._balancer.security_group_id,
            description=f"Listener of {self._args.endpoint.name}, from its private link only",
            ip_protocol="tcp",
            from_port=self._port,
            to_port=self._port,
            referenced_security_group_id=front_group.id,
            opts=self._child,
        )

    def _forward(
        self, front: aws.lb.LoadBalancer, listener: aws.lb.Listener
    ) -> aws.lb.TargetGroupAttachment:
        """Everything from the private link to this endpoint's listener port, TLS untouched."""
        args = self._args
        group = aws.lb.TargetGroup(
            f"{self._short}-alb",
            target_type="alb",
            protocol="TCP",
            # Of an `alb` target group, the port must be that of the listener it stands for.
            port=self._port,
            vpc_id=args.network.vpc_id,
            health_check=aws.lb.TargetGroupHealthCheckArgs(
                protocol="HTTPS",
                path=LOAD_BALANCER_HEALTH_PATH,
                matcher="200",
                interval=10,
                timeout=6,
                healthy_threshold=2,
                unhealthy_threshold=2,
            ),
            tags=args.endpoint.tags,
            opts=self._child,
        )
        aws.lb.Listener(
            f"{self._short}-link",
            load_balancer_arn=front.arn,
            port=HTTPS_PORT,
            protocol="TCP",
            tcp_idle_timeout_seconds=args.plan.ingress.private_link_idle_timeout_seconds,
            default_actions=[
                aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=group.arn)
            ],
            tags=args.endpoint.tags,
            opts=self._child,
        )
        return aws.lb.TargetGroupAttachment(
            f"{self._short}-alb",
            target_group_arn=group.arn,
            target_id=self._balancer.load_balancer.arn,
            port=self._port,
            # AWS refuses a load balancer that has no listener on the port yet.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[listener]),
        )
