"""aws.autoscaling.Attachment: a group's machines in a load balancer's target group."""

import uuid
from typing import Any

from botocore.exceptions import ClientError

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, error_code


def create(operation: Operation) -> None:
    operation.client("autoscaling").attach_load_balancer_target_groups(
        AutoScalingGroupName=operation.inputs["autoscalingGroupName"],
        TargetGroupARNs=[operation.inputs["lbTargetGroupArn"]],
    )
    operation.created(f"{operation.inputs['autoscalingGroupName']}-{uuid.uuid4().hex[:26]}")


def read(operation: Operation) -> dict[str, Any] | None:
    known = {**operation.state, **operation.inputs}
    groups = operation.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[known["autoscalingGroupName"]]
    )["AutoScalingGroups"]
    if not groups or known["lbTargetGroupArn"] not in groups[0].get("TargetGroupARNs", []):
        return None
    return {
        "autoscalingGroupName": groups[0]["AutoScalingGroupName"],
        "lbTargetGroupArn": known["lbTargetGroupArn"],
    }


def delete(operation: Operation) -> None:
    try:
        operation.client("autoscaling").detach_load_balancer_target_groups(
            AutoScalingGroupName=operation.inputs["autoscalingGroupName"],
            TargetGroupARNs=[operation.inputs["lbTargetGroupArn"]],
        )
    except ClientError as error:
        # The provider takes these two for success: the group is gone, or it is not attached any more.
        gone = "not found" in str(error) or "not part of the group" in str(error)
        if error_code(error) != "ValidationError" or not gone:
            raise


GO = "hashicorp/terraform-provider-aws, internal/service/autoscaling/attachment.go: ForceNew"

TYPE = ResourceType(
    token="aws:autoscaling/attachment:Attachment",
    cloudformation=None,
    because="CloudFormation has no such type: target groups stand in AWS::AutoScaling::AutoScalingGroup",
    properties={
        "autoscalingGroupName": Property(because=GO, rules={"minLength": 1, "maxLength": 255}),
        "lbTargetGroupArn": Property(
            required=True,
            because=f"{GO}; exactly one of elb and lbTargetGroupArn, and the sandbox serves no classic load balancer",
            rules={"pattern": "^arn:[a-z-]+:elasticloadbalancing:[^:]+:[0-9]{12}:targetgroup/"},
        ),
    },
    create=create,
    read=read,
    update=None,
    delete=delete,
    sample=lambda: {
        "autoscalingGroupName": "homeport-demo-llama-8b",
        "lbTargetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/0123456789abcdef",
    },
)
