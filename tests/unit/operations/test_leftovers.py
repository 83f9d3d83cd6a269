"""What carries a stack's tag, on an emulated account in this process; and what no state knows."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from homeport.errors import HomeportError
from homeport.operations import operations
from homeport.operations.account import AccountResource, leftovers

TAGS = [{"Key": "homeport:stack", "Value": "demo"}]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield


def _resources() -> dict[str, AccountResource]:
    found = operations("aws").tagged_resources(
        region="us-east-1", account="123456789012", stack="demo"
    )
    return {one.kind: one for one in found}


@pytest.mark.usefixtures("account")
def test_every_kind_is_found_once_with_its_command() -> None:
    ec2 = boto3.client("ec2", "us-east-1")
    vpc = ec2.create_vpc(
        CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": TAGS}]
    )["Vpc"]["VpcId"]
    key = boto3.client("kms", "us-east-1").create_key(
        Tags=[{"TagKey": "homeport:stack", "TagValue": "demo"}]
    )["KeyMetadata"]
    boto3.client("iam").create_role(
        RoleName="demo-chat", Path="/homeport/demo/", AssumeRolePolicyDocument="{}"
    )
    found = _resources()
    assert found["ec2:vpc"].delete_command == f"aws ec2 delete-vpc --vpc-id {vpc}"
    assert found["kms:key"].identifier == key["Arn"]
    assert "demo-chat" in found["iam:role"].delete_command
    assert len(found) == 3


@pytest.mark.usefixtures("account")
def test_a_key_that_waits_for_its_end_is_no_leftover() -> None:
    kms = boto3.client("kms", "us-east-1")
    key = kms.create_key(Tags=[{"TagKey": "homeport:stack", "TagValue": "demo"}])["KeyMetadata"]
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=30)
    assert _resources() == {}


@pytest.mark.usefixtures("account")
def test_another_account_is_refused() -> None:
    with pytest.raises(HomeportError) as caught:
        operations("aws").tagged_resources(region="us-east-1", account="1" * 12, stack="demo")
    assert caught.value.found == "credentials of account 123456789012"


def test_a_cloud_without_operations_is_refused() -> None:
    with pytest.raises(HomeportError):
        operations("gcp")


def test_what_the_state_knows_by_arn_or_id_is_no_leftover() -> None:
    def resource(identifier: str) -> AccountResource:
        return AccountResource(kind="x", identifier=identifier, delete_command="")

    by_arn, by_id, unknown = resource("arn:a:b:c:d:e/1"), resource("arn:a:b:c:d:e/2"), resource("3")
    assert leftovers([by_arn, by_id, unknown], ["arn:a:b:c:d:e/1", "2"]) == (unknown,)
