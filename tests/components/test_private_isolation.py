"""Two private endpoints with different consumers: nobody who may call one can reach the other.

Shown on what is registered: a path from a consumer goes service -> network load balancer -> target
group -> port of the internal load balancer -> listener on that port -> its rules.
"""

from typing import Any

import pytest

from tests.components.plans import access, endpoint, stack
from tests.components.registered import Registered, arn, registered

A = endpoint("alpha", "private", access=access("alpha", "private", consumers=("111111111111",)))
B = endpoint("beta", "private", access=access("beta", "private", consumers=("222222222222",)))
PLAN = stack(A, B, endpoint("chat"))


@pytest.fixture(scope="module")
def found() -> Registered:
    return registered(PLAN)


def _reachable_hosts(found: Registered, account: str) -> set[str]:
    """Hosts whose replicas an account's request can get to, whatever host it names."""
    hosts: set[str] = set()
    for service in _services_open_to(found, account):
        (front,) = service["inputs"]["networkLoadBalancerArns"]
        for port in _ports_behind(found, front):
            hosts |= _hosts_on_port(found, port)
    return hosts


def _services_open_to(found: Registered, account: str) -> list[dict[str, Any]]:
    ids = {
        entry["inputs"]["vpcEndpointServiceId"]
        for entry in found.of("VpcEndpointServiceAllowedPrinciple")
        if f":{account}:" in entry["inputs"]["principalArn"]
    }
    services = found.of("VpcEndpointService")
    return [one for one in services if f"VpcEndpointService/{one['name']}" in ids]


def _ports_behind(found: Registered, front_arn: str) -> set[int]:
    ports: set[int] = set()
    for listener in found.of("Listener"):
        if listener["inputs"]["loadBalancerArn"] != front_arn:
            continue
        for action in listener["inputs"]["defaultActions"]:
            group = action["targetGroupArn"]
            ports |= {
                attachment["inputs"]["port"]
                for attachment in found.of("TargetGroupAttachment")
                if attachment["inputs"]["targetGroupArn"] == group
            }
    return ports


def _hosts_on_port(found: Registered, port: int) -> set[str]:
    internal = arn("LoadBalancer", "homeport-internal")
    listeners = {
        arn("Listener", one["name"])
        for one in found.of("Listener")
        if one["inputs"]["loadBalancerArn"] == internal and one["inputs"]["port"] == port
    }
    return {
        host
        for rule in found.of("ListenerRule")
        if rule["inputs"]["listenerArn"] in listeners
        and rule["inputs"]["actions"][0]["type"] == "forward"
        for condition in rule["inputs"]["conditions"]
        for host in condition["hostHeader"]["values"]
    }


def test_a_consumer_reaches_its_endpoint_and_no_other(found: Registered) -> None:
    assert _reachable_hosts(found, "111111111111") == {A.access.host}
    assert _reachable_hosts(found, "222222222222") == {B.access.host}
    assert _reachable_hosts(found, "333333333333") == set()


def test_listeners_answer_other_hosts_with_404(found: Registered) -> None:
    for listener in found.of("Listener"):
        if listener["inputs"]["protocol"] == "HTTPS":
            (action,) = listener["inputs"]["defaultActions"]
            assert action["fixedResponse"]["statusCode"] == "404"


def test_a_listeners_port_is_open_to_its_own_front_only(found: Registered) -> None:
    internal = "SecurityGroup/internal"
    opened = {
        (rule["inputs"]["fromPort"], rule["inputs"]["toPort"]): rule["inputs"][
            "referencedSecurityGroupId"
        ]
        for rule in found.of("SecurityGroupIngressRule")
        if rule["inputs"]["securityGroupId"] == internal
    }
    ports = {name: plan.access.listener_port for name, plan in (("alpha", A), ("beta", B))}
    assert opened == {
        (ports[name], ports[name]): f"SecurityGroup/{name}-link" for name in ("alpha", "beta")
    }


def test_a_front_reaches_its_own_port_only_and_lets_nothing_in(found: Registered) -> None:
    for plan in (A, B):
        group = f"SecurityGroup/{plan.name}-link"
        out = [
            rule["inputs"]
            for rule in found.of("SecurityGroupEgressRule")
            if rule["inputs"]["securityGroupId"] == group
        ]
        assert [(rule["fromPort"], rule["toPort"]) for rule in out] == [
            (plan.access.listener_port, plan.access.listener_port)
        ]
        assert not [
            rule
            for rule in found.of("SecurityGroupIngressRule")
            if rule["inputs"]["securityGroupId"] == group
        ]


def test_each_service_has_its_endpoints_name(found: Registered) -> None:
    assert {
        one["name"]: one["inputs"]["privateDnsName"] for one in found.of("VpcEndpointService")
    } == {"alpha": A.access.host, "beta": B.access.host}


def test_the_check_finds_a_rule_on_a_neighbours_listener() -> None:
    """The path above is not blind: one wrong rule and the consumer reaches the other host."""
    found = Registered(PLAN)
    wrong = found.one("ListenerRule", "beta-int")
    moved = {**wrong, "inputs": {**wrong["inputs"], "listenerArn": arn("Listener", "alpha")}}
    found.entries = [moved if entry is wrong else entry for entry in found.entries]
    assert _reachable_hosts(found, "111111111111") == {A.access.host, B.access.host}


def test_machines_are_reached_from_load_balancers_only(found: Registered) -> None:
    sources = {
        rule["inputs"].get("referencedSecurityGroupId")
        for rule in found.of("SecurityGroupIngressRule")
        if rule["inputs"]["securityGroupId"] == "SecurityGroup/machines"
    }
    assert sources == {"SecurityGroup/public", "SecurityGroup/internal"}
