"""CloudWatch Logs: the log class and deletion protection, which moto drops; a protected group is not deleted."""

from typing import Any

from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import LogGroup
from moto.logs.responses import LogsResponse

from sandbox.emulator.additions import after, operation

_describe = LogGroup.to_describe_dict
_delete_log_group = LogsResponse.delete_log_group


@after(LogsResponse, "CreateLogGroup")
def keep_what_moto_drops(response: Any, result: Any) -> Any:
    group = response.logs_backend.groups[response._get_param("logGroupName")]
    group.log_group_class = response._get_param("logGroupClass") or "STANDARD"
    group.deletion_protection = bool(response._get_param("deletionProtectionEnabled"))
    return result


@operation(LogsResponse, "PutLogGroupDeletionProtection")
def put_log_group_deletion_protection(response: Any) -> str:
    name = response._get_param("logGroupIdentifier").split(":log-group:")[-1]
    response.logs_backend.groups[name].deletion_protection = response._get_param(
        "deletionProtectionEnabled"
    )
    return ""


@operation(LogsResponse, "DeleteLogGroup")
def delete_log_group(response: Any) -> str:
    """Refused under deletion protection (CloudWatch Logs API: 'deletion protection blocks all deletion operations')."""
    name = response._get_param("logGroupName")
    if getattr(response.logs_backend.groups.get(name), "deletion_protection", False):
        raise InvalidParameterException(
            constraint="deletion protection is enabled", parameter="logGroupName", value=name
        )
    return _delete_log_group(response)


def describe(group: LogGroup) -> dict[str, Any]:
    return {
        **_describe(group),
        "logGroupClass": getattr(group, "log_group_class", "STANDARD"),
        "deletionProtectionEnabled": getattr(group, "deletion_protection", False),
    }


LogGroup.to_describe_dict = describe  # type: ignore[method-assign]


@operation(LogsResponse, "AssociateKmsKey")
def associate_kms_key(response: Any) -> str:
    name = response._get_param("logGroupName")
    response.logs_backend.groups[name].kms_key_id = response._get_param("kmsKeyId")
    return ""


@operation(LogsResponse, "DisassociateKmsKey")
def disassociate_kms_key(response: Any) -> str:
    response.logs_backend.groups[response._get_param("logGroupName")].kms_key_id = None
    return ""
