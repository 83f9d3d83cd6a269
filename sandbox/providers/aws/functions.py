"""Functions of the provider (Pulumi's invokes) that the stand-in answers."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.providers.aws.account import Account


def get_caller_identity(
    account: Account, region: str, arguments: Mapping[str, Any]
) -> dict[str, Any]:
    """The account, as STS tells it."""
    del arguments
    identity = account.client("sts", region).get_caller_identity()
    return {
        "id": identity["Account"],
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "userId": identity["UserId"],
    }


def get_region(account: Account, region: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The region asked for, or the provider's."""
    del account
    name = arguments.get("region") or arguments.get("name") or region
    return {
        "id": name,
        "name": name,
        "region": name,
        "endpoint": f"ec2.{name}.amazonaws.com",
        "description": name,
    }


def get_partition(account: Account, region: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The commercial partition: the sandbox has no other."""
    del account, arguments
    return {
        "id": "aws",
        "partition": "aws",
        "dnsSuffix": "amazonaws.com",
        "reverseDnsPrefix": "com.amazonaws",
        "region": region,
    }


FUNCTIONS: Mapping[str, Callable[[Account, str, Mapping[str, Any]], dict[str, Any]]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": get_caller_identity,
    "aws:index/getRegion:getRegion": get_region,
    "aws:index/getPartition:getPartition": get_partition,
}
