"""What must exist before what, where AWS would not say so by itself."""

import pytest

from homeport.planner.plan import NetworkPlan
from tests.components.plans import brought_network, created_network, endpoint, stack
from tests.components.registered import Registered, registered


def _needed(found: Registered, kind: str, name: str) -> set[tuple[str, str]]:
    """Type and name of everything that the resource waits for, directly or not."""
    by_urn = {entry["urn"]: entry for entry in found.entries}
    seen: set[str] = set()
    waiting = list(found.one(kind, name)["dependencies"])
    while waiting:
        urn = waiting.pop()
        if urn not in seen:
            seen.add(urn)
            waiting += by_urn[urn]["dependencies"]
    entries = (by_urn[urn] for urn in seen)
    return {(entry["type"].rpartition(":")[2], entry["name"]) for entry in entries}


@pytest.mark.parametrize("network", [created_network(nat="one"), brought_network()])
def test_no_machine_before_its_way_out(network: NetworkPlan) -> None:
    found = registered(stack(endpoint("chat"), network=network))
    needed = _needed(found, "Group", "chat")
    assert ("SecurityGroupEgressRule", "machines-anywhere") in needed
    private = {plan.zone for plan in network.subnets if plan.kind == "private"}
    assert {("Route", f"private-{zone}") for zone in private} <= needed
    assert {("RouteTableAssociation", f"private-{zone}") for zone in private} <= needed
    if private:
        assert {("VpcEndpoint", "s3"), ("VpcEndpoint", "dynamodb")} <= needed
        assert "NatGateway" in {kind for kind, _ in needed}


def test_no_public_load_balancer_before_the_internet_gateway() -> None:
    network = created_network(nat="one")
    found = registered(stack(endpoint("chat"), endpoint("vault", "private"), network=network))
    needed = _needed(found, "LoadBalancer", "homeport-public")
    assert {("Route", "public"), ("InternetGateway", "internet")} <= needed
    # The private side must not wait for it.
    assert ("Route", "public") not in _needed(found, "LoadBalancer", "homeport-internal")
