"""What an account says of an endpoint's machines, and the one word for it; on an emulated account in this process."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from homeport.errors import HomeportError
from homeport.operations import operations
from homeport.operations.aws_endpoint import endpoint_status, scaling_activities
from homeport.operations.endpoint_status import (
    EndpointKey,
    EndpointStatus,
    Event,
    MachineStatus,
    ReplicaReport,
    Rollout,
)
from homeport.operations.wake_state import WakeState
from homeport.planner.names import endpoint_names, stack_names

REGION, ACCOUNT = "us-east-1", "123456789012"
KEY = EndpointKey(
    endpoint="chat", names=endpoint_names("demo", "chat"), table=stack_names("demo").table
)
NEW = MachineStatus(
    identifier="i-1",
    lifecycle="InService",
    in_service=True,
    target_health="healthy",
    current=True,
    report=None,
)
OLD = dataclasses.replace(NEW, current=False)
LOADING = dataclasses.replace(NEW, lifecycle="Pending:Wait", in_service=False)


def _rollout(**changes: Any) -> Rollout:
    values: dict[str, Any] = {"status": "x", "running": False, "failed": False}
    return Rollout(**(values | changes), percent=50, reason="")


@pytest.mark.parametrize(
    ("wanted", "machines", "rollout", "state"),
    [
        (0, [], None, "asleep"),
        (0, [NEW], None, "starting"),
        (1, [], None, "starting"),
        (1, [LOADING], None, "starting"),
        (2, [NEW, LOADING], None, "starting"),
        (2, [NEW, NEW], None, "ready"),
        (1, [NEW, LOADING], None, "ready"),
        (1, [NEW], _rollout(), "ready"),
        (1, [NEW], _rollout(failed=True), "ready"),
        (1, [NEW, OLD], _rollout(running=True), "rolling"),
        (1, [NEW], _rollout(running=True), "rolling"),
        (1, [OLD], None, "outdated"),
        (1, [OLD], _rollout(), "outdated"),
        (1, [OLD], _rollout(failed=True), "failed"),
    ],
)
def test_one_word(
    wanted: int, machines: list[MachineStatus], rollout: Rollout | None, state: str
) -> None:
    seen = EndpointStatus(
        endpoint="chat", wanted=wanted, minimum=0, maximum=2, machines=machines, rollout=rollout
    )
    assert seen.state == state


class Account:
    """A group with one machine, as a deployment and its cloud leave it."""

    def __init__(self) -> None:
        self.dynamodb = boto3.client("dynamodb", REGION)
        self.logs = boto3.client("logs", REGION)
        ec2 = boto3.client("ec2", REGION)
        image = ec2.describe_images()["Images"][0]["ImageId"]
        template = ec2.create_launch_template(
            LaunchTemplateName="chat",
            LaunchTemplateData={"ImageId": image, "InstanceType": "t3.micro"},
        )["LaunchTemplate"]
        self.template = template["LaunchTemplateId"]
        boto3.client("autoscaling", REGION).create_auto_scaling_group(
            AutoScalingGroupName=KEY.names.group,
            LaunchTemplate={"LaunchTemplateId": self.template, "Version": "1"},
            MinSize=1,
            MaxSize=3,
            AvailabilityZones=[f"{REGION}a"],
        )
        names = ("pk", "sk")
        self.dynamodb.create_table(
            TableName=KEY.table,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in names],
            BillingMode="PAY_PER_REQUEST",
        )
        self.want(version="1")

    def want(self, *, version: str) -> None:
        """What the last deployment wrote to the configuration item."""
        self.put("config", "config", wanted_template_id=self.template, version=version)

    def put(self, kind: str, sort: str, **texts: str) -> None:
        item = {"pk": {"S": f"chat#{kind}"}, "sk": {"S": sort}}
        for name, text in texts.items():
            long = "wanted_template_version" if name == "version" else name
            item[long] = {"N": text} if name in ("in_flight", "pending", "at") else {"S": text}
        self.dynamodb.put_item(TableName=KEY.table, Item=item)


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Account()


class _Session:
    """boto3's, with the instance refreshes and activities that moto does not know."""

    def __init__(
        self, *refreshes: dict[str, Any], activities: Sequence[dict[str, Any]] = ()
    ) -> None:
        self._refreshes, self._activities = refreshes, activities

    def client(self, service: str) -> Any:
        client = boto3.client(service, REGION)  # type: ignore[call-overload]
        if service == "autoscaling":
            client.describe_instance_refreshes = lambda **_: {  # type: ignore[method-assign]
                "InstanceRefreshes": list(self._refreshes)
            }
            pages = SimpleNamespace(paginate=lambda **_: [{"Activities": self._activities}])
            client.get_paginator = lambda _name: pages  # type: ignore[method-assign]
        return client


def test_sizes_template_and_the_agents_reports(account: Account) -> None:
    seen = endpoint_status(_Session(), KEY)
    assert (seen.wanted, seen.minimum, seen.maximum, seen.rollout) == (1, 1, 3, None)
    (machine,) = seen.machines
    assert (machine.lifecycle, machine.current, machine.report) == ("InService", True, None)
    # In no load balancer: nobody sends to it.
    assert (machine.target_health, machine.in_service, seen.state) == ("-", False, "starting")

    account.put("replica", machine.identifier, phase="ready", in_flight="3", pending="1", at="5.5")
    account.put("replica", "i-gone", phase="ready")
    account.put("replica", "i-odd", in_flight="1", pending="1", at="5")
    (machine,) = endpoint_status(_Session(), KEY).machines
    assert machine.report == ReplicaReport(phase="ready", in_flight=3, pending=1, at=5.5)


def test_a_starting_replicas_report_has_its_steps_and_no_counts(account: Account) -> None:
    (machine,) = endpoint_status(_Session(), KEY).machines
    phases = {"machine": {"N": "1.5"}, "image": {"N": "3"}}
    item = {"phase": {"S": "starting"}, "at": {"N": "5.5"}, "phases": {"M": phases}}
    key = {"pk": {"S": "chat#replica"}, "sk": {"S": machine.identifier}}
    account.dynamodb.put_item(TableName=KEY.table, Item={**key, **item})
    (machine,) = endpoint_status(_Session(), KEY).machines
    assert machine.report == ReplicaReport(
        phase="starting", in_flight=None, pending=None, at=5.5, phases={"machine": 1.5, "image": 3.0}
    )  # fmt: skip


def test_the_state_and_the_newest_wakes_are_read(account: Account) -> None:
    state = {"state": {"S": "DRAINING"}, "since": {"N": "7"}, "goal": {"S": "sleep"}}
    _put(account, "state", "state", state)
    _put(account, "wake-record", "odd", {"asked": {"N": "1"}})
    for asked in range(100, 125):
        phases = {"M": {"machine": {"N": f"{asked + 9}"}}}
        record = {"asked": {"N": f"{asked}"}, "phases": phases, "outcome": {"S": "served"}}
        _put(account, "wake-record", f"{asked:.3f}", record)
    seen = endpoint_status(_Session(), KEY)
    assert seen.wake_state == WakeState(name="DRAINING", since=7.0, goal="sleep")
    assert seen.state == "draining"
    assert [wake.asked for wake in seen.wakes] == [float(one) for one in range(124, 105, -1)]
    assert seen.wakes[0].phases == {"machine": 133.0}


def _put(account: Account, kind: str, sort: str, values: dict[str, Any]) -> None:
    key = {"pk": {"S": f"chat#{kind}"}, "sk": {"S": sort}}
    account.dynamodb.put_item(TableName=KEY.table, Item={**key, **values})


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Pending", "rolling"), ("InProgress", "rolling"), ("Baking", "rolling"),
        ("RollbackInProgress", "rolling"), ("Failed", "failed"), ("Cancelled", "failed"),
        ("RollbackSuccessful", "failed"), ("RollbackFailed", "failed"), ("Successful", "outdated"),
    ],
)  # fmt: skip
def test_a_rollout_that_went_back_is_a_failed_one(
    account: Account, status: str, state: str
) -> None:
    """The group itself then names the old template: only the item knows what was wanted."""
    account.want(version="2")
    refresh = {"Status": status, "PercentageComplete": 40, "StatusReason": "why"}
    seen = endpoint_status(_Session(refresh), KEY)
    assert seen.state == state
    assert seen.rollout is not None
    assert (seen.rollout.percent, seen.rollout.reason) == (40, "why")


def test_logs_are_lines_with_time_and_source(account: Account) -> None:
    def lines(since_seconds: float, limit: int = 10) -> list[tuple[str, str, str]]:
        found = operations("aws").endpoint_log(
            KEY, region=REGION, account=ACCOUNT, since_seconds=since_seconds, limit=limit
        )
        return [(one.at, one.source, one.text) for one in found]

    with pytest.raises(HomeportError) as caught:
        lines(60)
    assert caught.value.found == "no log group /homeport/demo/chat"
    account.logs.create_log_group(logGroupName="/homeport/demo/chat")
    account.logs.create_log_stream(logGroupName="/homeport/demo/chat", logStreamName="i-1/engine")
    now = datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    times = [now - datetime.timedelta(hours=hours) for hours in (3, 2, 1)]
    events = [
        {"timestamp": int(at.timestamp()) * 1000, "message": f"{number}\n"}
        for number, at in enumerate(times, start=1)
    ]
    account.logs.put_log_events(
        logGroupName="/homeport/demo/chat", logStreamName="i-1/engine", logEvents=events
    )
    day = 86400.0
    assert lines(60) == []
    assert lines(day)[0] == (times[0].isoformat(), "i-1/engine", "1")
    assert [text for _, _, text in lines(day)] == ["1", "2", "3"]
    assert [text for _, _, text in lines(day, limit=2)] == ["1", "2"]


def _activity(minute: int, **changes: str) -> dict[str, Any]:
    at = datetime.datetime(2026, 11, 25, 10, minute, tzinfo=datetime.UTC)
    return {"StartTime": at, "StatusCode": "Failed", "Description": "Launching", **changes}


def test_an_activity_says_why(account: Account) -> None:
    del account
    asked = _activity(1, Cause="an alarm"), _activity(0, Cause="x", StatusMessage="no capacity")
    first, second = scaling_activities(_Session(activities=asked), KEY, 5)
    assert (first.at, first.what, first.why) == (
        "2026-11-25T10:01:00+00:00", "Launching", "an alarm",
    )  # fmt: skip
    assert second.why == "no capacity"


@pytest.mark.usefixtures("account")
def test_events_of_all_endpoints_are_in_order_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    def activities(_session: Any, key: EndpointKey, _limit: int) -> list[Event]:
        minutes = (3, 1) if key is KEY else (4, 2)
        return [
            Event(at=f"2026-11-25T10:0{one}", endpoint=key.endpoint, status="x", what="", why="")
            for one in minutes
        ]

    monkeypatch.setattr("homeport.operations.aws.scaling_activities", activities)
    found = operations("aws").endpoint_events(
        [KEY, dataclasses.replace(KEY, endpoint="again")], region=REGION, account=ACCOUNT, limit=3
    )
    assert [(one.at[-1], one.endpoint) for one in found] == [
        ("2", "again"), ("3", "chat"), ("4", "again"),
    ]  # fmt: skip


@pytest.mark.usefixtures("account")
def test_what_was_not_deployed_and_another_account_are_said() -> None:
    elsewhere = dataclasses.replace(KEY, names=endpoint_names("demo", "other"))
    for ask in (operations("aws").endpoint_statuses, _events):
        with pytest.raises(HomeportError) as caught:
            ask([elsewhere], region=REGION, account=ACCOUNT)
        assert caught.value.found == "no Auto Scaling group homeport-demo.other"
        with pytest.raises(HomeportError) as caught:
            ask([KEY], region=REGION, account="1" * 12)
        assert caught.value.found == f"credentials of account {ACCOUNT}"


def _events(keys: list[EndpointKey], *, region: str, account: str) -> Any:
    return operations("aws").endpoint_events(keys, region=region, account=account, limit=5)
