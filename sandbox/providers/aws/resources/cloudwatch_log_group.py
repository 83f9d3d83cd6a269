"""aws.cloudwatch.LogGroup"""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

NEVER_EXPIRES = 0


def create(operation: Operation) -> None:
    logs = operation.client("logs")
    name = operation.name()
    optional = {
        "kmsKeyId": operation.get("kmsKeyId"),
        "logGroupClass": operation.get("logGroupClass"),
        "tags": operation.get("tags"),
        "deletionProtectionEnabled": operation.get("deletionProtectionEnabled"),
    }
    logs.create_log_group(
        logGroupName=name, **{key: value for key, value in optional.items() if value}
    )
    operation.created(name)
    if operation.get("retentionInDays", NEVER_EXPIRES) != NEVER_EXPIRES:
        _set_retention(operation)


def read(operation: Operation) -> dict[str, Any] | None:
    logs = operation.client("logs")
    groups = logs.describe_log_groups(logGroupNamePrefix=operation.id)["logGroups"]
    group = next((item for item in groups if item["logGroupName"] == operation.id), None)
    if group is None:
        return None
    arn = group["arn"].removesuffix(":*")
    return {
        "arn": arn,
        "name": group["logGroupName"],
        "retentionInDays": group.get("retentionInDays", NEVER_EXPIRES),
        "kmsKeyId": group.get("kmsKeyId"),
        "logGroupClass": group.get("logGroupClass", "STANDARD"),
        "deletionProtectionEnabled": group.get("deletionProtectionEnabled", False),
        "tags": logs.list_tags_for_resource(resourceArn=arn)["tags"],
    }


def update(operation: Operation) -> None:
    logs = operation.client("logs")
    if "retentionInDays" in operation.changed:
        _set_retention(operation)
    if "kmsKeyId" in operation.changed:
        if operation.get("kmsKeyId"):
            logs.associate_kms_key(logGroupName=operation.id, kmsKeyId=operation.inputs["kmsKeyId"])
        else:
            logs.disassociate_kms_key(logGroupName=operation.id)
    if "deletionProtectionEnabled" in operation.changed:
        logs.put_log_group_deletion_protection(
            logGroupIdentifier=operation.id,
            deletionProtectionEnabled=bool(operation.get("deletionProtectionEnabled", False)),
        )
    if "tags" in operation.changed:
        written, removed = operation.tag_changes()
        if removed:
            logs.untag_resource(resourceArn=operation.state["arn"], tagKeys=removed)
        if written:
            logs.tag_resource(resourceArn=operation.state["arn"], tags=written)


def delete(operation: Operation) -> None:
    if operation.get("skipDestroy"):
        return
    logs = operation.client("logs")
    found(("ResourceNotFoundException",), lambda: logs.delete_log_group(logGroupName=operation.id))


def _set_retention(operation: Operation) -> None:
    logs = operation.client("logs")
    days = operation.get("retentionInDays", NEVER_EXPIRES)
    if days == NEVER_EXPIRES:
        logs.delete_retention_policy(logGroupName=operation.id)
    else:
        logs.put_retention_policy(logGroupName=operation.id, retentionInDays=days)


DOCS = "pulumi_aws.cloudwatch.LogGroup"
RETENTION_DAYS = [
    *(
        1,
        3,
        5,
        7,
        14,
        30,
        60,
        90,
        120,
        150,
        180,
        365,
        400,
        545,
        731,
        1096,
        1827,
        2192,
        2557,
        2922,
        3288,
        3653,
    ),
    NEVER_EXPIRES,
]

TYPE = ResourceType(
    token="aws:cloudwatch/logGroup:LogGroup",
    cloudformation="AWS::Logs::LogGroup",
    properties={
        "name": Property(cloudformation="LogGroupName"),
        "namePrefix": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Creates a unique name beginning with the specified prefix. Conflicts with name.'",
            replaces=True,
            provider_only=True,
        ),
        "retentionInDays": Property(
            default=NEVER_EXPIRES,
            because=f"{DOCS}: possible values with 0; 'If you select 0, the events ... are always retained'",
            rules={"enum": RETENTION_DAYS},
        ),
        "kmsKeyId": Property(),
        "logGroupClass": Property(
            replaces=True,
            because="CloudWatch Logs API, CreateLogGroup: it 'can't be changed after a log group is created'",
        ),
        "deletionProtectionEnabled": Property(),
        "skipDestroy": Property(
            cloudformation=None,
            because=f"{DOCS}: 'Set to true if you do not wish the log group to be deleted at destroy time'",
            default=False,
            provider_only=True,
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=512),
    check=lambda inputs: (
        [("namePrefix", "conflicts with name")]
        if "name" in inputs and "namePrefix" in inputs
        else []
    ),
    sample=lambda: {
        "name": "/homeport/demo/engine",
        "retentionInDays": 30,
        "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        "logGroupClass": "STANDARD",
        "deletionProtectionEnabled": False,
        "skipDestroy": False,
        "tags": {"team": "search"},
    },
)
