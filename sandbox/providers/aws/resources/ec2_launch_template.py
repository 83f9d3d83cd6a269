"""aws.ec2.LaunchTemplate: every change of its data is a new version."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import from_tag_list, tag_specifications, update_tags
from sandbox.providers.aws.resources._launch_template_data import from_data, to_data

GONE = (
    "InvalidLaunchTemplateId.NotFound",
    "InvalidLaunchTemplateId.NotFoundException",
    "InvalidLaunchTemplateName.NotFoundException",
)
OUTSIDE_THE_DATA = frozenset({"tags", "updateDefaultVersion", "name"})


def create(operation: Operation) -> None:
    description = operation.get("description")
    template = operation.client("ec2").create_launch_template(
        LaunchTemplateName=operation.name(),
        LaunchTemplateData=to_data(operation.inputs),
        TagSpecifications=tag_specifications(operation, "launch-template"),
        **({"VersionDescription": description} if description else {}),
    )["LaunchTemplate"]
    operation.created(template["LaunchTemplateId"])


def read(operation: Operation) -> dict[str, Any] | None:
    ec2 = operation.client("ec2")
    answer = found(GONE, lambda: ec2.describe_launch_templates(LaunchTemplateIds=[operation.id]))
    if not answer or not answer["LaunchTemplates"]:
        return None
    template = answer["LaunchTemplates"][0]
    version = ec2.describe_launch_template_versions(
        LaunchTemplateId=operation.id, Versions=[str(template["LatestVersionNumber"])]
    )["LaunchTemplateVersions"][0]
    return {
        "arn": operation.arn("ec2", f"launch-template/{operation.id}"),
        "name": template["LaunchTemplateName"],
        "description": version.get("VersionDescription") or None,
        "latestVersion": template["LatestVersionNumber"],
        "defaultVersion": template["DefaultVersionNumber"],
        **from_data(version["LaunchTemplateData"]),
        "tags": _tags(operation),
    }


def _tags(operation: Operation) -> dict[str, str]:
    """From EC2's own list: the emulator's description shows the tags of the first day only."""
    answer = operation.client("ec2").describe_tags(
        Filters=[{"Name": "resource-id", "Values": [operation.id]}]
    )
    return from_tag_list(answer["Tags"])


def update(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    if operation.changed - OUTSIDE_THE_DATA:
        description = operation.get("description")
        version = ec2.create_launch_template_version(
            LaunchTemplateId=operation.id,
            LaunchTemplateData=to_data(operation.inputs),
            **({"VersionDescription": description} if description else {}),
        )["LaunchTemplateVersion"]["VersionNumber"]
        if operation.get("updateDefaultVersion"):
            ec2.modify_launch_template(LaunchTemplateId=operation.id, DefaultVersion=str(version))
    update_tags(operation)


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    found(GONE, lambda: ec2.delete_launch_template(LaunchTemplateId=operation.id))


DOCS = "pulumi_aws.ec2.LaunchTemplate"
GO = "hashicorp/terraform-provider-aws, internal/service/ec2/ec2_launch_template.go"
DATA = "LaunchTemplateData"


def _flag(path: str) -> Property:
    return Property(
        cloudformation=path,
        rules={"enum": ["true", "false", ""], "type": "string"},
        because=f"{GO}: a nullable boolean, which is a text",
    )


TYPE = ResourceType(
    token="aws:ec2/launchTemplate:LaunchTemplate",
    cloudformation="AWS::EC2::LaunchTemplate",
    properties={
        "name": Property(
            cloudformation="LaunchTemplateName", replaces=True, because=f"{GO}: ForceNew"
        ),
        "description": Property(cloudformation="VersionDescription"),
        "updateDefaultVersion": Property(
            cloudformation=None,
            provider_only=True,
            because=f"{DOCS}: 'Whether to update Default Version each update.'",
        ),
        "imageId": Property(cloudformation=f"{DATA}/ImageId"),
        "instanceType": Property(cloudformation=f"{DATA}/InstanceType"),
        "userData": Property(cloudformation=f"{DATA}/UserData"),
        "iamInstanceProfile": Property(
            cloudformation=f"{DATA}/IamInstanceProfile",
            properties={"arn": Property(cloudformation="Arn")},
            refused=frozenset({"name"}),
        ),
        "metadataOptions": Property(
            cloudformation=f"{DATA}/MetadataOptions",
            properties={
                "httpEndpoint": Property(
                    rules={"enum": ["enabled", "disabled"]},
                    because=f'{DOCS}: \'Can be "enabled" or "disabled".\'',
                ),
                "httpTokens": Property(
                    rules={"enum": ["optional", "required"]},
                    because=f'{DOCS}: \'Can be "optional" or "required".\'',
                ),
                "httpPutResponseHopLimit": Property(
                    rules={"minimum": 1, "maximum": 64},
                    because=f"{DOCS}: 'Can be an integer from 1 to 64.'",
                ),
                "instanceMetadataTags": Property(
                    rules={"enum": ["enabled", "disabled"]},
                    because=f'{DOCS}: \'Can be "enabled" or "disabled".\'',
                ),
            },
            refused=frozenset({"httpProtocolIpv6"}),
        ),
        "networkInterfaces": Property(
            cloudformation=f"{DATA}/NetworkInterfaces",
            unordered=False,
            because=f"{GO}: TypeList",
            properties={
                "deviceIndex": Property(),
                "associatePublicIpAddress": _flag("AssociatePublicIpAddress"),
                "deleteOnTermination": _flag("DeleteOnTermination"),
                "securityGroups": Property(
                    cloudformation="Groups", unordered=True, because=f"{GO}: TypeSet"
                ),
                "connectionTrackingSpecification": Property(
                    properties={"tcpEstablishedTimeout": Property()},
                    refused=frozenset({"udpStreamTimeout", "udpTimeout"}),
                ),
            },
            refused=frozenset(
                {
                    *("associateCarrierIpAddress", "description", "enaSrdSpecification"),
                    *("interfaceType", "ipv4AddressCount", "ipv4Addresses", "ipv4PrefixCount"),
                    *("ipv4Prefixes", "ipv6AddressCount", "ipv6Addresses", "ipv6PrefixCount"),
                    *("ipv6Prefixes", "networkCardIndex", "networkInterfaceId", "primaryIpv6"),
                    *("privateIpAddress", "subnetId", "enaQueueCount"),
                }
            ),
        ),
        "blockDeviceMappings": Property(
            cloudformation=f"{DATA}/BlockDeviceMappings",
            unordered=False,
            because=f"{GO}: TypeList",
            properties={
                "deviceName": Property(
                    required=True, because=f"{GO}: a mapping without a device maps nothing"
                ),
                "ebs": Property(
                    properties={
                        "encrypted": _flag("Encrypted"),
                        "deleteOnTermination": _flag("DeleteOnTermination"),
                        "kmsKeyId": Property(),
                        "volumeType": Property(
                            rules={"enum": ["gp2", "gp3", "io1", "io2", "sc1", "st1", "standard"]},
                            because=f"{DOCS}: 'Can be one of standard, gp2, gp3, io1, io2, sc1 or st1.'",
                        ),
                        "volumeSize": Property(),
                        "iops": Property(),
                        "throughput": Property(
                            rules={"minimum": 125, "maximum": 2000},
                            because=f"{GO}: IntBetween(125, 2000)",
                        ),
                    },
                    refused=frozenset({"snapshotId", "volumeInitializationRate"}),
                ),
            },
            refused=frozenset({"noDevice", "virtualName"}),
        ),
        "monitoring": Property(
            cloudformation=f"{DATA}/Monitoring", properties={"enabled": Property()}
        ),
        "tagSpecifications": Property(
            cloudformation=f"{DATA}/TagSpecifications",
            unordered=False,
            because=f"{GO}: TypeList",
            properties={"resourceType": Property(), "tags": Property()},
        ),
        "tags": Property(
            cloudformation=None, because=f"{DOCS}: 'Map of tags to assign to the launch template.'"
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    # terraform-provider-aws, CustomizeDiff: a change of the data makes `latest_version` known after apply.
    recomputed=lambda changed: (
        frozenset({"latestVersion", "defaultVersion"})
        if changed - OUTSIDE_THE_DATA
        else frozenset()
    ),
    auto_name=AutoName(max_length=128),
    sample=lambda: {
        "name": "llama-8b",
        "description": "homeport 0.1.0: llama-8b",
        "updateDefaultVersion": True,
        "imageId": "ami-0123456789abcdef0",
        "instanceType": "g6.xlarge",
        "userData": "IyEvYmluL3NoCg==",
        "iamInstanceProfile": {
            "arn": "arn:aws:iam::123456789012:instance-profile/homeport/demo/llama-8b"
        },
        "metadataOptions": {
            "httpEndpoint": "enabled",
            "httpTokens": "required",
            "httpPutResponseHopLimit": 1,
            "instanceMetadataTags": "disabled",
        },
        "networkInterfaces": [
            {
                "deviceIndex": 0,
                "associatePublicIpAddress": "false",
                "deleteOnTermination": "true",
                "securityGroups": ["sg-0123456789abcdef0"],
                "connectionTrackingSpecification": {"tcpEstablishedTimeout": 4200},
            }
        ],
        "blockDeviceMappings": [
            {
                "deviceName": "/dev/xvda",
                "ebs": {
                    "encrypted": "true",
                    "deleteOnTermination": "true",
                    "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
                    "volumeType": "gp3",
                    "volumeSize": 200,
                    "iops": 6000,
                    "throughput": 1000,
                },
            }
        ],
        "monitoring": {"enabled": True},
        "tagSpecifications": [{"resourceType": "instance", "tags": {"team": "search"}}],
        "tags": {"team": "search"},
    },
)
