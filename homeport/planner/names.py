"""Physical names that something must know before the resource exists.

Everything else is auto-named by Pulumi, so that a replacement can stand beside what it replaces. Each
name keeps eight characters below its limit, the room that a suffix or a migration may need.
"""

from homeport.planner.plan import EndpointNames, StackNames

STACK_NAME_MAX = 23
"""Characters: with an endpoint's 32 and a dash it makes the longest role name (64 - 8)."""

LIMITS = {
    # IAM role name 64; Auto Scaling group name 255; log group name 512; DynamoDB table name 255;
    # IAM custom suffix: `AWSServiceRoleForAutoScaling_` + suffix is a role name.
    # (IAM, Auto Scaling, CloudWatch Logs and DynamoDB API references, read 2026-11)
    "role": 64 - 8,
    "group": 255 - 8,
    "log_group": 512 - 8,
    "table": 255 - 8,
    # Lambda function name 64 (CreateFunction, read 2026-11).
    "gate": 64 - 8,
    "reconciler": 64 - 8,
    "service_linked_role_suffix": 64 - len("AWSServiceRoleForAutoScaling_"),
}


def stack_names(stack: str) -> StackNames:
    """Names of what the endpoints of a stack share on AWS."""
    return StackNames(
        table=f"homeport-{stack}",
        service_linked_role_suffix=f"homeport-{stack}",
        role_path=f"/homeport/{stack}/",
        log_group_prefix=f"/homeport/{stack}",
        gate=f"homeport-{stack}-gate",
        reconciler=f"homeport-{stack}-reconciler",
    )


def endpoint_names(stack: str, endpoint: str) -> EndpointNames:
    """Names of one endpoint's resources on AWS.

    IAM names are one space for the whole account: they begin with the stack's name, which is unique
    in its project, and live under the stack's role path. The dot, which no endpoint's name holds, keeps
    endpoint `eu-llama` of stack `prod` apart from endpoint `llama` of stack `prod-eu`.
    """
    return EndpointNames(
        group=f"homeport-{stack}.{endpoint}",
        role=f"{stack}.{endpoint}",
        log_group=f"/homeport/{stack}/{endpoint}",
        metric_namespace=f"homeport/{stack}/{endpoint}",
        table_prefix=f"{endpoint}#",
    )
