"""Functions and what calls them through the real engine: up, no change, edit, edit outside, order of deletion."""

import json

import pytest

from sandbox.providers.aws.check import check_inputs
from sandbox.providers.aws.model import model_of
from sandbox.providers.aws.registry import resource_type
from tests.engine.sandbox_project import Project

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
PROGRAM = """
import json
role = aws.iam.Role("role", assume_role_policy={trust!r})
table = aws.dynamodb.Table(
    "t", billing_mode="PAY_PER_REQUEST", hash_key="pk", range_key="sk", stream_enabled=True,
    stream_view_type="NEW_AND_OLD_IMAGES",
    attributes=[aws.dynamodb.TableAttributeArgs(name=key, type="S") for key in ("pk", "sk")])
logs = aws.cloudwatch.LogGroup("logs", name="/functions/gate")
function = aws.lambda_.Function(
    "gate", role=role.arn, runtime="python3.13", architectures=["arm64"], handler="gate.handler",
    code=pulumi.AssetArchive({{"gate.py": pulumi.StringAsset("{code}")}}),
    memory_size={memory}, timeout=900, environment={{"variables": {{"SLOTS": "{slots}"}}}},
    logging_config={{"log_format": "Text", "log_group": logs.name}}, tags={{"team": "{team}"}})
group = aws.lb.TargetGroup("group", target_type="lambda", lambda_multi_value_headers_enabled=True)
behind = aws.lambda_.Permission(
    "elb", function=function.name, action="lambda:InvokeFunction",
    principal="elasticloadbalancing.amazonaws.com", source_arn=group.arn)
aws.lb.TargetGroupAttachment(
    "target", target_group_arn=group.arn, target_id=function.arn, opts=pulumi.ResourceOptions(depends_on=[behind]))
aws.lambda_.EventSourceMapping(
    "table", event_source_arn=table.stream_arn, function_name=function.arn, starting_position="LATEST",
    maximum_retry_attempts={retries}, maximum_record_age_in_seconds=60,
    filter_criteria={{"filters": [
        {{"pattern": json.dumps({{"dynamodb": {{"Keys": {{"sk": {{"S": ["{key}"]}}}}}}}})}}]}})
aws.lambda_.FunctionEventInvokeConfig(
    "events", function_name=function.name, maximum_event_age_in_seconds=60, maximum_retry_attempts={retries})
rule = aws.cloudwatch.EventRule("minute", schedule_expression="{schedule}", tags={{"team": "{team}"}})
minute = aws.lambda_.Permission(
    "minute-may", function=function.name, action="lambda:InvokeFunction", principal="events.amazonaws.com",
    source_arn=rule.arn)
aws.cloudwatch.EventTarget("minute-calls", rule=rule.name, arn=function.arn)
pulumi.export("function", function.name)
pulumi.export("group", group.arn)
pulumi.export("rule", rule.name)
"""
FIRST = {
    "trust": TRUST,
    "code": "one",
    "memory": 256,
    "slots": 20,
    "retries": 2,
    "key": "wake",
    "schedule": "rate(1 minute)",
    "team": "search",
}


def test_functions_live_and_leave_nothing(project: Project) -> None:
    functions = project.sandbox.boto3_client("lambda")
    events, elbv2 = (project.sandbox.boto3_client(name) for name in ("events", "elbv2"))
    project.write(PROGRAM.format(**FIRST))
    project.up()
    project.up_changes_nothing()
    project.refresh()
    project.up_changes_nothing()
    names = project.outputs()

    # An edit touches what it names, in place.
    for edit, planned in (
        ({"code": "two"}, {"gate": "update"}),
        ({"memory": 512, "slots": 5}, {"gate": "update"}),
        ({"key": "command"}, {"table": "update"}),
        ({"schedule": "rate(2 minutes)"}, {"minute": "update"}),
    ):
        project.write(PROGRAM.format(**{**FIRST, **edit}))
        assert project.planned() == planned
    everything = {"code": "two", "memory": 512, "slots": 5, "retries": 0, "key": "command"}
    project.write(PROGRAM.format(**{**FIRST, **everything, "team": "ranking"}))
    hash_before = _configuration(functions, names)["CodeSha256"]
    project.up()
    project.up_changes_nothing()
    project.refresh()
    project.up_changes_nothing()
    changed = _configuration(functions, names)
    assert changed["CodeSha256"] != hash_before
    assert (changed["MemorySize"], changed["Environment"]["Variables"]) == (512, {"SLOTS": "5"})
    assert changed["LoggingConfig"]["LogGroup"] == "/functions/gate"
    assert functions.get_function(FunctionName=names["function"])["Tags"] == {"team": "ranking"}

    # What someone changes behind Pulumi's back is found by refresh, and mended by the next up.
    functions.update_function_configuration(FunctionName=names["function"], Timeout=3)
    policy = json.loads(functions.get_policy(FunctionName=names["function"])["Policy"])
    (statement,) = (
        one["Sid"]
        for one in policy["Statement"]
        if one["Principal"]["Service"] == "events.amazonaws.com"
    )
    functions.remove_permission(FunctionName=names["function"], StatementId=statement)
    target = events.list_targets_by_rule(Rule=names["rule"])["Targets"][0]
    events.put_targets(
        Rule=names["rule"], Targets=[{**target, "Arn": target["Arn"].replace(":gate-", ":other-")}]
    )
    elbv2.deregister_targets(
        TargetGroupArn=names["group"],
        Targets=[{"Id": _configuration(functions, names)["FunctionArn"]}],
    )
    elbv2.modify_target_group_attributes(
        TargetGroupArn=names["group"],
        Attributes=[{"Key": "lambda.multi_value_headers.enabled", "Value": "false"}],
    )
    project.refresh()
    assert project.planned() == {
        "gate": "update",
        "minute-may": "create",
        "minute-calls": "update",
        "target": "create",
        "group": "update",
    }
    project.up()
    project.up_changes_nothing()
    assert _configuration(functions, names)["Timeout"] == 900
    (mended,) = events.list_targets_by_rule(Rule=names["rule"])["Targets"]
    assert mended["Arn"] == target["Arn"]

    project.destroy()
    assert functions.list_functions()["Functions"] == []
    assert functions.list_event_source_mappings()["EventSourceMappings"] == []
    assert events.list_rules()["Rules"] == []
    assert elbv2.describe_target_groups()["TargetGroups"] == []


def test_a_load_balancer_must_have_been_allowed_to_call(project: Project) -> None:
    program = PROGRAM.format(**FIRST)
    project.write(
        program.replace(
            "source_arn=group.arn", 'source_arn=pulumi.Output.concat(group.arn, "0")', 1
        )
    )
    refused = project.up(check=False)
    assert refused.code != 0
    assert "AccessDenied" in refused.output
    assert "elasticloadbalancing principal does not have permission" in refused.output
    project.destroy()


@pytest.mark.parametrize(
    ("token", "inputs", "failures"),
    [
        (
            "aws:lb/targetGroup:TargetGroup",
            {"targetType": "lambda", "port": 443},
            [("port", "a function has none")],
        ),
        (
            "aws:lb/targetGroup:TargetGroup",
            {"protocol": "HTTPS", "vpcId": "vpc-0123456789abcdef0"},
            [("port", "required for targets of type instance")],
        ),
        (
            "aws:cloudwatch/eventRule:EventRule",
            {"name": "never"},
            [("eventPattern", "needs eventPattern, scheduleExpression or both")],
        ),
    ],
)
def test_rules_across_properties(token, inputs, failures) -> None:
    assert check_inputs(model_of(resource_type(token)), inputs)[1] == failures


def _configuration(functions, names):
    return functions.get_function_configuration(FunctionName=names["function"])
