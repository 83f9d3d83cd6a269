"""aws.lb.TargetGroupAttachment: one instance, or one application load balancer, in a target group."""

import uuid
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._elbv2 import SOURCE

NOT_FOUND = ("TargetGroupNotFound", "InvalidTarget")
GONE = ("Target.NotRegistered", "Target.DeregistrationInProgress")


def create(operation: Operation) -> None:
    operation.client("elbv2").register_targets(
        TargetGroupArn=operation.inputs["targetGroupArn"], Targets=[_target(operation)]
    )
    operation.created(f"{operation.inputs['targetGroupArn']}-{uuid.uuid4().hex[:26]}")


def read(operation: Operation) -> dict[str, Any] | None:
    known = {**operation.state, **operation.inputs}
    elbv2 = operation.client("elbv2")
    answer = found(
        NOT_FOUND, lambda: elbv2.describe_target_health(TargetGroupArn=known["targetGroupArn"])
    )
    for item in answer["TargetHealthDescriptions"] if answer else ():
        target = item["Target"]
        if (
            target["Id"] == known["targetId"]
            and item["TargetHealth"].get("Reason") not in GONE
            and known.get("port") in (None, target.get("Port"))
        ):
            return {
                "targetGroupArn": known["targetGroupArn"],
                "targetId": target["Id"],
                "port": target.get("Port"),
            }
    return None


def delete(operation: Operation) -> None:
    elbv2 = operation.client("elbv2")
    found(
        NOT_FOUND,
        lambda: elbv2.deregister_targets(
            TargetGroupArn=operation.inputs["targetGroupArn"], Targets=[_target(operation)]
        ),
    )


def _target(operation: Operation) -> dict[str, Any]:
    port = operation.get("port")
    return {"Id": operation.inputs["targetId"], **({"Port": port} if port else {})}


_PART = f"a part of CloudFormation's TargetGroup; {SOURCE}target_group_attachment.go: ForceNew"

TYPE = ResourceType(
    token="aws:lb/targetGroupAttachment:TargetGroupAttachment",
    cloudformation=None,
    because="CloudFormation has no such type: targets stand in AWS::ElasticLoadBalancingV2::TargetGroup",
    properties={
        "targetGroupArn": Property(
            because=_PART,
            rules={"pattern": "^arn:[a-z-]+:elasticloadbalancing:[^:]+:[0-9]{12}:targetgroup/"},
        ),
        "targetId": Property(because=_PART, rules={"minLength": 1}),
        "port": Property(
            because=f"{_PART}; ELBv2 API, TargetDescription: 1 to 65535",
            rules={"minimum": 1, "maximum": 65535},
        ),
    },
    create=create,
    read=read,
    update=None,
    delete=delete,
    sample=lambda: {
        "targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/0123456789abcdef",
        "targetId": "i-0123456789abcdef0",
        "port": 8443,
    },
)
