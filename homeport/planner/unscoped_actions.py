"""The only actions that may stand with `Resource: *`: AWS knows no narrower resource for them.

The policy rule about least privilege reads this table.
"""

from collections.abc import Mapping

SERVICE_AUTHORIZATION_REFERENCE = "AWS Service Authorization Reference, read 2026-11"

UNSCOPED_ACTIONS: Mapping[str, str] = {
    "cloudwatch:PutMetricData": "no resource type; limited by the condition key"
    f" cloudwatch:namespace ({SERVICE_AUTHORIZATION_REFERENCE}, CloudWatch)",
    "ecr:GetAuthorizationToken": "no resource type; a token alone opens no repository"
    f" ({SERVICE_AUTHORIZATION_REFERENCE}, Elastic Container Registry)",
}
"""Action -> why it cannot be narrowed, with source."""
