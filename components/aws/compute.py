"""The machines of one endpoint: what each is started from, and the group that holds them."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.artefacts import Artefacts
from components.aws.identity import Identity
from components.aws.launch_template import LaunchTemplateArgs, add_launch_template
from components.aws.logical_names import short_name
from components.aws.network import Network
from components.aws.owners import ignored_properties
from homeport.planner.plan import EndpointPlan, StackPlan

_METRICS = (
    aws.autoscaling.Metric.GROUP_DESIRED_CAPACITY,
    aws.autoscaling.Metric.GROUP_IN_SERVICE_INSTANCES,
    aws.autoscaling.Metric.GROUP_PENDING_INSTANCES,
    aws.autoscaling.Metric.GROUP_TERMINATING_INSTANCES,
    aws.autoscaling.Metric.GROUP_TOTAL_INSTANCES,
)

LAUNCH_HOOK = "homeport-launch"
TERMINATE_HOOK = "homeport-terminate"

_GROUP = "aws:autoscaling/group:Group"


@dataclass(frozen=True, kw_only=True)
class ComputeArgs:
    """Arguments of `Compute`."""

    plan: StackPlan
    endpoint: EndpointPlan
    network: Network
    identity: Identity
    artefacts: Artefacts
    key_arn: pulumi.Input[str]
    service_linked_role_arn: pulumi.Input[str]


class Compute(pulumi.ComponentResource):
    """A template without a live value, and a group whose size is not a deployment's to set."""

    group: aws.autoscaling.Group
    template: aws.ec2.LaunchTemplate
    template_version: pulumi.Output[str]

    def __init__(
        self, name: str, args: ComputeArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Compute", name, {}, opts)
        self.template = add_launch_template(
            LaunchTemplateArgs(
                plan=args.plan,
                endpoint=args.endpoint,
                artefacts=args.artefacts,
                security_group_id=args.network.machines_security_group_id,
                instance_profile_arn=args.identity.instance_profile_arn,
                key_arn=args.key_arn,
            ),
            parent=self,
        )
        # A number: with `$Latest` a new template would start no refresh and know no way back.
        self.template_version = pulumi.Output.format("{0}", self.template.latest_version)
        self.group = self._add_group(args)
        self.register_outputs({"group": self.group.name})

    def _add_group(self, args: ComputeArgs) -> aws.autoscaling.Group:
        endpoint, scaling = args.endpoint, args.endpoint.scaling
        spot = endpoint.machine.capacity == "spot"
        return aws.autoscaling.Group(
            short_name(endpoint.name),
            name=endpoint.names.group,
            vpc_zone_identifiers=args.network.private_subnet_ids,
            launch_template=None if spot else self._on_demand(),
            mixed_instances_policy=self._spot() if spot else None,
            capacity_rebalance=spot,
            # Both only count when the group is made; see `owners.py`.
            min_size=scaling.initial_replicas,
            desired_capacity=scaling.initial_replicas,
            max_size=scaling.max_replicas,
            default_instance_warmup=scaling.warmup_seconds,
            health_check_type="ELB",
            health_check_grace_period=120,
            initial_lifecycle_hooks=_lifecycle_hooks(),
            instance_refresh=_instance_refresh(),
            instance_maintenance_policy=aws.autoscaling.GroupInstanceMaintenancePolicyArgs(
                min_healthy_percentage=100, max_healthy_percentage=200
            ),
            availability_zone_distribution=aws.autoscaling.GroupAvailabilityZoneDistributionArgs(
                capacity_distribution_strategy="balanced-best-effort"
            ),
            termination_policies=["OldestLaunchTemplate", "Default"],
            enabled_metrics=list(_METRICS),
            # The reconciler judges starts; a deployment that waited for them would hang while
            # the cloud has no capacity.
            wait_for_capacity_timeout="0",
            ignore_failed_scaling_activities=True,
            service_linked_role_arn=args.service_linked_role_arn,
            tags=_tags(endpoint),
            opts=pulumi.ResourceOptions(
                parent=self,
                # A machine that is there before its way out finds neither image nor weights.
                depends_on=[args.identity.policy, *args.network.ways_out],
                ignore_changes=ignored_properties(_GROUP),
                # Deleting a group waits for its machines, and they for their last request.
                custom_timeouts=pulumi.CustomTimeouts(
                    delete=f"{endpoint.drain.group_delete_timeout_seconds}s"
                ),
            ),
        )

    def _on_demand(self) -> aws.autoscaling.GroupLaunchTemplateArgs:
        return aws.autoscaling.GroupLaunchTemplateArgs(
            id=self.template.id, version=self.template_version
        )

    def _spot(self) -> aws.autoscaling.GroupMixedInstancesPolicyArgs:
        specification = (
            aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateLaunchTemplateSpecificationArgs(
                launch_template_id=self.template.id, version=self.template_version
            )
        )
        return aws.autoscaling.GroupMixedInstancesPolicyArgs(
            launch_template=aws.autoscaling.GroupMixedInstancesPolicyLaunchTemplateArgs(
                launch_template_specification=specification
            ),
            instances_distribution=aws.autoscaling.GroupMixedInstancesPolicyInstancesDistributionArgs(
                on_demand_base_capacity=0,
                on_demand_percentage_above_base_capacity=0,
                spot_allocation_strategy="price-capacity-optimized",
            ),
        )


def _lifecycle_hooks() -> list[aws.autoscaling.GroupInitialLifecycleHookArgs]:
    """Constants, never derived from a spec: AWS takes them only when the group is made.

    A starting machine that goes silent costs ten minutes; one that loads a large model records
    heartbeats. A leaving one has already lost its requests when its hook begins.
    """
    return [
        aws.autoscaling.GroupInitialLifecycleHookArgs(
            name=LAUNCH_HOOK,
            lifecycle_transition="autoscaling:EC2_INSTANCE_LAUNCHING",
            heartbeat_timeout=600,
            default_result="ABANDON",
        ),
        aws.autoscaling.GroupInitialLifecycleHookArgs(
            name=TERMINATE_HOOK,
            lifecycle_transition="autoscaling:EC2_INSTANCE_TERMINATING",
            heartbeat_timeout=120,
            default_result="CONTINUE",
        ),
    ]


def _instance_refresh() -> aws.autoscaling.GroupInstanceRefreshArgs:
    """New machines first, then the old ones go; a refresh that fails puts the old template back."""
    return aws.autoscaling.GroupInstanceRefreshArgs(
        strategy="Rolling",
        preferences=aws.autoscaling.GroupInstanceRefreshPreferencesArgs(
            min_healthy_percentage=100,
            max_healthy_percentage=200,
            skip_matching=True,
            auto_rollback=True,
            scale_in_protected_instances="Refresh",
        ),
    )


def _tags(endpoint: EndpointPlan) -> list[aws.autoscaling.GroupTagArgs]:
    """On the group, which passes them on to its machines: a tag in the template rolls them."""
    return [
        aws.autoscaling.GroupTagArgs(key=key, value=value, propagate_at_launch=True)
        for key, value in sorted(endpoint.tags.items())
    ]
