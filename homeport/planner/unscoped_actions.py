"""The only actions that may stand with `Resource: *`: AWS knows no narrower resource for them.

The policy rule about least privilege reads this table.
"""

from collections.abc import Mapping

SERVICE_AUTHORIZATION_REFERENCE = "AWS Service Authorization Reference, read 2026-11"

_NO_RESOURCE = "no resource type: it reads every one of the region"

UNSCOPED_ACTIONS: Mapping[str, str] = {
    **{
        f"autoscaling:{name}": f"{_NO_RESOURCE} ({SERVICE_AUTHORIZATION_REFERENCE}, EC2 Auto Scaling)"
        for name in (
            "DescribeAutoScalingGroups",
            "DescribeInstanceRefreshes",
            "DescribeScalingActivities",
        )
    },
    **{
        f"elasticloadbalancing:{name}": f"{_NO_RESOURCE}"
        f" ({SERVICE_AUTHORIZATION_REFERENCE}, Elastic Load Balancing V2)"
        for name in ("DescribeRules", "DescribeTargetHealth")
    },
    "dynamodb:ListStreams": f"{_NO_RESOURCE}"
    f" ({SERVICE_AUTHORIZATION_REFERENCE}, DynamoDB; Lambda asks for it of a stream's reader)",
    "cloudwatch:PutMetricData": "no resource type; limited by the condition key"
    f" cloudwatch:namespace ({SERVICE_AUTHORIZATION_REFERENCE}, CloudWatch)",
    "ecr:GetAuthorizationToken": "no resource type; a token alone opens no repository"
    f" ({SERVICE_AUTHORIZATION_REFERENCE}, Elastic Container Registry)",
}
"""Action -> why it cannot be narrowed, with source."""
