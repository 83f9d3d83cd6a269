"""The machine of one replica, from `compute` and the catalogue. One replica is one machine."""

import math

from homeport.catalogue import Instance, instance, region, smallest
from homeport.errors import PlanError
from homeport.lock import Lock
from homeport.planner.plan import MachinePlan
from homeport.spec import EndpointSpec, MachineImage, StackSettings

GIBIBYTE = 1024**3
CPU_ROOT_GIB, ACCELERATOR_ROOT_GIB = 60, 200
"""Smallest root volumes: system, engine image (CUDA images unpack to 20 to 30 GB) and scratch."""
ROOT_HEADROOM = 1.2
"""Room beside the weights where they lie on the root volume."""
CPU_ROOT_IOPS, CPU_ROOT_MIB_PER_SECOND = 3000, 250
ACCELERATOR_ROOT_IOPS, ACCELERATOR_ROOT_MIB_PER_SECOND = 6000, 1000
"""gp3's own 125 MiB/s would write 16 GB of weights in more than two minutes (EBS guide, 2026)."""


def machine_plan(spec: EndpointSpec, lock: Lock, settings: StackSettings) -> MachinePlan:
    """The machine, its image and its root volume.

    Raises `PlanError` or `CatalogueError` where no machine has the count, the region has no price for
    it, or the stack has no machine image for its kind.
    """
    _refuse_other_places(spec, settings)
    machine = _machine(spec, settings)
    image = _machine_image(machine, settings)
    on_cpu = machine.accelerator_count == 0
    assert spec.compute.capacity != "spot-with-fallback"  # refused before
    return MachinePlan(
        instance_type=machine.name,
        accelerator=machine.accelerator,
        accelerator_count=machine.accelerator_count,
        accelerator_memory_gib=machine.accelerator_memory_gib,
        vcpu=machine.vcpu,
        memory_gib=machine.memory_gib,
        local_disk_gib=machine.local_disk_gib,
        image_role=machine.image_role,
        image_id=image.id,
        image_date=image.date,
        image_origin=image.origin,
        root_volume_gib=_root_volume_gib(lock, machine),
        root_volume_iops=CPU_ROOT_IOPS if on_cpu else ACCELERATOR_ROOT_IOPS,
        root_volume_mib_per_second=(
            CPU_ROOT_MIB_PER_SECOND if on_cpu else ACCELERATOR_ROOT_MIB_PER_SECOND
        ),
        capacity=spec.compute.capacity,
    )


def _refuse_other_places(spec: EndpointSpec, settings: StackSettings) -> None:
    """A stack is one cloud and one region; an endpoint cannot be elsewhere."""
    for field, asked, own in (
        ("cloud", spec.compute.cloud, settings.cloud),
        ("region", spec.compute.region, settings.region),
    ):
        if asked is not None and asked != own:
            raise PlanError(
                path=f"compute.{field}",
                found=asked,
                allowed=f"{own}, the stack's {field}",
                fix=f"remove the line, or move the file to a stack of {asked}",
            )


def _machine(spec: EndpointSpec, settings: StackSettings) -> Instance:
    compute = spec.compute
    if compute.instance_type is None:
        assert compute.accelerator is not None  # the spec's own rule
        return smallest(settings.cloud, settings.region, compute.accelerator, compute.count)
    machine = instance(settings.cloud, compute.instance_type)
    place = region(settings.cloud, settings.region)
    if not place.offers(machine.name):
        raise PlanError(
            path="compute.instanceType",
            found=f"{machine.name} in {place.name}",
            allowed=f"a machine that {settings.cloud} offers there: "
            f"{', '.join(f'{family}.*' for family in place.machine_families)}",
            fix="name one of these, or put the endpoint into a stack of another region",
        )
    if compute.accelerator is not None and compute.accelerator != machine.accelerator:
        raise PlanError(
            path="compute.accelerator",
            found=f"{compute.accelerator} with instanceType {machine.name}",
            allowed=f"{machine.accelerator}, which {machine.name} has",
            fix="remove one of the two lines",
        )
    own_count = machine.accelerator_count or machine.vcpu
    if compute.explicit_count is not None and compute.explicit_count != own_count:
        raise PlanError(
            path="compute.count",
            found=f"{compute.explicit_count} with instanceType {machine.name}",
            allowed=f"{own_count}, which {machine.name} has",
            fix="remove the line: instanceType fixes the count",
        )
    return machine


def _machine_image(machine: Instance, settings: StackSettings) -> MachineImage:
    images = settings.machine_images.by_role()
    if machine.image_role not in images:
        raise PlanError(
            path="compute",
            found=f"{machine.name}, and no homeport:machineImages.{machine.image_role}",
            allowed=f"a stack with a machine image for {machine.image_role} machines",
            fix="run `homeport lock STACK --machine-images`, or add the image to the stack's settings",
        )
    return images[machine.image_role]


def _root_volume_gib(lock: Lock, machine: Instance) -> int:
    """Grows with the weights unless the machine has local disks for them; in steps of 10 GiB."""
    base = ACCELERATOR_ROOT_GIB if machine.accelerator_count else CPU_ROOT_GIB
    weights = sum(repository.size_bytes for repository in lock.repositories) / GIBIBYTE
    if weights * ROOT_HEADROOM <= machine.local_disk_gib:
        return base
    return math.ceil((base + weights * ROOT_HEADROOM) / 10) * 10
