"""EC2: deletions that AWS refuses while something uses the thing, and moto does not.

EC2 API reference: DeleteSubnet 'You must terminate all running instances in the subnet before you can delete the
subnet'; DeleteSecurityGroup 'If you attempt to delete a security group that is associated with an instance or
network interface, is referenced by another security group in the same VPC, or has a VPC association, the operation
fails with DependencyViolation'; DeleteVpc 'You must detach or delete all gateways and resources that are associated
with the VPC before you can delete it'. Load balancers, NAT gateways and interface endpoints hold network interfaces.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.responses import EC2Response
from moto.elbv2.models import elbv2_backends

from sandbox.emulator.additions import operation

DEFAULT_GROUP = "default"


def refuse_while_used(name: str, parameter: str, users: Any) -> None:
    """Put a check before moto's operation: `users(response, id)` yields what uses the thing."""
    of_moto = getattr(EC2Response, name_of(name))

    @operation(EC2Response, name)
    def checked(response: Any) -> Any:
        identifier = response._get_param(parameter)
        if identifier and (user := next(iter(users(response, identifier)), None)):
            raise DependencyViolationError(
                f"resource {identifier} has a dependent object and cannot be deleted ({user})"
            )
        return of_moto(response)


def name_of(operation_name: str) -> str:
    """`DeleteVpc` -> `delete_vpc`, as moto names its methods."""
    from moto.core.utils import camelcase_to_underscores

    return camelcase_to_underscores(operation_name)


def users_of_group(response: Any, group_id: str) -> Iterator[str]:
    """Rules of other groups, network interfaces, instances, load balancers, endpoints."""
    ec2 = response.ec2_backend
    yield from (
        f"a rule of {group.id}" for group in other_groups(ec2, group_id) if refers(group, group_id)
    )
    yield from (item.id for item in ec2.enis.values() if group_id in ids(item.group_set))
    yield from (item.id for item in running_instances(ec2) if group_id in ids(item.security_groups))
    yield from (
        item.arn for item in load_balancers(response) if group_id in ids(item.security_groups)
    )
    yield from (item.id for item in endpoints(ec2) if group_id in ids(item.security_group_ids))


def users_of_subnet(response: Any, subnet_id: str) -> Iterator[str]:
    """What has a network interface in the subnet."""
    ec2 = response.ec2_backend
    gateways = [item for item in ec2.nat_gateways.values() if item.state != "deleted"]
    yield from (item.id for item in gateways if item.subnet_id == subnet_id)
    yield from (item.id for item in ec2.enis.values() if item.subnet.id == subnet_id)
    yield from (item.id for item in running_instances(ec2) if item.subnet_id == subnet_id)
    yield from (item.arn for item in load_balancers(response) if subnet_id in ids(item.subnets))
    yield from (item.id for item in endpoints(ec2) if subnet_id in ids(item.subnet_ids))


def users_of_vpc(response: Any, vpc_id: str) -> Iterator[str]:
    """Gateways, endpoints and security groups of its own; moto itself looks for subnets and route tables."""
    ec2 = response.ec2_backend
    for gateway in ec2.internet_gateways.values():
        if gateway.vpc and gateway.vpc.id == vpc_id:
            yield gateway.id
    for endpoint in endpoints(ec2):
        if endpoint.vpc_id == vpc_id:
            yield endpoint.id
    for group in ec2.groups.get(vpc_id, {}).values():
        if group.name != DEFAULT_GROUP:
            yield group.id


def other_groups(ec2: Any, group_id: str) -> Iterator[Any]:
    """Every security group but this."""
    for groups in ec2.groups.values():
        yield from (group for group in groups.values() if group.id != group_id)


def refers(group: Any, group_id: str) -> bool:
    """Whether a rule of the group names the other one."""
    rules = [*group.ingress_rules, *group.egress_rules]
    return any(rule.source_group.get("GroupId") == group_id for rule in rules)


def running_instances(ec2: Any) -> Iterator[Any]:
    """Instances that are not terminated."""
    for reservation in ec2.reservations.values():
        for instance in reservation.instances:
            if instance.state != "terminated":
                yield instance


def load_balancers(response: Any) -> Iterable[Any]:
    """The region's load balancers."""
    return elbv2_backends[response.current_account][response.region].load_balancers.values()


def endpoints(ec2: Any) -> list[Any]:
    """VPC endpoints that are not deleted."""
    return [endpoint for endpoint in ec2.vpc_end_points.values() if endpoint.state != "deleted"]


def ids(things: Iterable[Any] | None) -> set[str]:
    """The ids of moto's objects, or of what is an id already."""
    return {thing if isinstance(thing, str) else thing.id for thing in things or ()}


refuse_while_used("DeleteSecurityGroup", "GroupId", users_of_group)
refuse_while_used("DeleteSubnet", "SubnetId", users_of_subnet)
refuse_while_used("DeleteVpc", "VpcId", users_of_vpc)
