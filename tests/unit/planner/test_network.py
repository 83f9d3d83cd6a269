"""Subnets of a created network never move when a zone comes or goes."""

import ipaddress
import itertools

import pytest

from homeport.errors import PlanError
from homeport.planner.network import ZONE_LETTERS, created_network
from homeport.planner.plan import NetworkPlan


def _network(*letters: str, cidr: str = "10.20.0.0/16") -> NetworkPlan:
    return created_network(
        cidr=cidr,
        region="us-east-1",
        zones=[f"us-east-1{letter}" for letter in letters],
        nat="one",
        egress="nat",
    )


def _by_zone(network: NetworkPlan) -> dict[tuple[str, str], str]:
    return {(subnet.zone, subnet.kind): subnet.cidr for subnet in network.subnets}


def test_every_zone_has_a_private_and_a_public_subnet() -> None:
    assert _by_zone(_network("a", "b")) == {
        ("us-east-1a", "private"): "10.20.0.0/20",
        ("us-east-1a", "public"): "10.20.128.0/20",
        ("us-east-1b", "private"): "10.20.16.0/20",
        ("us-east-1b", "public"): "10.20.144.0/20",
    }


def test_adding_a_zone_or_reordering_moves_no_subnet() -> None:
    assert _by_zone(_network("c", "a")).items() <= _by_zone(_network("a", "b", "c")).items()


@pytest.mark.parametrize("cidr", ["10.0.0.0/16", "10.0.0.0/22", "192.168.4.0/22"])
def test_subnets_are_disjoint_and_inside(cidr: str) -> None:
    blocks = [ipaddress.ip_network(s.cidr) for s in _network(*ZONE_LETTERS, cidr=cidr).subnets]
    assert all(block.subnet_of(ipaddress.ip_network(cidr)) for block in blocks)  # type: ignore[arg-type]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(blocks, 2))
    assert min(block.num_addresses for block in blocks) >= 64


@pytest.mark.parametrize(
    ("cidr", "zones", "path"),
    [
        ("10.0.0.0/8", ["us-east-1a", "us-east-1b"], "network.create"),
        ("10.0.0.0/24", ["us-east-1a", "us-east-1b"], "network.create"),
        ("10.0.0.0/16", ["us-east-1a"], "network.zones"),
        ("10.0.0.0/16", ["us-east-1a", "eu-west-1a"], "network.zones"),
        ("10.0.0.0/16", ["us-east-1a", "us-east-1"], "network.zones"),
        ("10.0.0.0/16", ["us-east-1a", "us-east-1z"], "network.zones"),
    ],
)
def test_what_cannot_be_a_network_is_refused(cidr: str, zones: list[str], path: str) -> None:
    with pytest.raises(PlanError) as caught:
        created_network(cidr=cidr, region="us-east-1", zones=zones, nat="one", egress="nat")
    assert caught.value.path == path


def test_no_egress_means_no_nat() -> None:
    network = created_network(
        cidr="10.0.0.0/16",
        region="us-east-1",
        zones=["us-east-1a", "us-east-1b"],
        nat="per-zone",
        egress="none",
    )
    assert network.nat == "none"
