"""One endpoint's place on a load balancer, whichever side it is on."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.gateway_address import GATEWAY_PORT, READY_PATH
from components.aws.logical_names import short_name
from components.aws.owners import ignored_properties
from homeport.planner.plan import EndpointPlan, Side

SIDE_SUFFIX: dict[Side, str] = {"public": "pub", "internal": "int"}


@dataclass(frozen=True, kw_only=True)
class WayIn:
    """What the rest of an endpoint must know of its way in."""

    target_group: aws.lb.TargetGroup
    """Of the replicas."""
    gate_target_group_arn: pulumi.Output[str]
    rule: aws.lb.ListenerRule
    listener: aws.lb.Listener
    load_balancer: aws.lb.LoadBalancer
    private_service_name: pulumi.Output[str] | None


def side_name(endpoint: EndpointPlan) -> str:
    """Logical name with the side in it: on a move the new is made before the old goes."""
    return f"{short_name(endpoint.name)}-{SIDE_SUFFIX[endpoint.access.side]}"


def add_target_group(
    endpoint: EndpointPlan, *, vpc_id: pulumi.Input[str], parent: pulumi.Resource
) -> aws.lb.TargetGroup:
    """The replicas of one endpoint. HTTP1: a fixed answer is not possible beside HTTP2 groups."""
    return aws.lb.TargetGroup(
        side_name(endpoint),
        target_type="instance",
        protocol="HTTPS",
        protocol_version="HTTP1",
        port=GATEWAY_PORT,
        vpc_id=vpc_id,
        deregistration_delay=endpoint.drain.deregistration_delay_seconds,
        load_balancing_algorithm_type="least_outstanding_requests",
        health_check=aws.lb.TargetGroupHealthCheckArgs(
            protocol="HTTPS",
            path=READY_PATH,
            matcher="200",
            interval=5,
            timeout=4,
            healthy_threshold=2,
            unhealthy_threshold=3,
        ),
        tags=endpoint.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def add_host_rule(
    endpoint: EndpointPlan,
    *,
    listener_arn: pulumi.Input[str],
    replicas_arn: pulumi.Input[str],
    gate_arn: pulumi.Input[str],
    priority: int | None,
    parent: pulumi.Resource,
) -> aws.lb.ListenerRule:
    """This host, and no other, to the gate at first; which way it points is then the reconciler's to say.

    Both target groups stay in the rule, one with all the weight: a group that no rule names is never
    checked, and its targets are never healthy.

    Without a priority the provider takes the next free one and keeps it: hosts are disjoint, so
    order means nothing, and a neighbour that comes or goes renumbers nobody.
    """
    return aws.lb.ListenerRule(
        side_name(endpoint),
        listener_arn=listener_arn,
        priority=priority,
        conditions=[
            aws.lb.ListenerRuleConditionArgs(
                host_header=aws.lb.ListenerRuleConditionHostHeaderArgs(
                    values=[endpoint.access.host]
                )
            )
        ],
        actions=[
            aws.lb.ListenerRuleActionArgs(
                type="forward",
                forward=aws.lb.ListenerRuleActionForwardArgs(
                    target_groups=[
                        aws.lb.ListenerRuleActionForwardTargetGroupArgs(arn=arn, weight=weight)
                        for arn, weight in ((replicas_arn, 0), (gate_arn, 1))
                    ]
                ),
            )
        ],
        tags=endpoint.tags,
        opts=pulumi.ResourceOptions(
            parent=parent, ignore_changes=ignored_properties("aws:lb/listenerRule:ListenerRule")
        ),
    )
