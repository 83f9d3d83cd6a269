"""Single values that something outside depends on."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from inline_snapshot import snapshot

import dataplane
from components.aws.gateway_address import GATEWAY_PORT, READY_PATH
from dataplane.gateway.agent import figures, leaving
from dataplane.gateway.agent.aws import cloud
from dataplane.gateway.agent.engine_figures import ENGINE_SERIES
from dataplane.gateway.envoy_routes import READY_PATH as GATEWAY_READY_PATH
from dataplane.gateway.settings import GatewaySettings
from homeport.planner import metrics
from homeport.planner.plan import ScaleStep
from tests.components.plans import endpoint, stack
from tests.components.registered import registered

CHAT = endpoint("chat")
PLAN = stack(CHAT)
MIXED = stack(CHAT, endpoint("inner", "private"))


def test_load_balancer_and_gateway_agree_on_port_and_path() -> None:
    fields = GatewaySettings.__dataclass_fields__
    assert fields["listen_port"].default == GATEWAY_PORT
    assert READY_PATH == GATEWAY_READY_PATH


def test_group() -> None:
    inputs = registered(PLAN).inputs("Group", "chat")
    assert inputs == snapshot(
        {
            "healthCheckType": "ELB",
            "minSize": 1.0,
            "name": "homeport-demo-chat",
            "ignoreFailedScalingActivities": True,
            "launchTemplate": {"id": "LaunchTemplate/chat", "version": "1"},
            "serviceLinkedRoleArn": "arn:aws:recorded:::ServiceLinkedRole/autoscaling",
            "instanceRefresh": {
                "strategy": "Rolling",
                "preferences": {
                    "minHealthyPercentage": 100.0,
                    "scaleInProtectedInstances": "Refresh",
                    "skipMatching": True,
                    "autoRollback": True,
                    "maxHealthyPercentage": 200.0,
                },
            },
            "availabilityZoneDistribution": {
                "capacityDistributionStrategy": "balanced-best-effort"
            },
            "defaultInstanceWarmup": 60.0,
            "healthCheckGracePeriod": 120.0,
            "vpcZoneIdentifiers": ["Subnet/private-us-east-1a", "Subnet/private-us-east-1b"],
            "desiredCapacity": 1.0,
            "terminationPolicies": ["OldestLaunchTemplate", "Default"],
            "instanceMaintenancePolicy": {
                "minHealthyPercentage": 100.0,
                "maxHealthyPercentage": 200.0,
            },
            "initialLifecycleHooks": [
                {
                    "defaultResult": "ABANDON",
                    "heartbeatTimeout": 600.0,
                    "lifecycleTransition": "autoscaling:EC2_INSTANCE_LAUNCHING",
                    "name": "homeport-launch",
                },
                {
                    "defaultResult": "CONTINUE",
                    "heartbeatTimeout": 120.0,
                    "lifecycleTransition": "autoscaling:EC2_INSTANCE_TERMINATING",
                    "name": "homeport-terminate",
                },
            ],
            "maxSize": 2.0,
            "enabledMetrics": [
                "GroupDesiredCapacity",
                "GroupInServiceInstances",
                "GroupPendingInstances",
                "GroupTerminatingInstances",
                "GroupTotalInstances",
            ],
            "waitForCapacityTimeout": "0",
            "capacityRebalance": False,
            "tags": [
                {"key": "homeport:endpoint", "value": "chat", "propagateAtLaunch": True},
                {"key": "homeport:stack", "value": "demo", "propagateAtLaunch": True},
                {"key": "team", "value": "search", "propagateAtLaunch": True},
            ],
        }
    )
    assert registered(PLAN).one("Group", "chat")["options"]["customTimeouts"] == {"delete": "1800s"}


def test_template_without_user_data() -> None:
    inputs = dict(registered(PLAN).inputs("LaunchTemplate", "chat"))
    del inputs["userData"]
    assert inputs == snapshot(
        {
            "updateDefaultVersion": True,
            "tags": {"homeport:stack": "demo"},
            "tagSpecifications": [
                {
                    "resourceType": "instance",
                    "tags": {"homeport:capacity": "on-demand", "homeport:stack": "demo"},
                },
                {
                    "resourceType": "volume",
                    "tags": {"homeport:capacity": "on-demand", "homeport:stack": "demo"},
                },
                {
                    "resourceType": "network-interface",
                    "tags": {"homeport:capacity": "on-demand", "homeport:stack": "demo"},
                },
            ],
            "iamInstanceProfile": {"arn": "arn:aws:recorded:::InstanceProfile/chat"},
            "instanceType": "g6.xlarge",
            "metadataOptions": {
                "httpPutResponseHopLimit": 1.0,
                "httpEndpoint": "enabled",
                "instanceMetadataTags": "disabled",
                "httpTokens": "required",
            },
            "blockDeviceMappings": [
                {
                    "ebs": {
                        "volumeSize": 200.0,
                        "deleteOnTermination": "true",
                        "kmsKeyId": "arn:aws:recorded:::Key/key",
                        "volumeType": "gp3",
                        "throughput": 1000.0,
                        "iops": 6000.0,
                        "encrypted": "true",
                    },
                    "deviceName": "/dev/xvda",
                }
            ],
            "description": "homeport 0.1.0: chat",
            "monitoring": {"enabled": True},
            "imageId": "ami-0123456789abcdef0",
            "networkInterfaces": [
                {
                    "deviceIndex": 0.0,
                    "deleteOnTermination": "true",
                    "connectionTrackingSpecification": {"tcpEstablishedTimeout": 4200.0},
                    "securityGroups": ["SecurityGroup/machines"],
                    "associatePublicIpAddress": "false",
                }
            ],
        }
    )


def test_target_groups() -> None:
    found = registered(MIXED)
    assert {e["name"]: e["inputs"] for e in found.of("TargetGroup")} == snapshot(
        {
            "inner-alb": {
                "vpcId": "Vpc/network",
                "healthCheck": {
                    "protocol": "HTTPS",
                    "path": "/_homeport/lb-health",
                    "unhealthyThreshold": 2.0,
                    "timeout": 6.0,
                    "matcher": "200",
                    "interval": 10.0,
                    "healthyThreshold": 2.0,
                },
                "targetType": "alb",
                "port": 20540.0,
                "tags": {"team": "search", "homeport:stack": "demo", "homeport:endpoint": "inner"},
                "protocol": "TCP",
            },
            "inner-int": {
                "port": 8443.0,
                "healthCheck": {
                    "protocol": "HTTPS",
                    "path": "/_homeport/ready",
                    "unhealthyThreshold": 3.0,
                    "timeout": 4.0,
                    "matcher": "200",
                    "interval": 5.0,
                    "healthyThreshold": 2.0,
                },
                "tags": {"team": "search", "homeport:stack": "demo", "homeport:endpoint": "inner"},
                "loadBalancingAlgorithmType": "least_outstanding_requests",
                "vpcId": "Vpc/network",
                "deregistrationDelay": 900.0,
                "targetType": "instance",
                "protocolVersion": "HTTP1",
                "protocol": "HTTPS",
            },
            "chat-pub": {
                "port": 8443.0,
                "healthCheck": {
                    "protocol": "HTTPS",
                    "path": "/_homeport/ready",
                    "unhealthyThreshold": 3.0,
                    "timeout": 4.0,
                    "matcher": "200",
                    "interval": 5.0,
                    "healthyThreshold": 2.0,
                },
                "tags": {"team": "search", "homeport:stack": "demo", "homeport:endpoint": "chat"},
                "loadBalancingAlgorithmType": "least_outstanding_requests",
                "vpcId": "Vpc/network",
                "deregistrationDelay": 900.0,
                "targetType": "instance",
                "protocolVersion": "HTTP1",
                "protocol": "HTTPS",
            },
            "gate-int": {
                "lambdaMultiValueHeadersEnabled": True,
                "tags": {"homeport:stack": "demo"},
                "targetType": "lambda",
            },
            "gate-pub": {
                "lambdaMultiValueHeadersEnabled": True,
                "tags": {"homeport:stack": "demo"},
                "targetType": "lambda",
            },
        }
    )


def test_listeners_and_rules() -> None:
    found = registered(MIXED)
    assert {
        e["name"]: (e["inputs"]["port"], e["inputs"]["protocol"], e["inputs"].get("sslPolicy"))
        for e in found.of("Listener")
    } == snapshot(
        {
            "public": (443.0, "HTTPS", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"),
            "inner": (20540.0, "HTTPS", "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"),
            "inner-link": (443.0, "TCP", None),
        }
    )
    assert {
        e["name"]: (e["inputs"].get("priority"), e["inputs"]["conditions"])
        for e in found.of("ListenerRule")
    } == snapshot(
        {
            "inner-health": (1.0, [{"pathPattern": {"values": ["/_homeport/lb-health"]}}]),
            "inner-int": (2.0, [{"hostHeader": {"values": ["inner.endpoints.example.com"]}}]),
            "chat-pub": (None, [{"hostHeader": {"values": ["chat.endpoints.example.com"]}}]),
        }
    )


def test_network_load_balancer() -> None:
    assert registered(MIXED).inputs("LoadBalancer", "inner-nlb") == snapshot(
        {
            "internal": True,
            "subnets": ["Subnet/private-us-east-1a", "Subnet/private-us-east-1b"],
            "loadBalancerType": "network",
            "enableCrossZoneLoadBalancing": True,
            "enableDeletionProtection": False,
            "ipAddressType": "ipv4",
            "securityGroups": ["SecurityGroup/inner-link"],
            "enforceSecurityGroupInboundRulesOnPrivateLinkTraffic": "off",
            "tags": {"team": "search", "homeport:stack": "demo", "homeport:endpoint": "inner"},
        }
    )


def _alarms(plan: Any) -> dict[str, Any]:
    return {e["name"]: e["inputs"] for e in registered(plan).of("MetricAlarm")}


def test_at_most_four_alarms_an_endpoint() -> None:
    assert sorted(_alarms(PLAN)) == ["chat-down", "chat-errors", "chat-failed-start", "chat-up"]


def test_scaling_down_watches_the_load_on_one_replica_less() -> None:
    alarm = _alarms(PLAN)["chat-down"]
    assert [query.get("expression") for query in alarm["metricQueries"]] == [
        "IF(n > 1, m * n / (n - 1), 1000)",
        None,
        None,
    ]
    assert (alarm["threshold"], alarm["evaluationPeriods"], alarm["comparisonOperator"]) == (
        72,
        5,
        "LessThanThreshold",
    )
    assert alarm["treatMissingData"] == "notBreaching"


MEASURES = {
    "cpu": ("AWS/EC2", {"AutoScalingGroupName": "homeport-demo-chat"}),
    "gpu": ("homeport/demo/chat", None),
    "pending": ("homeport/demo/chat", None),
}


@pytest.mark.parametrize("measure", MEASURES)
def test_each_measure_is_read_where_it_is_reported(measure: Any) -> None:
    scaling = replace(CHAT.scaling, measure=measure)
    alarms = _alarms(stack(replace(CHAT, scaling=scaling)))
    namespace, dimensions = MEASURES[measure]
    up = alarms["chat-up"]
    assert (up["namespace"], up.get("dimensions")) == (namespace, dimensions)
    down = alarms["chat-down"]["metricQueries"][1]["metric"]
    assert (down["namespace"], down.get("dimensions")) == (namespace, dimensions)


def test_pending_scales_above_its_threshold_in_growing_steps() -> None:
    scaling = replace(
        CHAT.scaling,
        measure="pending",
        metric_name="PendingRequests",
        threshold=1.5,
        up_period_seconds=20,
        up_inclusive=False,
        up_steps=tuple(
            ScaleStep(from_measure=1.5 * factor, add_replicas=factor) for factor in (1, 2, 4)
        ),
    )
    plan = stack(replace(CHAT, scaling=scaling))
    up = _alarms(plan)["chat-up"]
    assert (up["period"], up["comparisonOperator"], up["threshold"]) == (
        20,
        "GreaterThanThreshold",
        1.5,
    )
    assert registered(plan).inputs("Policy", "chat-up")["stepAdjustments"] == snapshot(
        [
            {
                "metricIntervalUpperBound": "1.5",
                "scalingAdjustment": 1.0,
                "metricIntervalLowerBound": "0",
            },
            {
                "metricIntervalUpperBound": "4.5",
                "scalingAdjustment": 2.0,
                "metricIntervalLowerBound": "1.5",
            },
            {"scalingAdjustment": 4.0, "metricIntervalLowerBound": "4.5"},
        ]
    )


def test_protect() -> None:
    found = registered(stack(CHAT, endpoint("inner", "private"), protect=True))
    assert {e["urn"].split("$")[-1] for e in found.resources if "protect" in e["options"]} == {
        "aws:kms/key:Key::key",
        "aws:dynamodb/table:Table::endpoints",
    }
    assert found.inputs("Table", "endpoints")["deletionProtectionEnabled"] is True
    assert {
        e["name"]: e["inputs"]["enableDeletionProtection"] for e in found.of("LoadBalancer")
    } == {"homeport-public": True, "homeport-internal": True, "inner-nlb": False}
    assert all(not e["inputs"]["forceDestroy"] for e in found.of("Bucket"))


def test_zero_retention_keeps_no_access_log_and_no_sample() -> None:
    assert PLAN.ingress.public is not None
    quiet = replace(PLAN.ingress, public=replace(PLAN.ingress.public, access_logs=False))
    found = registered(replace(PLAN, ingress=quiet))
    assert found.inputs("LoadBalancer", "homeport-public")["accessLogs"]["enabled"] is False
    acl = found.inputs("WebAcl", "public")
    visibilities = [acl["visibilityConfig"], *(rule["visibilityConfig"] for rule in acl["rules"])]
    assert not any(one["sampledRequestsEnabled"] for one in visibilities)


def test_without_a_zone_nothing_is_published() -> None:
    ingress = replace(MIXED.ingress, zone_id=None, certificate_id="abc")
    found = registered(replace(MIXED, ingress=ingress))
    assert found.of("Record") == []
    assert found.of("Certificate") == []
    assert found.of("EndpointServicePrivateDnsVerification") == []
    assert found.inputs("Listener", "public")["certificateArn"] == (
        "arn:aws:acm:us-east-1:123456789012:certificate/abc"
    )


def test_dashboard_follows_the_chosen_endpoint() -> None:
    body = json.loads(registered(MIXED).inputs("Dashboard", "endpoints")["dashboardBody"])
    (variable,) = body["variables"]
    assert [value["value"] for value in variable["values"]] == ["chat", "inner"]
    for widget in body["widgets"]:
        for metric in widget["properties"]["metrics"]:
            assert sum(variable["pattern"] in part for part in metric) == 1
            assert not any("chat" in part for part in metric)


def test_a_stopping_gateway_waits_until_the_load_balancer_has_noticed() -> None:
    check = registered(PLAN).inputs("TargetGroup", "chat-pub")["healthCheck"]
    noticed_after = check["interval"] * (check["unhealthyThreshold"] - 1) + check["timeout"]
    script = (Path(dataplane.__file__).parent / "bootstrap/scripts/gateway-stop.sh").read_text(
        "utf-8"
    )
    (waits,) = re.findall(r"^balancer_seconds=(\d+)", script, re.MULTILINE)
    # One interval more: the first check that fails may be a whole one away.
    assert int(waits) >= noticed_after + check["interval"]


def test_the_agents_names_of_the_hooks_are_the_groups() -> None:
    hooks = registered(PLAN).inputs("Group", "chat")["initialLifecycleHooks"]
    assert {hook["name"] for hook in hooks} == {cloud.LAUNCH_HOOK, cloud.TERMINATE_HOOK}
    (termination,) = (hook for hook in hooks if hook["name"] == cloud.TERMINATE_HOOK)
    assert termination["heartbeatTimeout"] >= leaving.HEARTBEAT_SECONDS * 2


def test_the_dashboard_asks_for_exactly_what_agents_publish() -> None:
    """And the planner, which prices it, and the alarms know the same names."""
    body = json.loads(registered(MIXED).inputs("Dashboard", "endpoints")["dashboardBody"])
    asked = {
        row[1]
        for widget in body["widgets"]
        for row in widget["properties"]["metrics"]
        if row[0].startswith("homeport/")
    }
    of_engines = {
        name: tuple(series.metric for series in rows) for name, rows in ENGINE_SERIES.items()
    }
    assert of_engines == metrics.OF_ENGINES
    assert metrics.OF_GPUS == (figures.GPU_USE, figures.GPU_MEMORY)
    assert metrics.OF_REQUESTS == (
        figures.PENDING, figures.IN_FLIGHT, figures.REQUESTS_2XX, figures.REQUESTS_4XX,
        figures.REQUESTS_5XX, figures.REQUEST_SECONDS,
    )  # fmt: skip
    published = {*metrics.OF_REQUESTS, *metrics.OF_GPUS, metrics.FAILED_STARTS}
    published |= {name for names in of_engines.values() for name in names}
    assert asked == published
    alarms = {
        alarm["inputs"]["metricName"]
        for alarm in registered(MIXED).of("MetricAlarm")
        if str(alarm["inputs"].get("namespace")).startswith("homeport/")
    }
    assert alarms <= published
    assert figures.FAILED_STARTS == metrics.FAILED_STARTS
