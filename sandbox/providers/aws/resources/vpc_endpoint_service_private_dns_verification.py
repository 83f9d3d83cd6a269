"""aws.vpc.EndpointServicePrivateDnsVerification: asks AWS to look for the TXT record, and waits."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found

GONE = ("InvalidVpcEndpointServiceId.NotFound", "InvalidVpcEndpointService.NotFound")


def create(operation: Operation) -> None:
    ec2, service = operation.client("ec2"), operation.inputs["serviceId"]
    ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=service)
    if operation.get("waitForVerification"):
        operation.wait_until(f"private DNS name of {service}", lambda: _is_verified(operation))
    operation.created(service)


def read(operation: Operation) -> dict[str, Any] | None:
    if _state(operation) is None:
        return None
    return {"serviceId": operation.id}


def delete(operation: Operation) -> None:
    """Nothing to undo: it was only a question and a wait."""
    del operation


def _is_verified(operation: Operation) -> bool:
    state = _state(operation)
    if state == "failed":
        raise ValueError(
            f"the private DNS name of {operation.inputs['serviceId']} was not verified: "
            "its TXT record is not in the domain's public zone"
        )
    return state == "verified"


def _state(operation: Operation) -> str | None:
    ec2 = operation.client("ec2")
    service = operation.id or operation.inputs["serviceId"]
    answer = found(
        GONE, lambda: ec2.describe_vpc_endpoint_service_configurations(ServiceIds=[service])
    )
    services = answer["ServiceConfigurations"] if answer else []
    return services[0].get("PrivateDnsNameConfiguration", {}).get("State", "") if services else None


GO = "hashicorp/terraform-provider-aws, internal/service/ec2/vpc_endpoint_service_private_dns_verification.go"

TYPE = ResourceType(
    token="aws:vpc/endpointServicePrivateDnsVerification:EndpointServicePrivateDnsVerification",
    cloudformation=None,
    because="it is a question and a wait of the provider's, not a thing in the cloud",
    properties={
        "serviceId": Property(
            replaces=True,
            rules={"pattern": "^vpce-svc-[0-9a-f]+$"},
            because=f"{GO}: RequiresReplace",
        ),
        "waitForVerification": Property(
            provider_only=True,
            replaces=True,
            because=f"{GO}: RequiresReplace; 'Whether to wait until the endpoint service returns a Verified status'",
        ),
    },
    create=create,
    read=read,
    update=None,
    delete=delete,
    timeouts=Timeouts(create_seconds=1800),
    sample=lambda: {
        "serviceId": "vpce-svc-0123456789abcdef0",
        "waitForVerification": True,
    },
)
