"""One endpoint: a way in, machines, rules that scale them, and what people see of it."""

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws.autoscaling import Autoscaling, AutoscalingArgs
from components.aws.compute import Compute, ComputeArgs
from components.aws.foundation import Foundation
from components.aws.identity import Identity, IdentityArgs
from components.aws.observability import add_endpoint_alarms, add_endpoint_logs
from components.aws.private_link import PrivateLink, PrivateLinkArgs
from components.aws.public_route import PublicRoute, PublicRouteArgs
from components.aws.wake import ConfigurationItemArgs, add_configuration_item
from components.aws.way_in import WayIn, side_name
from homeport.planner.plan import EndpointPlan, StackPlan


@dataclass(frozen=True, kw_only=True)
class EndpointArgs:
    """Arguments of `Endpoint`."""

    plan: StackPlan
    endpoint: EndpointPlan
    foundation: Foundation


class Endpoint(pulumi.ComponentResource):
    """The same resources whatever `replicas.min` is; only the way in depends on the access mode."""

    outputs: dict[str, Any]

    def __init__(
        self, name: str, args: EndpointArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Endpoint", name, {}, opts)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        plan, endpoint, foundation = args.plan, args.endpoint, args.foundation
        logs = add_endpoint_logs(plan, endpoint, key_arn=foundation.encryption.key_arn, parent=self)
        way_in = self._open_way_in()
        compute = self._add_machines(logs)
        self._join(compute, way_in)
        Autoscaling(
            name,
            AutoscalingArgs(endpoint=endpoint, group_name=compute.group.name),
            self._child,
        )
        add_configuration_item(
            ConfigurationItemArgs(
                endpoint=endpoint, table=foundation.table, way_in=way_in, compute=compute
            ),
            parent=self,
        )
        add_endpoint_alarms(
            endpoint, way_in, topic_arn=foundation.observability.topic_arn, parent=self
        )
        self.outputs = {
            "url": endpoint.access.url,
            "group": compute.group.name,
            "log_group": logs.name,
        }
        if way_in.private_service_name is not None:
            self.outputs["private_service_name"] = way_in.private_service_name
        self.register_outputs(self.outputs)

    def _open_way_in(self) -> WayIn:
        args, foundation = self._args, self._args.foundation
        if args.endpoint.access.side == "public":
            return PublicRoute(
                self._name,
                PublicRouteArgs(
                    plan=args.plan,
                    endpoint=args.endpoint,
                    network=foundation.network,
                    ingress=foundation.ingress,
                    functions=foundation.functions,
                ),
                self._child,
            ).way_in
        return PrivateLink(
            self._name,
            PrivateLinkArgs(
                plan=args.plan,
                endpoint=args.endpoint,
                network=foundation.network,
                ingress=foundation.ingress,
                functions=foundation.functions,
            ),
            self._child,
        ).way_in

    def _add_machines(self, logs: aws.cloudwatch.LogGroup) -> Compute:
        args, foundation = self._args, self._args.foundation
        identity = Identity(
            self._name,
            IdentityArgs(
                plan=args.plan,
                endpoint=args.endpoint,
                table=foundation.table,
                artefacts=foundation.artefacts,
                key_arn=foundation.encryption.key_arn,
                log_group_arn=logs.arn,
            ),
            self._child,
        )
        return Compute(
            self._name,
            ComputeArgs(
                plan=args.plan,
                endpoint=args.endpoint,
                network=foundation.network,
                identity=identity,
                artefacts=foundation.artefacts,
                key_arn=foundation.encryption.key_arn,
                service_linked_role_arn=foundation.encryption.service_linked_role_arn,
            ),
            self._child,
        )

    def _join(self, compute: Compute, way_in: WayIn) -> None:
        """Puts the group behind its load balancer.

        A resource of its own, named by side, and not the group's own list: a change of access mode
        then joins the new side before it leaves the old one, and the machines stay.
        """
        aws.autoscaling.Attachment(
            side_name(self._args.endpoint),
            autoscaling_group_name=compute.group.name,
            lb_target_group_arn=way_in.target_group.arn,
            # Until a rule uses the target group its targets are never checked, thus never healthy.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[way_in.rule]),
        )
