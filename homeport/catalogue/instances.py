"""Machines that a replica can run on."""

import math
from dataclasses import dataclass
from functools import cache
from typing import Literal

from homeport.catalogue.accelerators import accelerator as find_accelerator
from homeport.catalogue.placement_errors import (
    not_carried,
    not_offered,
    unknown_instance,
    without_count,
)
from homeport.catalogue.prices import find_instance_price
from homeport.catalogue.regions import region as find_region
from homeport.catalogue.regions import regions
from homeport.catalogue.rows import load_families

CPU_MEMORY_GIB_PER_VCPU = 2
"""Hugging Face's cpu sizes have 2 GiB for each vCPU (its pricing page, last edit 2026-05-19)."""

ImageRole = Literal["cpu", "nvidia", "neuron"]
_IMAGE_ROLES: dict[str, ImageRole] = {"none": "cpu", "nvidia": "nvidia", "aws": "neuron"}
"""Maker of the accelerator -> the machine image with its driver."""

_BYTES_PER_GB = 1_000_000_000
_BYTES_PER_GIB = 1 << 30


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One type of machine, as its cloud describes it."""

    cloud: str
    name: str
    vcpu: int
    memory_gib: float
    accelerator: str
    """Hugging Face's name; `cpu` for a machine without one."""
    accelerator_count: int
    accelerator_memory_gib: float
    """Usable memory of one accelerator as the cloud reports it; 0 for `cpu`."""
    local_disk_gib: int
    """All instance-store disks together, 0 where there is none."""
    network_gbps: float | None
    """What the machine may use for long, without burst credits."""
    architecture: Literal["x86_64", "arm64"]
    image_role: ImageRole
    only_by_name: bool
    """True: an `instanceType` only, as its accelerator has less memory than the name stands for."""
    source: str
    date: str

    @property
    def accelerators_memory_gib(self) -> float:
        """Usable memory of all accelerators together."""
        return self.accelerator_count * self.accelerator_memory_gib


@cache
def _instances(cloud: str) -> dict[str, Instance]:
    rows = [row for family in load_families(cloud) for row in family.instances]
    return {
        row["name"]: Instance(
            cloud=cloud,
            name=row["name"],
            vcpu=row["vcpu"],
            memory_gib=row["memory_gib"],
            accelerator=row["accelerator"],
            accelerator_count=row["accelerator_count"],
            accelerator_memory_gib=row["accelerator_memory_mib"] / 1024,
            local_disk_gib=row["local_disk_gb"] * _BYTES_PER_GB // _BYTES_PER_GIB,
            network_gbps=row["network_gbps"],
            architecture="x86_64",
            image_role=_IMAGE_ROLES[find_accelerator(row["accelerator"]).maker],
            only_by_name=row.get("only_by_name", False),
            source=row["source"],
            date=row["date"],
        )
        for row in rows
    }


def instance(cloud: str, name: str) -> Instance:
    """The machine `name`. Raises CatalogueError where the catalogue does not carry it."""
    known = _instances(cloud)
    if name in known:
        return known[name]
    raise unknown_instance(cloud, name, tuple(known))


def instances(cloud: str, accelerator: str | None = None) -> tuple[Instance, ...]:
    """The machines with `accelerator` (all where None), the smallest first."""
    found = (
        each
        for each in _instances(cloud).values()
        if accelerator is None or each.accelerator == accelerator
    )
    return tuple(sorted(found, key=_size))


def smallest(cloud: str, region: str, accelerator: str, count: int) -> Instance:
    """The smallest machine in `region` for one replica.

    For `cpu`, `count` is vCPU and the machine has at least as many, with 2 GiB each. Otherwise it
    has exactly `count` accelerators, and at least as much memory as they have together: weights
    pass through it, and Hugging Face's sizes hold to the same (L4: 30 GB, 7 vCPU). A smaller
    machine can still be named with `instanceType`.

    Raises CatalogueError where the region has none; it names the next machines, their prices and
    the `instanceType` line.
    """
    carried = instances(cloud, accelerator)
    place = find_region(cloud, region)
    if not carried:
        raise not_carried(cloud, accelerator, _accelerators(cloud))
    here = [each for each in carried if place.offers(each.name) and not each.only_by_name]
    if not here:
        raise not_offered(cloud, region, accelerator, _regions_with(cloud, accelerator))
    fitting = [each for each in here if _fits(each, count)]
    if fitting:
        # Of two of the same size, the one whose price is known.
        return min(fitting, key=lambda each: (*_size(each)[:3], _price(region, each), each.name))
    raise without_count(accelerator, count, [_offer(region, each) for each in here])


def _fits(machine: Instance, count: int) -> bool:
    if machine.accelerator == "cpu":
        memory = count * CPU_MEMORY_GIB_PER_VCPU
        return machine.vcpu >= count and machine.memory_gib >= memory
    return (
        machine.accelerator_count == count and machine.memory_gib >= machine.accelerators_memory_gib
    )


def _size(machine: Instance) -> tuple[int, int, float, str]:
    return (machine.accelerator_count, machine.vcpu, machine.memory_gib, machine.name)


def _price(region: str, machine: Instance) -> float:
    """Per hour; infinite where it is not known."""
    price = find_instance_price(machine.cloud, region, machine.name)
    return price.usd_per_hour if price else math.inf


def _accelerators(cloud: str) -> tuple[str, ...]:
    """What the catalogue's machines have, `cpu` first."""
    names = {each.accelerator for each in _instances(cloud).values()}
    return tuple(sorted(names, key=lambda name: (name != "cpu", name)))


def _regions_with(cloud: str, accelerator: str) -> tuple[str, ...]:
    machines = instances(cloud, accelerator)
    return tuple(
        each.name for each in regions(cloud) if any(each.offers(one.name) for one in machines)
    )


def _offer(region: str, machine: Instance) -> tuple[int, str, float | None]:
    price = find_instance_price(machine.cloud, region, machine.name)
    count = machine.vcpu if machine.accelerator == "cpu" else machine.accelerator_count
    return (count, machine.name, price.usd_per_hour if price else None)
