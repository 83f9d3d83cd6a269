"""Tags go with their resource, as in AWS; moto keeps those of addresses, endpoints and endpoint services."""

from collections.abc import Callable
from typing import Any

from moto.ec2.responses import EC2Response

from sandbox.emulator.additions import after


def forget_tags(name: str, named: Callable[[Any], list[str]]) -> None:
    """Drop the tags of what the operation `name` deletes; `named(response)` gives its ids."""

    @after(EC2Response, name)
    def forget(response: Any, result: Any) -> Any:
        for identifier in named(response):
            response.ec2_backend.tags.pop(identifier, None)
        return result


forget_tags("ReleaseAddress", lambda response: [response._get_param("AllocationId")])
forget_tags("DeleteNatGateway", lambda response: [response._get_param("NatGatewayId")])
forget_tags("DeleteVpcEndpoints", lambda response: response._get_param("VpcEndpointIds", []))
forget_tags(
    "DeleteVpcEndpointServiceConfigurations",
    lambda response: response._get_param("ServiceIds", []),
)
