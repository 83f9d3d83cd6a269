"""What a machine starts from: model, engine, image, machine, homeport's version; no live value.

A change here rolls the machines, so nothing may enter that can change for another reason: no tag of
the user, no access mode, no limit, no allow list.
"""

import base64
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.artefacts import Artefacts, artefact, boot_key
from components.aws.boot import boot_document, user_data
from components.aws.logical_names import short_name
from homeport.planner.plan import EndpointPlan, MachinePlan, StackPlan

_ROOT_DEVICE = "/dev/xvda"
"""Of Amazon Linux 2023 and of the images that AWS builds on it (EC2 guide, read 2026-11)."""

_TCP_ESTABLISHED_SECONDS = 4200
"""How long a connection may be quiet before the machine's network card forgets it; above the load
balancer's 4000 s. On the newest machines AWS's own value is 350 s (EC2 guide, "Connection tracking
timeouts", read 2026-11)."""


@dataclass(frozen=True, kw_only=True)
class LaunchTemplateArgs:
    """Arguments of `add_launch_template`."""

    plan: StackPlan
    endpoint: EndpointPlan
    artefacts: Artefacts
    security_group_id: pulumi.Input[str]
    instance_profile_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]


def add_launch_template(
    args: LaunchTemplateArgs, *, parent: pulumi.Resource
) -> aws.ec2.LaunchTemplate:
    """The template, and in the artefact bucket the boot document that its user data names by hash."""
    machine = args.endpoint.machine
    # Another capacity makes another version, or a refresh would skip the machines as already right.
    tags = {**args.plan.tags, "homeport:capacity": machine.capacity}
    return aws.ec2.LaunchTemplate(
        short_name(args.endpoint.name),
        description=f"homeport {args.plan.homeport_version}: {args.endpoint.name}",
        image_id=machine.image_id,
        instance_type=machine.instance_type,
        update_default_version=True,
        user_data=_user_data(args, parent),
        iam_instance_profile=aws.ec2.LaunchTemplateIamInstanceProfileArgs(
            arn=args.instance_profile_arn
        ),
        metadata_options=_metadata(),
        network_interfaces=[_network_interface(args)],
        block_device_mappings=[_root_volume(machine, args.key_arn)],
        monitoring=aws.ec2.LaunchTemplateMonitoringArgs(enabled=True),
        tag_specifications=[
            aws.ec2.LaunchTemplateTagSpecificationArgs(resource_type=kind, tags=tags)
            for kind in ("instance", "volume", "network-interface")
        ],
        tags=args.plan.tags,
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _user_data(args: LaunchTemplateArgs, parent: pulumi.Resource) -> pulumi.Output[str]:
    document = boot_document(args.plan, args.endpoint)
    stored = artefact(
        short_name(args.endpoint.name),
        bucket=args.artefacts.bucket,
        key=boot_key(args.endpoint.name, document),
        content=document,
        tags=args.plan.tags,
        parent=parent,
    )
    # Through the stored objects' keys, so that no machine starts before they are there.
    return pulumi.Output.all(
        bucket=args.artefacts.bucket,
        archive_key=args.artefacts.archive_key,
        boot_key=stored.key,
    ).apply(
        lambda found: base64.b64encode(
            user_data(
                args.plan,
                args.endpoint,
                archive_sha256=args.artefacts.archive_sha256,
                **found,
            ).encode()
        ).decode()
    )


def _metadata() -> aws.ec2.LaunchTemplateMetadataOptionsArgs:
    """Session tokens only, one hop: a container's packets do not reach the machine's identity."""
    return aws.ec2.LaunchTemplateMetadataOptionsArgs(
        http_endpoint="enabled",
        http_tokens="required",
        http_put_response_hop_limit=1,
        instance_metadata_tags="disabled",
    )


def _network_interface(
    args: LaunchTemplateArgs,
) -> aws.ec2.LaunchTemplateNetworkInterfaceArgs:
    tracking = aws.ec2.LaunchTemplateNetworkInterfaceConnectionTrackingSpecificationArgs(
        tcp_established_timeout=_TCP_ESTABLISHED_SECONDS
    )
    return aws.ec2.LaunchTemplateNetworkInterfaceArgs(
        device_index=0,
        associate_public_ip_address="false",
        delete_on_termination="true",
        security_groups=[args.security_group_id],
        connection_tracking_specification=tracking,
    )


def _root_volume(
    machine: MachinePlan, key_arn: pulumi.Input[str]
) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgs:
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name=_ROOT_DEVICE,
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            encrypted="true",
            kms_key_id=key_arn,
            volume_type="gp3",
            volume_size=machine.root_volume_gib,
            iops=machine.root_volume_iops,
            throughput=machine.root_volume_mib_per_second,
            delete_on_termination="true",
        ),
    )
