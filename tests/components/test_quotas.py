"""How much of a load balancer's quotas a full stack uses.

An ALB has 100 target groups, not adjustable, 50 listeners and 100 rules besides the default ones
(Elastic Load Balancing guide, "Quotas for your Application Load Balancers", read 2026-11).
"""

from tests.components.plans import access, endpoint, stack
from tests.components.registered import arn, registered

TARGET_GROUPS, LISTENERS, RULES = 100, 50, 100


def test_the_public_side_carries_95_endpoints() -> None:
    found = registered(stack(*(endpoint(f"e{number}") for number in range(95))))
    assert len(found.of("LoadBalancer")) == 1
    assert len(found.of("TargetGroup")) == 95 + 1 <= TARGET_GROUPS  # the gate
    assert len(found.of("ListenerRule")) == 95 <= RULES


def test_the_internal_side_carries_45_endpoints() -> None:
    found = registered(stack(*(_private(number) for number in range(45))))
    internal = arn("LoadBalancer", "homeport-internal")
    listeners = [e for e in found.of("Listener") if e["inputs"]["loadBalancerArn"] == internal]
    assert len(listeners) == 45 <= LISTENERS
    assert len({e["inputs"]["port"] for e in listeners}) == 45
    arns = {arn("Listener", e["name"]) for e in listeners}
    rules = [e for e in found.of("ListenerRule") if e["inputs"]["listenerArn"] in arns]
    assert len(rules) == 90 <= RULES
    behind = [e for e in found.of("TargetGroup") if e["inputs"]["targetType"] == "instance"]
    assert len(behind) == 45 <= TARGET_GROUPS - 1  # the gate


def _private(number: int):
    name = f"e{number}"
    return endpoint(name, "private", access=access(name, "private", listener_port=20_000 + number))
