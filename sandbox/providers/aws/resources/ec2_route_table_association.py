"""aws.ec2.RouteTableAssociation: which table a subnet asks."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("InvalidAssociationID.NotFound",)


def create(operation: Operation) -> None:
    answer = operation.client("ec2").associate_route_table(
        RouteTableId=operation.inputs["routeTableId"], SubnetId=operation.inputs["subnetId"]
    )
    operation.created(answer["AssociationId"])


def read(operation: Operation) -> dict[str, Any] | None:
    tables = operation.client("ec2").describe_route_tables(
        Filters=[
            {
                "Name": "association.route-table-association-id",
                "Values": [operation.id],
            }
        ]
    )["RouteTables"]
    for table in tables:
        for association in table["Associations"]:
            if association["RouteTableAssociationId"] == operation.id:
                return {
                    "routeTableId": table["RouteTableId"],
                    "subnetId": association.get("SubnetId"),
                }
    return None


def update(operation: Operation) -> None:
    """Another table for the subnet gives the association another id; Pulumi keeps the first one's.

    (EC2 API, ReplaceRouteTableAssociation; terraform-provider-aws sets the new id.)
    """
    answer = operation.client("ec2").replace_route_table_association(
        AssociationId=operation.id, RouteTableId=operation.inputs["routeTableId"]
    )
    operation.created(answer["NewAssociationId"])


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    found(GONE, lambda: ec2.disassociate_route_table(AssociationId=operation.id))


TYPE = ResourceType(
    token="aws:ec2/routeTableAssociation:RouteTableAssociation",
    cloudformation="AWS::EC2::SubnetRouteTableAssociation",
    properties={
        "routeTableId": Property(
            replaces=False,
            because="terraform-provider-aws, ec2/vpc_route_table_association.go: route_table_id is not ForceNew",
        ),
        "subnetId": Property(
            required=True,
            because="exactly one of subnet_id and gateway_id; the sandbox serves subnets",
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    sample=lambda: {
        "routeTableId": "rtb-0123456789abcdef0",
        "subnetId": "subnet-0123456789abcdef0",
    },
)
