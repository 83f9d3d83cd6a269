"""aws.ec2.Route: one destination and where it goes."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("InvalidRoute.NotFound", "InvalidRouteTableID.NotFound")
TARGETS = {
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "transitGatewayId": "TransitGatewayId",
}


def create(operation: Operation) -> None:
    """AWS answers a second route to one destination with RouteAlreadyExists."""
    table, destination = operation.inputs["routeTableId"], _destination(operation)
    operation.client("ec2").create_route(
        RouteTableId=table, DestinationCidrBlock=destination, **_target(operation)
    )
    operation.created(f"r-{table}{destination}")


def read(operation: Operation) -> dict[str, Any] | None:
    known = {**operation.state, **operation.inputs}
    ec2 = operation.client("ec2")
    answer = found(GONE, lambda: ec2.describe_route_tables(RouteTableIds=[known["routeTableId"]]))
    routes = answer["RouteTables"][0]["Routes"] if answer else []
    wanted = known["destinationCidrBlock"]
    route = next((one for one in routes if one.get("DestinationCidrBlock") == wanted), None)
    if route is None:
        return None
    return {
        "routeTableId": known["routeTableId"],
        "destinationCidrBlock": route["DestinationCidrBlock"],
        "origin": route.get("Origin"),
        "state": route.get("State"),
        **{name: route.get(member) for name, member in TARGETS.items()},
    }


def update(operation: Operation) -> None:
    operation.client("ec2").replace_route(
        RouteTableId=operation.inputs["routeTableId"],
        DestinationCidrBlock=_destination(operation),
        **_target(operation),
    )


def delete(operation: Operation) -> None:
    ec2, table = operation.client("ec2"), operation.inputs["routeTableId"]
    destination = _destination(operation)
    found(GONE, lambda: ec2.delete_route(RouteTableId=table, DestinationCidrBlock=destination))


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Exactly one target (terraform-provider-aws, ec2/vpc_route.go: ExactlyOneOf)."""
    given = [name for name in TARGETS if name in inputs]
    if len(given) == 1:
        return []
    return [(given[1] if given else "gatewayId", f"needs exactly one of {', '.join(TARGETS)}")]


def _destination(operation: Operation) -> str:
    return operation.inputs["destinationCidrBlock"]


def _target(operation: Operation) -> dict[str, str]:
    return {
        member: operation.inputs[name] for name, member in TARGETS.items() if operation.get(name)
    }


TYPE = ResourceType(
    token="aws:ec2/route:Route",
    cloudformation="AWS::EC2::Route",
    properties={
        "routeTableId": Property(),
        "destinationCidrBlock": Property(
            required=True,
            because="EC2 API, CreateRoute: a destination is needed; the sandbox serves IPv4 blocks only",
        ),
        **{name: Property() for name in TARGETS},
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    sample=lambda: {
        "routeTableId": "rtb-0123456789abcdef0",
        "destinationCidrBlock": "0.0.0.0/0",
        "gatewayId": "igw-0123456789abcdef0",
    },
)
