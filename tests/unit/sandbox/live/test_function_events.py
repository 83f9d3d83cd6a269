"""Events that reach functions: a table's stream, schedules, and what happens to Auto Scaling groups."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.unit.sandbox.live.function_account import FunctionAccount
from tests.unit.sandbox.live.live_group import World
from tests.until import until

FILTER = {"Pattern": json.dumps({"dynamodb": {"Keys": {"sk": {"S": ["wake", "command"]}}}})}


def _table(account: FunctionAccount, name: str) -> str:
    """With a stream; the stream's ARN."""
    made = account.dynamodb.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": key, "KeyType": kind}
            for key, kind in (("pk", "HASH"), ("sk", "RANGE"))
        ],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return made["TableDescription"]["LatestStreamArn"]


def _map(account: FunctionAccount, stream: str, function: str, **settings: Any) -> str:
    """An event source mapping that has begun to look; its id."""
    given = {"StartingPosition": "LATEST", "FilterCriteria": {"Filters": [FILTER]}, **settings}
    made = account.lambda_.create_event_source_mapping(
        EventSourceArn=stream, FunctionName=function, **given
    )
    _let_look(account)
    return made["UUID"]


def _let_look(account: FunctionAccount) -> None:
    """The account's loop looks at everything."""
    begun = account.live.describe()["now"]
    until(lambda: account.live.describe()["looked_at"] > begun, "it has looked")


def _put(account: FunctionAccount, table: str, sk: str, **values: str) -> None:
    item = {"pk": {"S": "chat"}, "sk": {"S": sk}}
    more = {name: {"S": value} for name, value in values.items()}
    account.dynamodb.put_item(TableName=table, Item={**item, **more})


def _keys(account: FunctionAccount, function: str) -> list[tuple[str, str]]:
    """Of every record that it got: what happened, and to which sort key."""
    return [
        (record["eventName"], record["dynamodb"]["Keys"]["sk"]["S"])
        for event in account.recorded(function)
        for record in event["Records"]
    ]


def test_changes_of_a_table_reach_the_function(account: FunctionAccount) -> None:
    stream = _table(account, "changes")
    mapping = _map(account, stream, account.recorder("ev-changes"))
    _put(account, "changes", "state")
    _put(account, "changes", "wake", n="1")
    _put(account, "changes", "wake", n="1")  # changes nothing
    _put(account, "changes", "wake", n="2")
    key = {"pk": {"S": "chat"}, "sk": {"S": "wake"}}
    account.dynamodb.delete_item(TableName="changes", Key=key)
    expected = [("INSERT", "wake"), ("MODIFY", "wake"), ("REMOVE", "wake")]
    until(lambda: len(_keys(account, "ev-changes")) >= 3, "three records")
    assert _keys(account, "ev-changes") == expected
    record = account.recorded("ev-changes")[0]["Records"][0]
    assert record["dynamodb"]["NewImage"]["n"] == {"S": "1"}
    assert (record["eventSourceARN"], record["eventSource"]) == (stream, "aws:dynamodb")
    account.lambda_.update_event_source_mapping(UUID=mapping, Enabled=False)
    _put(account, "changes", "command")
    _let_look(account)
    assert len(_keys(account, "ev-changes")) == 3
    account.lambda_.update_event_source_mapping(UUID=mapping, Enabled=True)
    until(lambda: _keys(account, "ev-changes")[3:] == [("INSERT", "command")], "what it missed")
    account.lambda_.delete_event_source_mapping(UUID=mapping)
    _put(account, "changes", "command", n="3")
    _let_look(account)
    assert len(_keys(account, "ev-changes")) == 4


def test_a_batch_that_fails_is_repeated(account: FunctionAccount) -> None:
    mapping = _map(account, _table(account, "fails"), account.recorder("ev-fails"))
    account.let_fail("ev-fails", fail=True)
    _put(account, "fails", "wake")
    until(lambda: len(account.recorded("ev-fails")) >= 3, "tries")
    assert account.live.pending_events() == 1
    account.let_fail("ev-fails", fail=False)
    until(lambda: account.live.pending_events() == 0, "it has worked")
    account.lambda_.delete_event_source_mapping(UUID=mapping)


def test_a_throttled_function_gets_its_records_later(account: FunctionAccount) -> None:
    mapping = _map(account, _table(account, "throttles"), account.recorder("ev-throttled"))
    account.live.set_faults(functions={"concurrency": 0})
    _put(account, "throttles", "wake")
    until(lambda: account.counts("ev-throttled")["throttles"] >= 2, "refused")
    account.live.set_faults()
    until(lambda: _keys(account, "ev-throttled") == [("INSERT", "wake")], "let in")
    account.lambda_.delete_event_source_mapping(UUID=mapping)


def test_events_of_a_stream_get_lost_and_doubled(account: FunctionAccount) -> None:
    mapping = _map(account, _table(account, "luck"), account.recorder("ev-luck"))
    account.live.set_faults(events={"lost": 1.0})
    _put(account, "luck", "wake", n="1")
    _let_look(account)
    account.live.set_faults(events={"doubled": 1.0})
    _put(account, "luck", "wake", n="2")
    until(lambda: len(_keys(account, "ev-luck")) == 2, "twice")
    assert set(_keys(account, "ev-luck")) == {("MODIFY", "wake")}
    account.lambda_.delete_event_source_mapping(UUID=mapping)


@pytest.fixture(scope="module")
def mapped(started_account: FunctionAccount) -> tuple[str, str]:
    """A stream and a function that could be joined."""
    return _table(started_account, "mapped"), started_account.recorder("ev-mapped")


@pytest.mark.parametrize(
    "settings",
    [
        {"ParallelizationFactor": 2},
        {"TumblingWindowInSeconds": 30},
        {"FunctionResponseTypes": ["ReportBatchItemFailures"]},
        {"FilterCriteria": {"Filters": [{"Pattern": '{"dynamodb": {"a": [{"numeric": []}]}}'}]}},
        {"FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]}},
        {"FilterCriteria": {"Filters": [{"Pattern": "{"}]}},
    ],
    ids=str,
)
def test_a_mapping_that_asks_for_more_is_refused(
    account: FunctionAccount, mapped: tuple[str, str], settings: dict[str, Any]
) -> None:
    stream, arn = mapped
    with pytest.raises(ClientError, match="InvalidParameterValueException"):
        _map(account, stream, arn, **settings)


@pytest.fixture
def rule(account: FunctionAccount) -> Iterator[str]:
    """The name of a rule that a test puts; it is gone afterwards."""
    name = "rule"
    yield name
    targets = account.events.list_targets_by_rule(Rule=name)["Targets"]
    if targets:
        account.events.remove_targets(Rule=name, Ids=[one["Id"] for one in targets])
    account.events.delete_rule(Name=name)


def _target(account: FunctionAccount, rule: str, function: str, **target: Any) -> None:
    account.events.put_targets(Rule=rule, Targets=[{"Id": "f", "Arn": function, **target}])


def test_a_schedule_invokes_a_function_that_lets_it(account: FunctionAccount, rule: str) -> None:
    """A minute of the account's clock is three seconds here."""
    arn = account.recorder("ev-schedule")
    made = account.events.put_rule(Name=rule, ScheduleExpression="rate(1 minute)")
    account.let_invoke(arn, "events", made["RuleArn"])
    _target(account, rule, arn)
    until(lambda: bool(account.recorded("ev-schedule")), "a minute")
    event = account.recorded("ev-schedule")[0]
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")
    assert (event["resources"], event["detail"]) == ([made["RuleArn"]], {})


@pytest.mark.parametrize(
    "settings",
    [
        {"ScheduleExpression": "cron(0 12 * * ? *)"},
        {"EventPattern": json.dumps({"detail": {"size": [{"numeric": [">", 1]}]}})},
    ],
    ids=str,
)
def test_a_rule_that_nobody_would_follow_is_refused(
    account: FunctionAccount, settings: dict[str, str]
) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        account.events.put_rule(Name="refused", **settings)


def test_what_happens_to_a_group_reaches_its_rule(account: FunctionAccount, rule: str) -> None:
    """EC2 has no machine: the rule's group says so, and the other group's events stay away."""
    arn = account.recorder("ev-group")
    pattern = {
        "source": ["aws.autoscaling"],
        "detail-type": ["EC2 Instance Launch Unsuccessful"],
        "detail": {"AutoScalingGroupName": [{"prefix": "homeport-demo."}]},
    }
    made = account.events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    account.let_invoke(arn, "events", made["RuleArn"])
    _target(account, rule, arn)
    account.live.set_faults(no_capacity=True)
    names = ("homeport-demo.chat", "homeport-other.chat")
    for name in names:
        _group(account, name)
    until(lambda: bool(account.recorded("ev-group")), "the event")
    event = account.recorded("ev-group")[0]
    detail = event["detail"]
    assert (detail["AutoScalingGroupName"], detail["StatusCode"]) == (names[0], "Failed")
    assert (detail["EC2InstanceId"], detail["Origin"]) == ("", "EC2")
    assert "sufficient" in detail["StatusMessage"]
    assert "the group was asked to be larger" in detail["Cause"]
    assert len(event["resources"]) == 1
    activities = account.autoscaling.describe_scaling_activities(AutoScalingGroupName=names[0])
    assert detail["ActivityId"] in {one["ActivityId"] for one in activities["Activities"]}
    for name in names:
        account.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=name, ForceDelete=True)
    _let_look(account)
    assert {one["detail"]["AutoScalingGroupName"] for one in account.recorded("ev-group")} == {
        names[0]
    }


def _group(account: FunctionAccount, name: str) -> None:
    ec2 = account.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    data = {"ImageId": "ami-0c0c0c0c0c0c0c0c0", "InstanceType": "g6.xlarge"}
    template = ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=data)
    account.autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        MinSize=0,
        MaxSize=1,
        DesiredCapacity=1,
        VPCZoneIdentifier=subnet,
        LaunchTemplate={
            "LaunchTemplateId": template["LaunchTemplate"]["LaunchTemplateId"],
            "Version": "1",
        },
    )


def test_a_machine_is_announced_when_it_serves_and_when_it_is_gone() -> None:
    world = World(desired=1)
    world.go()
    assert world.announced == []
    world.start_all()
    assert world.announced == [("EC2 Instance Launch Successful", "i-1")]
    world.group.desired_capacity = 0
    world.go()
    world.leave_all()
    assert world.announced[1:] == [("EC2 Instance Terminate Successful", "i-1")]


def test_a_launch_that_is_given_up_is_announced_as_failed() -> None:
    world = World(desired=1)
    world.go(602)
    assert world.announced == [("EC2 Instance Launch Unsuccessful", "i-1")]
