"""aws.ec2.VpcEndpointServiceAllowedPrinciple (AWS's spelling): one account that may connect."""

import zlib
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.operation import Operation, found

GONE = ("InvalidVpcEndpointServiceId.NotFound", "InvalidVpcEndpointService.NotFound")


def create(operation: Operation) -> None:
    service, principal = _named(operation)
    if principal in (_principals(operation, service) or ()):
        # Giving a permission twice is a success in AWS; creation must never adopt.
        raise ValueError(f"{principal} may use {service} already")
    operation.client("ec2").modify_vpc_endpoint_service_permissions(
        ServiceId=service, AddAllowedPrincipals=[principal]
    )
    operation.created(f"a-{service}{zlib.crc32(principal.encode())}")


def read(operation: Operation) -> dict[str, Any] | None:
    service, principal = _named(operation)
    if principal not in (_principals(operation, service) or ()):
        return None
    return {"vpcEndpointServiceId": service, "principalArn": principal}


def delete(operation: Operation) -> None:
    service, principal = _named(operation)
    ec2 = operation.client("ec2")
    found(
        GONE,
        lambda: ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=service, RemoveAllowedPrincipals=[principal]
        ),
    )


def _named(operation: Operation) -> tuple[str, str]:
    known = {**operation.state, **operation.inputs}
    return known["vpcEndpointServiceId"], known["principalArn"]


def _principals(operation: Operation, service: str) -> list[str] | None:
    ec2 = operation.client("ec2")
    answer = found(GONE, lambda: ec2.describe_vpc_endpoint_service_permissions(ServiceId=service))
    return [one["Principal"] for one in answer["AllowedPrincipals"]] if answer else None


GO = "hashicorp/terraform-provider-aws, internal/service/ec2/vpc_endpoint_service_allowed_principal.go: ForceNew"

TYPE = ResourceType(
    token="aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple",
    cloudformation=None,
    because="CloudFormation has one list of principals for the service, not one resource each",
    properties={
        "vpcEndpointServiceId": Property(replaces=True, because=GO),
        "principalArn": Property(
            replaces=True, rules={"pattern": r"^(\*|arn:[a-z-]+:iam::[0-9]{12}:.+)$"}, because=GO
        ),
    },
    create=create,
    read=read,
    update=None,
    delete=delete,
    sample=lambda: {
        "vpcEndpointServiceId": "vpce-svc-0123456789abcdef0",
        "principalArn": "arn:aws:iam::111122223333:root",
    },
)
