"""Roles and key: each names what it may touch."""

import json
from dataclasses import replace

from inline_snapshot import snapshot

from homeport.planner.unscoped_actions import UNSCOPED_ACTIONS
from tests.components.plans import ACCOUNT, endpoint, stack
from tests.components.registered import registered

CHAT = endpoint("chat")
PLAN = stack(CHAT, endpoint("inner", "private"))


def _with_own_registry():
    own = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/team/engine@sha256:{'d' * 64}"
    image = replace(CHAT.engine.image, reference=own)
    return stack(endpoint("chat", engine=replace(CHAT.engine, image=image)))


def test_no_role_has_a_wildcard_action() -> None:
    for plan in (PLAN, _with_own_registry()):
        for role, statement in registered(plan).statements():
            assert not [action for action in statement["Action"] if "*" in action], role


def test_unscoped_actions_are_the_table_and_every_row_is_used() -> None:
    used = {
        action
        for plan in (PLAN, _with_own_registry())
        for _, statement in registered(plan).statements()
        if statement["Resource"] == "*"
        for action in statement["Action"]
    }
    assert used == set(UNSCOPED_ACTIONS)


def test_no_resource_is_a_bare_wildcard_otherwise() -> None:
    for role, statement in registered(PLAN).statements():
        if statement["Resource"] != "*":
            for resource in statement["Resource"]:
                assert resource.startswith("arn:aws:"), role


def test_a_replicas_policy() -> None:
    policy = json.loads(registered(PLAN).inputs("RolePolicy", "chat")["policy"])
    assert {s["Sid"]: (s["Action"], s["Resource"]) for s in policy["Statement"]} == snapshot(
        {
            "ReadItems": (
                ["dynamodb:GetItem"],
                ["arn:aws:recorded:::Table/endpoints"],
            ),
            "WriteItems": (
                ["dynamodb:PutItem", "dynamodb:UpdateItem"],
                ["arn:aws:recorded:::Table/endpoints"],
            ),
            "Artefacts": (
                ["s3:GetObject"],
                [
                    "arn:aws:s3:::homeport-artefacts-bucket/startup/*",
                    "arn:aws:s3:::homeport-artefacts-bucket/boot/chat/*",
                ],
            ),
            "Logs": (
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                ["arn:aws:recorded:::LogGroup/chat:*"],
            ),
            "Metrics": (["cloudwatch:PutMetricData"], "*"),
            "Lifecycle": (
                [
                    "autoscaling:CompleteLifecycleAction",
                    "autoscaling:RecordLifecycleActionHeartbeat",
                    "autoscaling:SetInstanceHealth",
                ],
                [
                    "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/homeport-demo-chat"
                ],
            ),
            "Secrets": (
                ["secretsmanager:GetSecretValue"],
                [
                    "arn:aws:secretsmanager:us-east-1:123456789012:secret:hub-token-??????",
                    "arn:aws:secretsmanager:us-east-1:123456789012:secret:search-key-??????",
                ],
            ),
            "Decrypt": (["kms:Decrypt"], ["arn:aws:recorded:::Key/key"]),
        }
    )
    assert {s["Sid"]: s["Condition"] for s in policy["Statement"] if "Condition" in s} == snapshot(
        {
            "ReadItems": {
                "ForAllValues:StringEquals": {
                    "dynamodb:LeadingKeys": ["chat#config", "chat#replica", "chat#token"]
                }
            },
            "WriteItems": {
                "ForAllValues:StringEquals": {
                    "dynamodb:LeadingKeys": ["chat#replica", "chat#token"]
                }
            },
            "Metrics": {"StringEquals": {"cloudwatch:namespace": "homeport/demo/chat"}},
            "Decrypt": {
                "StringEquals": {
                    "kms:ViaService": [
                        "dynamodb.us-east-1.amazonaws.com",
                        "s3.us-east-1.amazonaws.com",
                        "secretsmanager.us-east-1.amazonaws.com",
                    ]
                }
            },
        }
    )


def test_own_registry_opens_the_images_repository_only() -> None:
    policy = json.loads(registered(_with_own_registry()).inputs("RolePolicy", "chat")["policy"])
    (image,) = (s for s in policy["Statement"] if s["Sid"] == "Image")
    assert image["Resource"] == ["arn:aws:ecr:us-east-1:123456789012:repository/team/engine"]


def test_key_is_granted_to_the_stacks_own_role_of_auto_scaling() -> None:
    found = registered(PLAN)
    role = "arn:aws:recorded:::ServiceLinkedRole/autoscaling"
    statements = json.loads(found.inputs("Key", "key")["policy"])["Statement"]
    assert [s["Sid"] for s in statements if s["Principal"] == {"AWS": role}] == [
        "AutoScaling",
        "AutoScalingGrant",
    ]
    (grant,) = (s for s in statements if s["Sid"] == "AutoScalingGrant")
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert found.inputs("Group", "chat")["serviceLinkedRoleArn"] == role


def test_brought_key_is_used_and_none_is_made() -> None:
    found = registered(stack(CHAT, encryption_key_id="1234abcd"))
    key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
    assert found.of("Key") == []
    assert found.inputs("LogGroup", "chat")["kmsKeyId"] == key


def test_the_gate_reads_how_an_endpoint_stands_and_writes_no_state() -> None:
    policy = json.loads(registered(PLAN).inputs("RolePolicy", "gate")["policy"])
    assert {s["Sid"]: s["Action"] for s in policy["Statement"]} == {
        "ReadItems": ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"],
        "WriteItems": ["dynamodb:UpdateItem"],
        "Decrypt": ["kms:Decrypt"],
        "Logs": ["logs:CreateLogStream", "logs:PutLogEvents"],
    }
    (writes,) = (s for s in policy["Statement"] if s["Sid"] == "WriteItems")
    assert writes["Condition"] == {
        "ForAllValues:StringLike": {
            "dynamodb:LeadingKeys": ["*#wake", "*#token", "#hold", "#hub-calls"]
        }
    }


def test_the_reconciler_changes_its_stacks_groups_and_rules_and_neither_maximum_nor_template() -> (
    None
):
    policy = json.loads(registered(PLAN).inputs("RolePolicy", "reconciler")["policy"])
    found = {s["Sid"]: s for s in policy["Statement"]}
    groups = [
        "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/homeport-demo.*"
    ]
    assert found["Resize"]["Resource"] == found["Refresh"]["Resource"] == groups
    assert set(found["Resize"]["Condition"]["Null"]) == {
        "autoscaling:MaxSize",
        "autoscaling:LaunchTemplateVersionSpecified",
        "autoscaling:LaunchConfigurationName",
        "autoscaling:VPCZoneIdentifiers",
    }
    assert set(found["Resize"]["Condition"]["Null"].values()) == {"true"}
    assert found["Turn"]["Condition"] == {
        "StringEquals": {"aws:ResourceTag/homeport:stack": "demo"}
    }
    written = found["WriteItems"]["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
    assert written == ["*#state", "*#wake-record"]
    changes = {a for s in policy["Statement"] for a in s["Action"] if not a.startswith(READS)}
    assert changes == {
        "autoscaling:StartInstanceRefresh",
        "autoscaling:UpdateAutoScalingGroup",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "elasticloadbalancing:ModifyRule",
        "kms:Decrypt",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    }


READS = (
    "autoscaling:Describe", "dynamodb:BatchGet", "dynamodb:Describe", "dynamodb:Get", "dynamodb:List",
    "dynamodb:Query", "elasticloadbalancing:Describe",
)  # fmt: skip


def test_only_the_named_may_call_the_functions() -> None:
    permissions = [one["inputs"] for one in registered(PLAN).of("Permission")]
    callers = {(one["principal"], one["sourceArn"].rpartition(":")[2]) for one in permissions}
    assert callers == {
        ("elasticloadbalancing.amazonaws.com", "TargetGroup/gate-pub"),
        ("elasticloadbalancing.amazonaws.com", "TargetGroup/gate-int"),
        ("events.amazonaws.com", "EventRule/groups"),
        ("events.amazonaws.com", "EventRule/minute"),
    }


def test_one_shape_of_resources_whatever_the_minimum() -> None:
    sleeps = replace(
        CHAT.scaling, min_replicas=0, initial_replicas=0, scale_to_zero_after_seconds=3600
    )
    awake, asleep = registered(stack(CHAT)), registered(stack(endpoint("chat", scaling=sleeps)))
    assert [e["urn"] for e in awake.resources] == [e["urn"] for e in asleep.resources]
    different = {
        (one["name"], one["type"].rpartition(":")[2])
        for one, other in zip(awake.resources, asleep.resources, strict=True)
        if one["inputs"] != other["inputs"]
    }
    # The group's size counts when it is created only.
    assert different == {("chat", "TableItem"), ("chat", "Group")}
