"""The item that gateway, agent, gate, reconciler and the command line read: each by its own code."""

import json
from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from dataplane.gateway.live_settings import (
    LIVE_FIELDS,
    drain_seconds,
    gateway_settings,
    startup_seconds,
)
from dataplane.wake.aws.attributes import plain_map
from dataplane.wake.gate_config import gate_config
from dataplane.wake.observe import config_of, target_groups
from tests.components.plans import endpoint, stack
from tests.components.registered import registered

CHAT = endpoint("chat")
PLAN = stack(CHAT)
MIXED = stack(CHAT, endpoint("inner", "private"))


def test_the_gateway_reads_its_live_settings_from_the_item() -> None:
    found = registered(PLAN)
    boot = json.loads(found.inputs("BucketObjectv2", "chat")["content"])
    item = {"Item": json.loads(found.inputs("TableItem", "chat")["item"])}
    settings = gateway_settings(boot, item, live_folder="/run/live")
    assert {field: getattr(settings, field) for field in LIVE_FIELDS} == {
        "access_mode": "protected",
        "cidrs": (),
        "max_request_seconds": 900,
        "max_body_bytes": 32 * 1024 * 1024,
    }
    assert drain_seconds(item) == CHAT.drain.agent_drain_seconds


@pytest.mark.parametrize("name", ["chat", "inner"])
def test_the_gate_reads_its_configuration_from_the_item(name: str) -> None:
    item = json.loads(registered(MIXED).inputs("TableItem", name)["item"])
    found = gate_config(plain_map(item))
    (plan,) = [one for one in MIXED.endpoints if one.name == name]
    assert (found.endpoint, found.host, found.access_mode) == (
        name,
        plan.access.host,
        plan.access.mode,
    )
    spoken = [(route.method, route.path, route.inference) for route in found.routes]
    assert spoken == [(route.method, route.path, route.inference) for route in plan.engine.routes]
    assert found.served_names == plan.engine.served_names
    assert found.wake_seconds_estimate == plan.wake.estimate_seconds
    assert found.way_in


def test_configuration_item() -> None:
    item = json.loads(registered(PLAN).inputs("TableItem", "chat")["item"])
    assert item == snapshot(
        {
            "access_mode": {"S": "protected"},
            "agent_drain_seconds": {"N": "905"},
            "allow": {"L": [{"S": "org/acme"}]},
            "cidrs": {"L": []},
            "endpoint": {"S": "chat"},
            "engine_grace_seconds": {"N": "915"},
            "format": {"N": "1"},
            "gate_target_group_arn": {"S": "arn:aws:recorded:::TargetGroup/gate-pub"},
            "group_name": {"S": "homeport-demo-chat"},
            "host": {"S": "chat.endpoints.example.com"},
            "listener_arn": {"S": "arn:aws:recorded:::Listener/public"},
            "log_group": {"S": "/homeport/demo/chat"},
            "max_body_bytes": {"N": "33554432"},
            "max_replicas": {"N": "2"},
            "max_request_seconds": {"N": "900"},
            "metric_namespace": {"S": "homeport/demo/chat"},
            "min_replicas": {"N": "1"},
            "pk": {"S": "chat#config"},
            "proxy_route_timeout_seconds": {"N": "900"},
            "routes": {
                "L": [{"S": "POST /v1/chat/completions inference"}, {"S": "GET /v1/models"}]
            },
            "rule_arn": {"S": "arn:aws:recorded:::ListenerRule/chat-pub"},
            "scale_to_zero_after_seconds": {"NULL": True},
            "served_names": {"L": [{"S": "llama"}, {"S": "Qwen/Qwen3-8B"}, {"S": "dummy"}]},
            "sk": {"S": "config"},
            "startup_seconds": {"N": "900"},
            "target_group_arn": {"S": "arn:aws:recorded:::TargetGroup/chat-pub"},
            "token_stale_seconds": {"N": "3600"},
            "wake_seconds_estimate": {"N": "45"},
            "wanted_template_id": {"S": "LaunchTemplate/chat"},
            "wanted_template_version": {"S": "1"},
        }
    )


def test_the_agent_gives_a_start_up_when_the_plan_does() -> None:
    item = {"Item": json.loads(registered(PLAN).inputs("TableItem", "chat")["item"])}
    assert startup_seconds(item) == CHAT.wake.startup_seconds


def test_the_reconciler_reads_its_configuration_from_the_item() -> None:
    sleeps = replace(CHAT.scaling, min_replicas=0, scale_to_zero_after_seconds=1800)
    for plan, minimum, idle in ((CHAT, 1, None), (endpoint("chat", scaling=sleeps), 0, 1800)):
        item = plain_map(json.loads(registered(stack(plan)).inputs("TableItem", "chat")["item"]))
        found = config_of(item)
        assert (found.min_replicas, found.idle_seconds) == (minimum, idle)
        assert found.startup_seconds == plan.wake.startup_seconds
        assert found.max_request_seconds == plan.drain.max_request_seconds
        assert found.template == "LaunchTemplate/chat:1"
        assert not found.falls_back
        assert [arn.rpartition("/")[2] for arn in target_groups(item)] == ["chat-pub", "gate-pub"]
