"""A load balancer that reads HTTP, with the security group that reaches the machines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.access_logs import AccessLogs
from components.aws.gateway_address import GATEWAY_PORT
from components.aws.network import Network
from homeport.planner.plan import IngressSidePlan, Side, StackPlan


@dataclass(frozen=True, kw_only=True)
class HttpsLoadBalancerArgs:
    """Arguments of `HttpsLoadBalancer`."""

    plan: StackPlan
    side: Side
    side_plan: IngressSidePlan
    network: Network
    access_logs: AccessLogs


class HttpsLoadBalancer(pulumi.ComponentResource):
    """The one application load balancer of a side. Nothing reaches a machine but through one."""

    load_balancer: aws.lb.LoadBalancer
    security_group_id: pulumi.Output[str]

    def __init__(
        self, name: str, args: HttpsLoadBalancerArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:HttpsLoadBalancer", name, {}, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            args.side,
            description=f"{args.side} load balancer: out to the machines only",
            vpc_id=args.network.vpc_id,
            tags=args.plan.tags,
            opts=self._child,
        )
        self.security_group_id = group.id
        self._connect_machines()
        self.load_balancer = self._add_load_balancer()
        self.register_outputs({"arn": self.load_balancer.arn})

    def _connect_machines(self) -> None:
        side, machines = self._args.side, self._args.network.machines_security_group_id
        aws.vpc.SecurityGroupEgressRule(
            f"{side}-machines",
            security_group_id=self.security_group_id,
            description="TLS to the replicas",
            ip_protocol="tcp",
            from_port=GATEWAY_PORT,
            to_port=GATEWAY_PORT,
            referenced_security_group_id=machines,
            opts=self._child,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"machines-{side}",
            security_group_id=machines,
            description=f"TLS from the {side} load balancer",
            ip_protocol="tcp",
            from_port=GATEWAY_PORT,
            to_port=GATEWAY_PORT,
            referenced_security_group_id=self.security_group_id,
            opts=self._child,
        )

    def _subnets(self) -> Sequence[pulumi.Input[str]]:
        network = self._args.network
        if self._args.side == "public":
            return network.public_subnet_ids
        return network.private_subnet_ids

    def _add_load_balancer(self) -> aws.lb.LoadBalancer:
        args = self._args
        return aws.lb.LoadBalancer(
            f"homeport-{args.side}",
            load_balancer_type="application",
            internal=args.side == "internal",
            ip_address_type="ipv4",
            subnets=self._subnets(),
            security_groups=[self.security_group_id],
            idle_timeout=args.plan.ingress.idle_timeout_seconds,
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            preserve_host_header=True,
            enable_tls_version_and_cipher_suite_headers=True,
            enable_deletion_protection=args.plan.protect,
            access_logs=aws.lb.LoadBalancerAccessLogsArgs(
                bucket=args.access_logs.store.bucket.bucket,
                prefix=args.side,
                enabled=args.side_plan.access_logs,
            ),
            tags=args.plan.tags,
            # AWS writes a test object when logging is switched on: the bucket must let it. And it refuses
            # a public one whose network has no internet gateway yet.
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[
                    args.access_logs.store.policy,
                    *(args.network.ways_in if args.side == "public" else ()),
                ],
            ),
        )


def add_https_listener(
    name: str,
    *,
    plan: StackPlan,
    balancer: HttpsLoadBalancer,
    certificate_arn: pulumi.Output[str],
    port: int,
    tags: Mapping[str, str],
    parent: pulumi.Resource,
) -> aws.lb.Listener:
    """A TLS listener that knows no host: rules name the hosts, everything else is 404."""
    return aws.lb.Listener(
        name,
        load_balancer_arn=balancer.load_balancer.arn,
        port=port,
        protocol="HTTPS",
        ssl_policy=plan.ingress.tls_policy,
        certificate_arn=certificate_arn,
        default_actions=[
            aws.lb.ListenerDefaultActionArgs(
                type="fixed-response",
                fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(
                    content_type="application/json",
                    message_body='{"error":{"code":"unknown_host"}}',
                    status_code="404",
                ),
            )
        ],
        routing_http_response_server_enabled=False,
        routing_http_response_strict_transport_security_header_value="max-age=31536000",
        tags=tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )
