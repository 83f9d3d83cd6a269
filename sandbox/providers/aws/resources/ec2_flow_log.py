"""aws.ec2.FlowLog: of a network, to CloudWatch Logs."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import from_tag_list, tag_specifications, update_tags

GONE = ("InvalidFlowLogId.NotFound",)
TEN_MINUTES = 600


def create(operation: Operation) -> None:
    answer = operation.client("ec2").create_flow_logs(
        ResourceIds=[operation.inputs["vpcId"]],
        ResourceType="VPC",
        TrafficType=operation.inputs["trafficType"],
        LogDestinationType=operation.get("logDestinationType", "cloud-watch-logs"),
        LogDestination=operation.inputs["logDestination"],
        DeliverLogsPermissionArn=operation.inputs["iamRoleArn"],
        MaxAggregationInterval=operation.get("maxAggregationInterval", TEN_MINUTES),
        TagSpecifications=tag_specifications(operation, "vpc-flow-log"),
    )
    if answer.get("Unsuccessful"):
        raise ValueError(answer["Unsuccessful"][0]["Error"]["Message"])
    operation.created(answer["FlowLogIds"][0])


def read(operation: Operation) -> dict[str, Any] | None:
    ec2 = operation.client("ec2")
    answer = found(GONE, lambda: ec2.describe_flow_logs(FlowLogIds=[operation.id]))
    if not answer or not answer["FlowLogs"]:
        return None
    log = answer["FlowLogs"][0]
    return {
        "arn": operation.arn("ec2", f"vpc-flow-log/{operation.id}"),
        "vpcId": log["ResourceId"],
        "trafficType": log["TrafficType"],
        "logDestinationType": log.get("LogDestinationType", "cloud-watch-logs"),
        "logDestination": log.get("LogDestination"),
        "iamRoleArn": log.get("DeliverLogsPermissionArn"),
        "maxAggregationInterval": log.get("MaxAggregationInterval", TEN_MINUTES),
        "logFormat": log.get("LogFormat"),
        "tags": from_tag_list(log.get("Tags")),
    }


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    found(GONE, lambda: ec2.delete_flow_logs(FlowLogIds=[operation.id]))


DOCS = "pulumi_aws.ec2.FlowLog"
GO = "hashicorp/terraform-provider-aws, internal/service/ec2/vpc_flow_log.go: ForceNew"

TYPE = ResourceType(
    token="aws:ec2/flowLog:FlowLog",
    cloudformation="AWS::EC2::FlowLog",
    properties={
        "vpcId": Property(
            cloudformation="ResourceId",
            required=True,
            because=f"{DOCS}: one of eni, subnet, network; the sandbox serves networks",
        ),
        "trafficType": Property(
            required=True, because=f"{DOCS}: needed for everything but transit gateways"
        ),
        "logDestinationType": Property(
            default="cloud-watch-logs",
            rules={"enum": ["cloud-watch-logs"]},
            because=f"{DOCS}: 'Default: cloud-watch-logs.'; the sandbox serves no other",
        ),
        "logDestination": Property(
            required=True, because=f"{DOCS}: 'ARN of the logging destination.'"
        ),
        "iamRoleArn": Property(
            cloudformation="DeliverLogsPermissionArn",
            required=True,
            replaces=True,
            because=GO,
        ),
        "maxAggregationInterval": Property(
            default=TEN_MINUTES,
            rules={"enum": [60, 600]},
            because=f"{DOCS}: 'Valid Values: 60 seconds (1 minute) or 600 seconds (10 minutes). Default: 600.'",
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update_tags,
    delete=delete,
    sample=lambda: {
        "vpcId": "vpc-0123456789abcdef0",
        "trafficType": "REJECT",
        "logDestinationType": "cloud-watch-logs",
        "logDestination": "arn:aws:logs:us-east-1:123456789012:log-group:/homeport/demo/_flow",
        "iamRoleArn": "arn:aws:iam::123456789012:role/homeport/demo/flow",
        "maxAggregationInterval": 600,
        "tags": {"team": "search"},
    },
)
