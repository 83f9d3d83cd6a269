"""Whether the account can give the machines: quota, zones, images, the role for spot."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from homeport.catalogue.quotas import Quota, machine_quota
from homeport.operations.examination import FAIL, OK, WARN, Examination, Finding
from homeport.planner.plan import EndpointPlan, MachinePlan, StackPlan

SPOT_ROLE = "AWSServiceRoleForEC2Spot"
ROLLING_FACTOR = 2
"""An update starts as many machines as run before it ends those (`components/aws/compute.py`)."""


def machine_examinations(plan: StackPlan) -> Iterator[Examination]:
    """One a quota, a machine type, an image, and one for spot where there are such machines."""
    yield from (_of_quota(plan, quota, vcpu) for quota, vcpu in sorted_needs(plan.endpoints))
    for instance_type in sorted({one.machine.instance_type for one in plan.endpoints}):
        yield Examination(
            check="zones",
            subject=instance_type,
            permissions=("ec2:DescribeInstanceTypeOfferings", "ec2:DescribeSubnets"),
            ask=lambda session, name=instance_type: _zones(session, plan, name),
        )
    for identifier in sorted(_images_of_the_cloud(plan.endpoints)):
        yield Examination(
            check="machine image",
            subject=identifier,
            permissions=("ec2:DescribeImages",),
            ask=lambda session, name=identifier: _image(session, plan.stack, name),
        )
    if any("spot" in _capacities(one.machine) for one in plan.endpoints):
        yield Examination(
            check="spot role", subject=SPOT_ROLE, permissions=("iam:GetRole",), ask=_spot_role
        )


def _images_of_the_cloud(endpoints: Iterable[EndpointPlan]) -> set[str]:
    """Without the sandbox's stand-ins, which no account holds; outside it they are refused by the plan."""
    return {one.machine.image_id for one in endpoints if one.machine.image_origin != "sandbox"}


def sorted_needs(endpoints: Iterable[EndpointPlan]) -> list[tuple[Quota, int]]:
    """Quota -> vCPU of all endpoints at `replicas.max`, which is what the quota counts."""
    needs: dict[Quota, int] = {}
    for endpoint in endpoints:
        machine = endpoint.machine
        for capacity in _capacities(machine):
            quota = machine_quota("aws", machine.instance_type, capacity)
            vcpu = machine.vcpu * endpoint.scaling.max_replicas
            needs[quota] = needs.get(quota, 0) + vcpu
    return sorted(needs.items(), key=lambda need: need[0].name)


def _capacities(machine: MachinePlan) -> tuple[Literal["on-demand", "spot"], ...]:
    """Kinds of machines that it may be; one that falls back may be either."""
    kinds: Mapping[str, tuple[Literal["on-demand", "spot"], ...]] = {
        "on-demand": ("on-demand",),
        "spot": ("spot",),
    }
    return kinds.get(machine.capacity, ("on-demand", "spot"))


def quota_increase(region: str, quota: Quota, wanted: int) -> str:
    """The command that asks for it; AWS answers in hours to days."""
    return (
        f"aws service-quotas request-service-quota-increase --region {region}"
        f" --service-code {quota.service} --quota-code {quota.code} --desired-value {wanted}"
    )


def _of_quota(plan: StackPlan, quota: Quota, vcpu: int) -> Examination:
    return Examination(
        check="machine quota",
        subject=quota.name,
        permissions=(
            "servicequotas:GetServiceQuota",
            "servicequotas:GetAWSDefaultServiceQuota",
        ),
        ask=lambda session: _quota(session, plan.region, quota, vcpu),
    )


def _quota(session: Any, region: str, quota: Quota, vcpu: int) -> Finding:
    client = session.client("service-quotas")
    asked = {"ServiceCode": quota.service, "QuotaCode": quota.code}
    try:
        answer = client.get_service_quota(**asked)
    except client.exceptions.NoSuchResourceException:  # never changed in this account
        answer = client.get_aws_default_service_quota(**asked)
    value = int(answer["Quota"]["Value"])
    rolling = vcpu * ROLLING_FACTOR
    found = f"{value} vCPU, {vcpu} at replicas.max of all endpoints, {rolling} while they roll"
    if value >= rolling:
        return Finding(status=OK, found=found)
    status = WARN if value >= vcpu else FAIL
    return Finding(status=status, found=found, fix=quota_increase(region, quota, rolling))


def _zones(session: Any, plan: StackPlan, instance_type: str) -> Finding:
    client = session.client("ec2")
    pages = client.get_paginator("describe_instance_type_offerings").paginate(
        LocationType="availability-zone",
        Filters=[{"Name": "instance-type", "Values": [instance_type]}],
    )
    offered = {one["Location"] for page in pages for one in page["InstanceTypeOfferings"]}
    ours = _zones_of(client, plan)
    usable = sorted(ours & offered)
    found = f"{', '.join(usable) or 'none'} of {', '.join(sorted(ours))}"
    if len(usable) > 1 or ours == offered == set(usable):
        return Finding(status=OK, found=found)
    status = WARN if usable else FAIL
    return Finding(status=status, found=found, fix=_other_zones(plan, instance_type, offered))


def _zones_of(client: Any, plan: StackPlan) -> set[str]:
    """Where machines may start."""
    if plan.network.brought_network_id is None:
        return {one.zone for one in plan.network.subnets if one.kind == "private"}
    subnets = list(plan.network.brought_private_subnet_ids)
    return {
        one["AvailabilityZone"]
        for one in client.describe_subnets(SubnetIds=subnets)["Subnets"]
    }  # fmt: skip


def _other_zones(plan: StackPlan, instance_type: str, offered: set[str]) -> str:
    if not offered:
        return f"choose another machine: {plan.region} offers this account no {instance_type}"
    zones = ", ".join(sorted(offered))
    if plan.network.brought_network_id is None:
        return f"set the zones of homeport:network to two or more of {zones}"
    return f"add to homeport:network.subnets private subnets in two or more of {zones}"


def _image(session: Any, stack: str, identifier: str) -> Finding:
    client = session.client("ec2")
    fix = f"homeport lock {stack} --machine-images"
    image = _described(client, identifier)
    state = image.get("State", "not there")
    if state != "available":
        return Finding(status=FAIL, found=f"{state}: no new machine can start", fix=fix)
    deprecated = image.get("DeprecationTime", "")
    if deprecated and deprecated < datetime.datetime.now(datetime.UTC).isoformat():
        return Finding(status=WARN, found=f"deprecated since {deprecated[:10]}", fix=fix)
    return Finding(status=OK, found="available")


def _described(client: Any, image_id: str) -> dict[str, Any]:
    """Empty where there is no such image, or none that this account may use."""
    try:
        images: list[dict[str, Any]] = client.describe_images(ImageIds=[image_id])["Images"]
    except client.exceptions.ClientError as error:
        if not error.response["Error"]["Code"].startswith("InvalidAMIID"):
            raise
        return {}
    return images[0] if images else {}


def _spot_role(session: Any) -> Finding:
    client = session.client("iam")
    try:
        client.get_role(RoleName=SPOT_ROLE)
    except client.exceptions.NoSuchEntityException:
        return Finding(
            status=WARN,
            found="not there: Auto Scaling makes it at the first spot machine, unless it is forbidden to",
            fix="aws iam create-service-linked-role --aws-service-name spot.amazonaws.com",
        )
    return Finding(status=OK, found="there")
