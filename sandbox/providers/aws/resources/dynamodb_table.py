"""aws.dynamodb.Table: keys, on-demand capacity, stream, expiry, recovery, encryption, protection."""

from typing import Any

from sandbox.providers.aws.declaration import AutoName, Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found

GONE = ("ResourceNotFoundException",)
ON_DEMAND = "PAY_PER_REQUEST"


def create(operation: Operation) -> None:
    dynamodb, name = operation.client("dynamodb"), operation.name()
    dynamodb.create_table(
        TableName=name,
        KeySchema=_keys(operation),
        AttributeDefinitions=[
            {"AttributeName": one["name"], "AttributeType": one["type"]}
            for one in operation.inputs["attributes"]
        ],
        BillingMode=operation.get("billingMode", "PROVISIONED"),
        DeletionProtectionEnabled=bool(operation.get("deletionProtectionEnabled", False)),
        Tags=[{"Key": key, "Value": value} for key, value in operation.get("tags", {}).items()],
        **_encryption(operation),
        **_stream(operation),
    )
    operation.created(name)
    operation.wait_until(f"table {name}", lambda: _described(operation)["TableStatus"] == "ACTIVE")
    if operation.get("ttl"):
        _set_expiry(operation)
    if operation.get("pointInTimeRecovery"):
        _set_recovery(operation)


def read(operation: Operation) -> dict[str, Any] | None:
    table = _described(operation)
    if table is None:
        return None
    dynamodb = operation.client("dynamodb")
    keys = {one["KeyType"]: one["AttributeName"] for one in table["KeySchema"]}
    stream = table.get("StreamSpecification") or {}
    tags = dynamodb.list_tags_of_resource(ResourceArn=table["TableArn"]).get("Tags", [])
    return {
        "arn": table["TableArn"],
        "name": table["TableName"],
        "hashKey": keys["HASH"],
        "rangeKey": keys.get("RANGE"),
        "attributes": [
            {"name": one["AttributeName"], "type": one["AttributeType"]}
            for one in table["AttributeDefinitions"]
        ],
        "billingMode": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "streamEnabled": bool(stream.get("StreamEnabled")),
        "streamViewType": stream.get("StreamViewType"),
        "streamArn": table.get("LatestStreamArn"),
        "ttl": _read_expiry(operation),
        "pointInTimeRecovery": {"enabled": _read_recovery(operation)},
        "serverSideEncryption": _read_encryption(table),
        "deletionProtectionEnabled": bool(table.get("DeletionProtectionEnabled")),
        "tags": {tag["Key"]: tag["Value"] for tag in tags},
    }


def update(operation: Operation) -> None:
    changed = operation.changed
    changes: dict[str, Any] = {}
    if "deletionProtectionEnabled" in changed:
        changes["DeletionProtectionEnabled"] = bool(operation.get("deletionProtectionEnabled"))
    if "billingMode" in changed:
        changes["BillingMode"] = operation.get("billingMode", "PROVISIONED")
    if "serverSideEncryption" in changed:
        changes |= _encryption(operation) or {"SSESpecification": {"Enabled": False}}
    if changed & {"streamEnabled", "streamViewType"}:
        changes |= _stream(operation) or {"StreamSpecification": {"StreamEnabled": False}}
    if changes:
        operation.client("dynamodb").update_table(TableName=operation.id, **changes)
    if "ttl" in changed:
        _set_expiry(operation)
    if "pointInTimeRecovery" in changed:
        _set_recovery(operation)
    if "tags" in changed:
        _update_tags(operation)


def delete(operation: Operation) -> None:
    dynamodb = operation.client("dynamodb")
    found(GONE, lambda: dynamodb.delete_table(TableName=operation.id))
    operation.wait_until(f"table {operation.id} to go", lambda: _described(operation) is None)


def _update_tags(operation: Operation) -> None:
    dynamodb, arn = operation.client("dynamodb"), operation.state["arn"]
    written, removed = operation.tag_changes()
    if removed:
        dynamodb.untag_resource(ResourceArn=arn, TagKeys=removed)
    if written:
        tags = [{"Key": key, "Value": value} for key, value in written.items()]
        dynamodb.tag_resource(ResourceArn=arn, Tags=tags)


def _described(operation: Operation) -> Any:
    dynamodb = operation.client("dynamodb")
    answer = found(GONE, lambda: dynamodb.describe_table(TableName=operation.id))
    return answer["Table"] if answer else None


def _keys(operation: Operation) -> list[dict[str, str]]:
    keys = [{"AttributeName": operation.inputs["hashKey"], "KeyType": "HASH"}]
    if operation.get("rangeKey"):
        keys.append({"AttributeName": operation.inputs["rangeKey"], "KeyType": "RANGE"})
    return keys


def _encryption(operation: Operation) -> dict[str, Any]:
    wanted = operation.get("serverSideEncryption")
    if not wanted or not wanted["enabled"]:
        return {}
    specification = {"Enabled": True, "SSEType": "KMS"}
    if wanted.get("kmsKeyArn"):
        specification["KMSMasterKeyId"] = wanted["kmsKeyArn"]
    return {"SSESpecification": specification}


def _read_encryption(table: dict[str, Any]) -> dict[str, Any] | None:
    description = table.get("SSEDescription")
    if not description or description.get("Status") not in ("ENABLED", "UPDATING"):
        return None
    return {"enabled": True, "kmsKeyArn": description.get("KMSMasterKeyArn")}


def _stream(operation: Operation) -> dict[str, Any]:
    if not operation.get("streamEnabled"):
        return {}
    view = operation.inputs["streamViewType"]
    return {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": view}}


def _set_expiry(operation: Operation) -> None:
    wanted = operation.get("ttl") or {"enabled": False}
    attribute = wanted.get("attributeName") or operation.old["ttl"]["attributeName"]
    operation.client("dynamodb").update_time_to_live(
        TableName=operation.id,
        TimeToLiveSpecification={
            "Enabled": bool(wanted.get("enabled", True)),
            "AttributeName": attribute,
        },
    )


def _read_expiry(operation: Operation) -> dict[str, Any] | None:
    dynamodb = operation.client("dynamodb")
    expiry = dynamodb.describe_time_to_live(TableName=operation.id)["TimeToLiveDescription"]
    if expiry["TimeToLiveStatus"] not in ("ENABLED", "ENABLING"):
        return None
    return {"enabled": True, "attributeName": expiry["AttributeName"]}


def _set_recovery(operation: Operation) -> None:
    enabled = bool((operation.get("pointInTimeRecovery") or {}).get("enabled"))
    operation.client("dynamodb").update_continuous_backups(
        TableName=operation.id,
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": enabled},
    )


def _read_recovery(operation: Operation) -> bool:
    dynamodb = operation.client("dynamodb")
    backups = dynamodb.describe_continuous_backups(TableName=operation.id)
    description = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return description["PointInTimeRecoveryStatus"] == "ENABLED"


DOCS = "pulumi_aws.dynamodb.Table"
GO = "hashicorp/terraform-provider-aws, internal/service/dynamodb/table.go"

TYPE = ResourceType(
    token="aws:dynamodb/table:Table",
    cloudformation="AWS::DynamoDB::Table",
    properties={
        "name": Property(cloudformation="TableName"),
        "hashKey": Property(
            cloudformation="KeySchema/*/AttributeName",
            required=True,
            replaces=True,
            because=f"{GO}: ForceNew; a table without replicas to restore from needs it",
        ),
        "rangeKey": Property(
            cloudformation="KeySchema/*/AttributeName", replaces=True, because=f"{GO}: ForceNew"
        ),
        "attributes": Property(
            cloudformation="AttributeDefinitions",
            required=True,
            unordered=True,
            because=f"{GO}: TypeSet; the keys' attributes must be defined",
            properties={
                "name": Property(cloudformation="AttributeName"),
                "type": Property(
                    cloudformation="AttributeType",
                    rules={"enum": ["B", "N", "S"]},
                    because=f"{DOCS}: 'Attribute type. Valid values are S (string), N (number), B (binary).'",
                ),
            },
        ),
        "billingMode": Property(
            default="PROVISIONED",
            rules={"enum": ["PROVISIONED", "PAY_PER_REQUEST"]},
            because=f"{DOCS}: 'The valid values are PROVISIONED and PAY_PER_REQUEST. Defaults to PROVISIONED.'",
        ),
        "streamEnabled": Property(
            cloudformation=None, because=f"{DOCS}: 'Whether Streams are enabled.'"
        ),
        "streamViewType": Property(
            cloudformation="StreamSpecification/StreamViewType",
            rules={"enum": ["KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]},
            because=f"{DOCS}: 'Valid values are KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES.'",
        ),
        "ttl": Property(
            cloudformation="TimeToLiveSpecification",
            because=f"{DOCS}: 'Configuration block for TTL.'",
            properties={
                "enabled": Property(),
                "attributeName": Property(),
            },
        ),
        "pointInTimeRecovery": Property(
            cloudformation="PointInTimeRecoverySpecification",
            because=f"{DOCS}: 'Enable point-in-time recovery options.'",
            properties={"enabled": Property(cloudformation="PointInTimeRecoveryEnabled")},
            refused=frozenset({"recoveryPeriodInDays"}),
        ),
        "serverSideEncryption": Property(
            cloudformation="SSESpecification",
            because=f"{DOCS}: 'Encryption at rest options.'",
            properties={
                "enabled": Property(cloudformation="SSEEnabled"),
                "kmsKeyArn": Property(cloudformation="KMSMasterKeyId"),
            },
        ),
        "deletionProtectionEnabled": Property(
            default=False, because=f"{DOCS}: 'Defaults to false.'"
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    auto_name=AutoName(max_length=255),
    timeouts=Timeouts(create_seconds=1800, update_seconds=3600, delete_seconds=600),
    sample=lambda: {
        "name": "homeport-demo",
        "hashKey": "pk",
        "rangeKey": "sk",
        "attributes": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
        "streamEnabled": True,
        "streamViewType": "NEW_AND_OLD_IMAGES",
        "ttl": {"enabled": True, "attributeName": "expires"},
        "pointInTimeRecovery": {"enabled": True},
        "serverSideEncryption": {
            "enabled": True,
            "kmsKeyArn": "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555",
        },
        "deletionProtectionEnabled": False,
        "tags": {"team": "search"},
    },
)
