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
