"""The network of a stack: subnets of a created one, or the ids of a brought one."""

import ipaddress
from collections.abc import Sequence
from typing import Literal

from homeport.errors import PlanError
from homeport.planner.plan import NetworkPlan, SubnetKind, SubnetPlan

ZONE_LETTERS = "abcdefgh"
"""A zone's subnets are found by its letter, so that a zone which comes or goes moves no other."""
PREFIX_LENGTHS = range(16, 23)
"""/16 is AWS's largest network; of a /22 each subnet is a /26, above the /27 that an ALB needs."""


def created_network(
    *,
    cidr: str,
    region: str,
    zones: Sequence[str],
    nat: Literal["one", "per-zone", "none"],
    egress: Literal["nat", "none"],
) -> NetworkPlan:
    """A network of sixteen slots: eight for the zones' private subnets, eight for the public ones.

    Raises `PlanError` for a range of the wrong size, fewer than two zones (a load balancer needs two)
    or a zone of another region.
    """
    block = _address_block(cidr)
    if len(zones) < 2:
        raise PlanError(
            path="network.zones",
            found=", ".join(zones) or "no zone",
            allowed="two zones or more: a load balancer needs them",
            fix=f"write for example [{region}a, {region}b, {region}c]",
        )
    slots = list(block.subnets(prefixlen_diff=4))
    offsets: dict[SubnetKind, int] = {"private": 0, "public": len(ZONE_LETTERS)}
    subnets = [
        SubnetPlan(zone=zone, cidr=str(slots[_slot(zone, region) + offset]), kind=kind)
        for zone in sorted(zones)
        for kind, offset in offsets.items()
    ]
    return NetworkPlan(
        cidr=str(block),
        subnets=tuple(subnets),
        nat="none" if egress == "none" else nat,
        egress=egress,
        brought_network_id=None,
        brought_private_subnet_ids=(),
        brought_public_subnet_ids=(),
    )


def brought_network(
    *,
    network_id: str,
    private_subnet_ids: Sequence[str],
    public_subnet_ids: Sequence[str],
    egress: Literal["nat", "none"],
) -> NetworkPlan:
    """The user's own network; its routes and gateways are the user's."""
    return NetworkPlan(
        cidr=None,
        subnets=(),
        nat="none",
        egress=egress,
        brought_network_id=network_id,
        brought_private_subnet_ids=tuple(private_subnet_ids),
        brought_public_subnet_ids=tuple(public_subnet_ids),
    )


def _address_block(cidr: str) -> ipaddress.IPv4Network:
    block = ipaddress.IPv4Network(cidr)
    if block.prefixlen not in PREFIX_LENGTHS:
        raise PlanError(
            path="network.create",
            found=cidr,
            allowed=f"a range from /{PREFIX_LENGTHS.start} to /{PREFIX_LENGTHS.stop - 1}",
            fix=f"write {block.network_address}/16",
        )
    return block


def _slot(zone: str, region: str) -> int:
    letter = zone.removeprefix(region)
    if zone == letter or letter not in ZONE_LETTERS or len(letter) != 1:
        raise PlanError(
            path="network.zones",
            found=zone,
            allowed=f"zones of {region}, such as {region}a",
            fix=f"name zones of {region}, or change homeport:region",
        )
    return ZONE_LETTERS.index(letter)
