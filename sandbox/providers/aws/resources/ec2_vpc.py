"""aws.ec2.Vpc"""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import (
    described,
    from_tag_list,
    tag_specifications,
    update_tags,
)

ATTRIBUTES = {
    "enableDnsSupport": "EnableDnsSupport",
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}


def create(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    vpc = ec2.create_vpc(
        CidrBlock=operation.inputs["cidrBlock"],
        InstanceTenancy=operation.inputs["instanceTenancy"],
        TagSpecifications=tag_specifications(operation, "vpc"),
    )["Vpc"]
    operation.created(vpc["VpcId"])
    for name in ATTRIBUTES:
        if name in operation.inputs:
            _set_attribute(operation, name)


def read(operation: Operation) -> dict[str, Any] | None:
    vpc = described(operation, "describe_vpcs", "VpcIds", "Vpcs", "InvalidVpcID.NotFound")
    if vpc is None:
        return None
    ec2 = operation.client("ec2")
    of_vpc = [{"Name": "vpc-id", "Values": [operation.id]}]
    attributes = {
        name: ec2.describe_vpc_attribute(VpcId=operation.id, Attribute=_lower(attribute))[
            attribute
        ]["Value"]
        for name, attribute in ATTRIBUTES.items()
    }
    main = [*of_vpc, {"Name": "association.main", "Values": ["true"]}]
    default_group = [*of_vpc, {"Name": "group-name", "Values": ["default"]}]
    default_acl = [*of_vpc, {"Name": "default", "Values": ["true"]}]
    route_table = ec2.describe_route_tables(Filters=main)["RouteTables"][0]["RouteTableId"]
    return {
        "arn": operation.arn("ec2", f"vpc/{operation.id}"),
        "cidrBlock": vpc["CidrBlock"],
        "instanceTenancy": vpc["InstanceTenancy"],
        **attributes,
        "tags": from_tag_list(vpc.get("Tags")),
        "assignGeneratedIpv6CidrBlock": False,
        "ownerId": vpc.get("OwnerId"),
        "dhcpOptionsId": vpc["DhcpOptionsId"],
        "mainRouteTableId": route_table,
        "defaultRouteTableId": route_table,
        "defaultSecurityGroupId": ec2.describe_security_groups(Filters=default_group)[
            "SecurityGroups"
        ][0]["GroupId"],
        "defaultNetworkAclId": ec2.describe_network_acls(Filters=default_acl)["NetworkAcls"][0][
            "NetworkAclId"
        ],
    }


def update(operation: Operation) -> None:
    if "instanceTenancy" in operation.changed:
        operation.client("ec2").modify_vpc_tenancy(
            VpcId=operation.id, InstanceTenancy=operation.inputs["instanceTenancy"]
        )
    for name in ATTRIBUTES:
        if name in operation.changed:
            _set_attribute(operation, name)
    update_tags(operation)


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    operation.retry(
        ("DependencyViolation",),
        lambda: found(("InvalidVpcID.NotFound",), lambda: ec2.delete_vpc(VpcId=operation.id)),
    )


def _set_attribute(operation: Operation, name: str) -> None:
    # One attribute a call, as the API wants it; what is no longer given is off, AWS's own default for these two.
    value = {"Value": bool(operation.get(name, False))}
    operation.client("ec2").modify_vpc_attribute(VpcId=operation.id, **{ATTRIBUTES[name]: value})


def _lower(name: str) -> Any:
    return name[0].lower() + name[1:]


DOCS = "pulumi_aws.ec2.Vpc"

TYPE = ResourceType(
    token="aws:ec2/vpc:Vpc",
    cloudformation="AWS::EC2::VPC",
    properties={
        "cidrBlock": Property(
            required=True,
            because=f"{DOCS}: cidr_block 'can be explicitly set or it can be derived from IPAM'; IPAM is not served",
            rules={"format": "ipv4-network"},
        ),
        "instanceTenancy": Property(
            default="default",
            because=f"{DOCS}: 'Default is default, which ensures that EC2 instances launched in this VPC use the "
            "tenancy attribute specified when the instance is launched. The only other option is dedicated'",
            rules={"enum": ["default", "dedicated"]},
        ),
        "enableDnsSupport": Property(default=True, because=f"{DOCS}: 'Defaults to true.'"),
        "enableDnsHostnames": Property(),
        "enableNetworkAddressUsageMetrics": Property(
            cloudformation=None, because="CloudFormation has no such property of a VPC; " + DOCS
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    timeouts=Timeouts(delete_seconds=300),
    sample=lambda: {
        "cidrBlock": "10.20.0.0/16",
        "instanceTenancy": "default",
        "enableDnsSupport": True,
        "enableDnsHostnames": True,
        "enableNetworkAddressUsageMetrics": False,
        "tags": {"team": "search"},
    },
)
