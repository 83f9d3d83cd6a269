"""The stand-in below the engine: partial failures, adoption, names, sets, and where it may connect to."""

from typing import Any

import pytest

from sandbox.emulator import ACCOUNT_ID
from sandbox.providers.aws.account import (
    ADDRESS_VARIABLE,
    Account,
    NoSandboxError,
    emulator_address,
)
from sandbox.providers.aws.defaults import Naming
from sandbox.providers.aws.lifecycle import CloudError, Lifecycle, PartialError
from sandbox.providers.aws.values import UNKNOWN, Secrets, from_struct, to_struct
from sandbox.session import Sandbox

NAMING = Naming(logical_name="logs", seed=b"seed")
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
BUCKET = "aws:s3/bucket:Bucket"
SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


@pytest.fixture
def lifecycle(sandbox: Sandbox) -> Lifecycle:
    return Lifecycle(Account(sandbox.address, ACCOUNT_ID), sandbox.region)


@pytest.mark.parametrize(
    "address", ["", "https://ec2.us-east-1.amazonaws.com", "http://example.com:80"]
)
def test_only_this_machine_is_ever_asked(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(ADDRESS_VARIABLE, address)
    with pytest.raises(NoSandboxError):
        emulator_address()


def test_a_failure_after_creation_reports_the_resource(
    lifecycle: Lifecycle, sandbox: Sandbox
) -> None:
    """CreateBucket succeeds and PutBucketTagging fails: the bucket exists, so it must be in the state."""
    with pytest.raises(PartialError, match="PutBucketTagging") as raised:
        lifecycle.create(BUCKET, {"bucket": "partial", "tags": {"aws:reserved": "x"}})
    assert raised.value.identifier == "partial"
    assert raised.value.state["bucket"] == "partial"
    sandbox.boto3_client("s3").delete_bucket(Bucket="partial")


def test_creation_never_takes_over_what_exists(lifecycle: Lifecycle, sandbox: Sandbox) -> None:
    """In us-east-1 CreateBucket on one's own bucket answers 200: the provider looks first."""
    s3 = sandbox.boto3_client("s3")
    s3.create_bucket(Bucket="taken")
    with pytest.raises(CloudError, match="BucketAlreadyExists"):
        lifecycle.create(BUCKET, {"bucket": "taken"})
    s3.delete_bucket(Bucket="taken")


def test_automatic_names_repeat_for_a_seed_and_stay_on_update(lifecycle: Lifecycle) -> None:
    first = lifecycle.check(LOG_GROUP, {}, {}, NAMING).inputs
    assert first["name"].startswith("logs-")
    assert lifecycle.check(LOG_GROUP, {}, {}, NAMING).inputs["name"] == first["name"]
    other = Naming(logical_name="logs", seed=b"other")
    assert lifecycle.check(LOG_GROUP, {}, {}, other).inputs["name"] != first["name"]
    assert lifecycle.check(LOG_GROUP, first, {}, other).inputs["name"] == first["name"]


def test_the_users_naming_scheme_is_followed(lifecycle: Lifecycle) -> None:
    enforced = Naming(logical_name="logs", seed=b"", proposed_name="mine", must_use_proposal=True)
    assert lifecycle.check(LOG_GROUP, {}, {}, enforced).inputs["name"] == "mine"
    disabled = Naming(logical_name="logs", seed=b"", disabled=True)
    assert lifecycle.check(LOG_GROUP, {}, {}, disabled).failures


def test_a_chosen_name_is_deleted_before_it_is_replaced(lifecycle: Lifecycle) -> None:
    chosen = {"name": "a", "vpcId": "vpc-1", "description": "d", "__defaults": []}
    assert lifecycle.diff(
        SECURITY_GROUP, chosen, {**chosen, "vpcId": "vpc-2"}
    ).delete_before_replace
    automatic = {**chosen, "__defaults": ["name"]}
    replaced = lifecycle.diff(SECURITY_GROUP, automatic, {**automatic, "vpcId": "vpc-2"})
    assert replaced.changes[0].replaces
    assert not replaced.delete_before_replace


def test_a_rule_changes_in_place_unless_its_kind_of_source_does(lifecycle: Lifecycle) -> None:
    rule: dict[str, Any] = {
        "securityGroupId": "sg-1",
        "ipProtocol": "tcp",
        "fromPort": 1,
        "toPort": 1,
    }
    old = {**rule, "cidrIpv4": "10.0.0.0/8"}
    in_place = lifecycle.diff(RULE, old, {**old, "cidrIpv4": "10.0.0.0/9", "toPort": 2}).changes
    assert {(change.path, change.replaces) for change in in_place} == {
        ("cidrIpv4", False),
        ("toPort", False),
    }
    other = lifecycle.diff(RULE, old, {**rule, "referencedSecurityGroupId": "sg-2"}).changes
    assert all(change.replaces for change in other)


def test_unknown_values_may_replace(lifecycle: Lifecycle) -> None:
    old = {"name": "a", "vpcId": "vpc-1", "description": "d"}
    change = lifecycle.diff(SECURITY_GROUP, old, {**old, "vpcId": UNKNOWN}).changes[0]
    assert (change.path, change.kind, change.replaces) == ("vpcId", "update", True)


def test_ignored_paths_are_no_change(lifecycle: Lifecycle) -> None:
    old = {"name": "a", "retentionInDays": 7, "tags": {"a": "1", "b": "1"}}
    new = {"name": "a", "retentionInDays": 30, "tags": {"a": "2", "b": "2"}}
    changes = lifecycle.diff(LOG_GROUP, old, new, ["retentionInDays", "tags.a"]).changes
    assert [change.path for change in changes] == ["tags.b"]


def test_secrets_are_marked_wherever_they_come_back() -> None:
    secrets = Secrets()
    marked = Secrets()
    marked.properties, marked.texts = {"days"}, {"canary"}
    sent = to_struct({"tags": {"note": "a canary sings"}, "days": 7, "name": "plain"}, marked)
    assert from_struct(sent, secrets) == {
        "tags": {"note": "a canary sings"},
        "days": 7,
        "name": "plain",
    }
    answer = to_struct({"tagsAll": {"note": "a canary sings"}, "days": 7, "name": "plain"}, secrets)
    found = Secrets()
    from_struct(answer, found)
    assert found.texts == {"a canary sings"}
    assert found.properties == {"days"}
    assert secrets.removed_from("failed: a canary sings!") == "failed: [secret]!"
