"""Functions and what calls them through the real engine: up, no change, edits, edits outside, destroy."""

from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.providers.aws.check import check_inputs
from sandbox.providers.aws.model import model_of
from sandbox.providers.aws.registry import resource_type
from tests.engine.drift import Foreign, Intruder, changed_value, editable, make_foreign
from tests.engine.sandbox_project import Project

PROGRAM = """
import json

def role(name, *statements):
    trust = {{"Effect": "Allow", "Principal": {{"Service": "{trusted}"}}, "Action": "sts:AssumeRole"}}
    return aws.iam.Role(
        name, assume_role_policy=json.dumps({{"Version": "2012-10-17", "Statement": [trust]}}))

network = aws.ec2.Vpc("net", cidr_block="10.20.0.0/16")
subnets = [
    aws.ec2.Subnet(zone, vpc_id=network.id, cidr_block=f"10.20.{{number}}.0/24", availability_zone=f"us-east-1{{zone}}")
    for number, zone in enumerate("ab")]
inside = aws.ec2.SecurityGroup("balancer", vpc_id=network.id)
balancer = aws.lb.LoadBalancer(
    "front", internal=True, load_balancer_type="application", subnets=[one.id for one in subnets],
    security_groups=[inside.id])
listener = aws.lb.Listener(
    "front", load_balancer_arn=balancer.arn, port=80, protocol="HTTP",
    default_actions=[
        {{"type": "fixed-response", "fixed_response": {{"content_type": "text/plain", "status_code": "404"}}}}])
table = aws.dynamodb.Table(
    "items", billing_mode="PAY_PER_REQUEST", hash_key="pk", range_key="sk", stream_enabled=True,
    stream_view_type="NEW_IMAGE", attributes=[{{"name": key, "type": "S"}} for key in ("pk", "sk")])

may = role("function")
read = aws.iam.RolePolicy("function", role=may.name, policy=pulumi.Output.json_dumps(
    {{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Action": {actions}, "Resource": [table.stream_arn]}},
     {{"Effect": "Allow", "Action": "dynamodb:ListStreams", "Resource": "*"}}]}}))
lines = aws.cloudwatch.LogGroup("function")
key = aws.kms.Key("key")
function = aws.lambda_.Function(
    "both", role=may.arn, runtime="python3.13", architectures=["{architecture}"], handler="main.handler",
    description="Gate", code=pulumi.AssetArchive({{
        "main.py": pulumi.StringAsset("from part.code import handler"),
        "part/code.py": pulumi.StringAsset("{code}")}}),
    memory_size={memory}, timeout=900,
    reserved_concurrent_executions={reserved}, kms_key_arn=key.arn, environment={{"variables": {{"SLOTS": "{slots}"}}}},
    logging_config={{"log_format": "Text", "log_group": lines.name}}, tags={{"team": "search"}})

aws.lambda_.Function(
    "other", role=role("other").arn, runtime="python3.13", handler="main.handler",
    code=pulumi.AssetArchive({{"main.py": pulumi.StringAsset("def handler(*_): ...")}}))

group = aws.lb.TargetGroup("gate", target_type="lambda", lambda_multi_value_headers_enabled=True)
machines = aws.lb.TargetGroup("machines", port=8080, protocol="HTTP", vpc_id=network.id)
called = aws.lambda_.Permission(
    "gate", function=function.name, action="lambda:InvokeFunction",
    principal="elasticloadbalancing.amazonaws.com", source_arn={caller})
aws.lb.TargetGroupAttachment(
    "gate-target", target_group_arn=group.arn, target_id=function.arn, opts=pulumi.ResourceOptions(depends_on=[called]))
aws.lb.ListenerRule(
    "host", listener_arn=listener.arn, priority=10, conditions=[{{"host_header": {{"values": ["chat.example.com"]}}}}],
    actions=[{{"type": "forward", "forward": {{"target_groups": [
        {{"arn": machines.arn, "weight": 0}}, {{"arn": group.arn, "weight": {weight}}}]}}}}])

aws.lambda_.EventSourceMapping(
    "stream", event_source_arn=table.stream_arn, function_name=function.arn, starting_position="LATEST",
    batch_size=50, maximum_batching_window_in_seconds=0, {retries} maximum_record_age_in_seconds=120,
    bisect_batch_on_function_error=True, filter_criteria={{"filters": [
        {{"pattern": json.dumps({{"dynamodb": {{"Keys": {{"sk": {{"S": ["{sort_key}"]}}}}}}}})}}]}},
    opts=pulumi.ResourceOptions(depends_on=[read]))
aws.dynamodb.TableItem(
    "item", table_name=table.name, hash_key="pk", range_key="sk", item=json.dumps(
        {{"pk": {{"S": "chat"}}, "sk": {{"S": "config"}}}}))

aws.lambda_.FunctionEventInvokeConfig(
    "patience", function_name=function.name, maximum_event_age_in_seconds={age}, maximum_retry_attempts=0)

for name, when in {{
    "groups": {{"event_pattern": json.dumps({{"source": ["aws.autoscaling"], "detail-type": ["EC2"]}})}},
    "minute": {{"schedule_expression": "{schedule}"}},
}}.items():
    rule = aws.cloudwatch.EventRule(name, description="Calls", tags={{"team": "search"}}, **when)
    aws.lambda_.Permission(
        f"{{name}}-may", function=function.name, action="lambda:InvokeFunction", principal="events.amazonaws.com",
        source_arn=rule.arn)
    aws.cloudwatch.EventTarget(f"{{name}}-calls", rule=rule.name, arn=function.arn)
pulumi.export("network", network.id)
pulumi.export("function", function.name)
pulumi.export("table", table.name)
"""
FIRST: dict[str, Any] = {
    "trusted": "lambda.amazonaws.com",
    "actions": ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"],
    "caller": "group.arn",
    "architecture": "arm64",
    "code": "def handler(*_): ...",
    "memory": 256,
    "reserved": None,
    "slots": 20,
    "weight": 1,
    "retries": "maximum_retry_attempts=2,",
    "sort_key": "wake",
    "age": 60,
    "schedule": "rate(1 minute)",
}
GROUP, RULE = "aws:lb/targetGroup:TargetGroup", "aws:cloudwatch/eventRule:EventRule"
MAPPING = "aws:lambda/eventSourceMapping:EventSourceMapping"
OF_FUNCTIONS = (
    "aws:lambda/",
    "aws:cloudwatch/event",
    "aws:lb/targetGroup:",
    "aws:lb/listenerRule:",
)


def program(**changed: Any) -> str:
    return PROGRAM.format(**{**FIRST, **changed})


def test_functions_live_and_leave_nothing(project: Project) -> None:
    functions = project.sandbox.boto3_client("lambda")
    project.write(program())
    project.up()
    project.up_changes_nothing()
    project.refresh()
    project.up_changes_nothing()
    name = project.outputs()["function"]
    before = functions.get_function_configuration(FunctionName=name)

    # Whoever writes to the table meets no function: the record waits in the stream.
    item = {"pk": {"S": "chat"}, "sk": {"S": "wake"}}
    project.sandbox.boto3_client("dynamodb").put_item(
        TableName=project.outputs()["table"], Item=item
    )

    # An edit touches what it names, in place.
    for edit, planned in (
        ({"architecture": "x86_64"}, {"both": "update"}),
        ({"memory": 512, "slots": 5}, {"both": "update"}),
        ({"reserved": 20}, {"both": "update"}),
        ({"weight": 2}, {"host": "update"}),
        ({"sort_key": "command", "retries": ""}, {"stream": "update"}),
        ({"age": 120}, {"patience": "update"}),
        ({"schedule": "rate(2 minutes)"}, {"minute": "update"}),
        ({"code": "def handler(*_): return 1"}, {"both": "update"}),
    ):
        project.write(program(**edit))
        assert project.planned() == planned
    project.up()  # the code
    project.up_changes_nothing()
    after = functions.get_function_configuration(FunctionName=name)
    changed = {key for key in before if before[key] != after.get(key)}
    assert changed >= {"CodeSha256"}
    assert changed <= {"CodeSha256", "CodeSize", "LastModified", "ResponseMetadata"}
    project.write(program())
    project.up()
    again = functions.get_function_configuration(FunctionName=name)
    assert again["CodeSha256"] == before["CodeSha256"]  # the same archive is the same zip

    # What is gone from the program is as AWS has it.
    project.write(program(retries="", memory=512, architecture="x86_64"))
    project.up()
    (mapping,) = functions.list_event_source_mappings()["EventSourceMappings"]
    assert mapping["MaximumRetryAttempts"] == -1
    assert functions.get_function_configuration(FunctionName=name)["Architectures"] == ["x86_64"]
    project.refresh()
    project.up_changes_nothing()

    project.destroy()
    left = project.sandbox.boto3_client
    assert functions.list_functions()["Functions"] == []
    assert functions.list_event_source_mappings()["EventSourceMappings"] == []
    assert left("events").list_rules()["Rules"] == []
    assert left("elbv2").describe_target_groups()["TargetGroups"] == []
    assert left("dynamodb").list_tables()["TableNames"] == []


def test_every_property_is_read_back_and_mended(project: Project) -> None:
    """Property by property, by the read that refresh makes; then one refresh finds what was deleted."""
    project.write(program())
    project.up()
    state = project.state()
    foreign = make_foreign(project.sandbox, project.outputs()["network"], "ZFOREIGN000000000002")
    intruder = Intruder(project.sandbox)
    seen = {
        (resource["type"], name): _verdict(intruder, resource, name, value)
        for resource in state.values()
        if resource["type"].startswith(OF_FUNCTIONS)
        for name, value in _edits(resource, foreign, state)
    }
    assert {key: verdict for key, verdict in seen.items() if verdict} == {}
    assert len(seen) > 20
    project.refresh()
    project.up_changes_nothing()

    functions, elbv2 = (project.sandbox.boto3_client(one) for one in ("lambda", "elbv2"))
    events, ec2 = (project.sandbox.boto3_client(one) for one in ("events", "ec2"))
    target = state["minute-calls"]["outputs"]
    events.remove_targets(Rule=target["rule"], Ids=[target["targetId"]])
    functions.remove_permission(
        FunctionName=project.outputs()["function"], StatementId=state["groups-may"]["id"]
    )
    functions.delete_event_source_mapping(UUID=state["stream"]["id"])
    elbv2.deregister_targets(
        TargetGroupArn=state["gate-target"]["inputs"]["targetGroupArn"],
        Targets=[{"Id": state["gate-target"]["inputs"]["targetId"]}],
    )
    project.refresh()
    gone = ("minute-calls", "groups-may", "stream", "gate-target")
    assert project.planned() == dict.fromkeys(gone, "create")
    project.up()
    project.up_changes_nothing()
    ec2.delete_subnet(SubnetId=foreign.subnet)
    ec2.delete_security_group(GroupId=foreign.security_group)
    project.destroy()


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"trusted": "ec2.amazonaws.com"}, "cannot be assumed by Lambda"),
        ({"actions": ["dynamodb:GetRecords"]}, "Please ensure the role can perform"),
        ({"caller": "machines.arn"}, "elasticloadbalancing principal does not have permission"),
    ],
    ids=["role", "stream", "balancer"],
)
def test_what_may_not_call_is_refused(
    project: Project, changed: Mapping[str, Any], refusal: str
) -> None:
    project.write(program(**changed))
    refused = project.up(check=False)
    assert refused.code != 0
    assert refusal in refused.output
    project.destroy()


def test_creation_takes_over_nothing(project: Project) -> None:
    """PutRule and PutTargets overwrite; a statement and a mapping are there once."""
    project.write(program())
    project.up()
    outputs, state = project.outputs(), project.state()
    taken = state["minute"]["id"], state["minute-calls"]["outputs"]["targetId"]
    statement, arn = state["gate"]["id"], state["both"]["outputs"]["arn"]
    second = f"""
may_too = aws.lambda_.Permission(
    "statement-too", statement_id={statement!r}, function={outputs["function"]!r}, action="lambda:InvokeFunction",
    principal="events.amazonaws.com")
aws.cloudwatch.EventRule("rule-too", name={taken[0]!r}, schedule_expression="rate(5 minutes)")
aws.cloudwatch.EventTarget("target-too", rule={taken[0]!r}, target_id={taken[1]!r}, arn={arn!r})
aws.lambda_.EventSourceMapping(
    "stream-too", event_source_arn=table.stream_arn, function_name={arn!r}, starting_position="LATEST")
"""
    project.write(program() + second)
    refused = project.up("--continue-on-error", check=False)
    assert refused.code != 0
    for words in (
        "already exists. Please provide a new statement id",
        f"the rule {taken[0]} exists already",
        f"has a target {taken[1]} already",
        "already exists. Please update or delete the existing mapping",
    ):
        assert words in refused.output
    project.write(program())
    project.up_changes_nothing()
    project.destroy()


@pytest.mark.parametrize(
    ("token", "changed", "refusal"),
    [
        (GROUP, {"targetType": "lambda"}, "port: a function has none"),
        (GROUP, {"port": None}, "port: required for targets of type instance"),
        (RULE, {"eventPattern": None, "scheduleExpression": None}, "eventPattern: needs"),
        (MAPPING, {"maximumRecordAgeInSeconds": 30}, "expected -1 or 60 to 604800, got 30"),
    ],
)
def test_rules_across_properties_are_checked(
    token: str, changed: Mapping[str, Any], refusal: str
) -> None:
    resource = resource_type(token)
    given = {key: one for key, one in {**resource.sample(), **changed}.items() if one is not None}
    _, failures = check_inputs(model_of(resource), given)
    assert any(refusal in f"{path}: {reason}" for path, reason in failures)


def _edits(
    resource: Mapping[str, Any], foreign: Foreign, state: Mapping[str, Any]
) -> list[tuple[str, Any]]:
    return [
        (name, changed_value(resource, name, node, foreign, state))
        for name, node in editable(resource)
    ]


def _verdict(intruder: Intruder, resource: Mapping[str, Any], name: str, value: Any) -> str:
    """What is wrong; empty where the edit was made, and read."""
    try:
        intruder.edit(resource, name, value)
    except Exception as error:  # noqa: BLE001 - the verdict names it
        return f"refused: {error}"
    seen = intruder.read(resource).get(name) != resource["inputs"][name]
    intruder.restore(resource, name, value)
    return "" if seen else f"unseen: {value}"
