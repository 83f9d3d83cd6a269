"""aws.ec2.VpcEndpointService: what consumers connect to, in front of network load balancers."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import (
    described,
    from_tag_list,
    tag_specifications,
    update_tags,
)

GONE = ("InvalidVpcEndpointServiceId.NotFound", "InvalidVpcEndpointService.NotFound")


def create(operation: Operation) -> None:
    name = operation.get("privateDnsName")
    service = operation.client("ec2").create_vpc_endpoint_service_configuration(
        AcceptanceRequired=operation.inputs["acceptanceRequired"],
        NetworkLoadBalancerArns=operation.inputs["networkLoadBalancerArns"],
        TagSpecifications=tag_specifications(operation, "vpc-endpoint-service"),
        **({"PrivateDnsName": name} if name else {}),
    )["ServiceConfiguration"]
    operation.created(service["ServiceId"])


def read(operation: Operation) -> dict[str, Any] | None:
    service = described(
        operation,
        "describe_vpc_endpoint_service_configurations",
        "ServiceIds",
        "ServiceConfigurations",
        *GONE,
    )
    if service is None:
        return None
    permissions = operation.client("ec2").describe_vpc_endpoint_service_permissions(
        ServiceId=operation.id
    )["AllowedPrincipals"]
    proof = service.get("PrivateDnsNameConfiguration")
    return {
        "arn": operation.arn("ec2", f"vpc-endpoint-service/{operation.id}"),
        "acceptanceRequired": service["AcceptanceRequired"],
        "networkLoadBalancerArns": service.get("NetworkLoadBalancerArns", []),
        "privateDnsName": service.get("PrivateDnsName") or None,
        "privateDnsNameConfigurations": [_from_proof(proof)] if proof else [],
        "allowedPrincipals": [one["Principal"] for one in permissions],
        "availabilityZones": service.get("AvailabilityZones", []),
        "baseEndpointDnsNames": service.get("BaseEndpointDnsNames", []),
        "managesVpcEndpoints": service.get("ManagesVpcEndpoints", False),
        "serviceName": service["ServiceName"],
        "serviceType": service["ServiceType"][0]["ServiceType"],
        "state": service.get("ServiceState"),
        "tags": from_tag_list(service.get("Tags")),
    }


def update(operation: Operation) -> None:
    changes: dict[str, Any] = {}
    if "acceptanceRequired" in operation.changed:
        changes["AcceptanceRequired"] = operation.inputs["acceptanceRequired"]
    if "privateDnsName" in operation.changed:
        name = operation.get("privateDnsName")
        changes |= {"PrivateDnsName": name} if name else {"RemovePrivateDnsName": True}
    if "networkLoadBalancerArns" in operation.changed:
        old = set(operation.old.get("networkLoadBalancerArns") or ())
        new = set(operation.inputs["networkLoadBalancerArns"])
        changes["AddNetworkLoadBalancerArns"] = sorted(new - old)
        changes["RemoveNetworkLoadBalancerArns"] = sorted(old - new)
    if changes:
        operation.client("ec2").modify_vpc_endpoint_service_configuration(
            ServiceId=operation.id, **changes
        )
    update_tags(operation)


def delete(operation: Operation) -> None:
    ec2 = operation.client("ec2")
    answer = found(
        GONE, lambda: ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[operation.id])
    )
    for failure in (answer or {}).get("Unsuccessful", []):
        if failure["Error"]["Code"] not in GONE:
            raise ValueError(failure["Error"]["Message"])


def _from_proof(proof: dict[str, str]) -> dict[str, str | None]:
    return {
        "name": proof.get("Name"),
        "state": proof.get("State"),
        "type": proof.get("Type"),
        "value": proof.get("Value"),
    }


DOCS = "pulumi_aws.ec2.VpcEndpointService"
GO = "hashicorp/terraform-provider-aws, internal/service/ec2/vpc_endpoint_service.go"

TYPE = ResourceType(
    token="aws:ec2/vpcEndpointService:VpcEndpointService",
    cloudformation="AWS::EC2::VPCEndpointService",
    properties={
        "acceptanceRequired": Property(),
        "networkLoadBalancerArns": Property(
            required=True,
            unordered=True,
            because=f"{GO}: TypeSet; one kind of load balancer is needed, the sandbox serves this one",
        ),
        "privateDnsName": Property(
            cloudformation=None, because=f"{DOCS}: 'The private DNS name for the service.'"
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    timeouts=Timeouts(create_seconds=600, update_seconds=600, delete_seconds=600),
    sample=lambda: {
        "acceptanceRequired": False,
        "networkLoadBalancerArns": [
            "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/0123456789abcdef"
        ],
        "privateDnsName": "qwen-32b.endpoints.example.com",
        "tags": {"team": "search"},
    },
)
