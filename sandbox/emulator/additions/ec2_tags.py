"""Tags go with their resource, as in AWS; moto keeps them for ever."""

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


ONE = {
    "ReleaseAddress": "AllocationId",
    "DeleteNatGateway": "NatGatewayId",
    "DeleteVpc": "VpcId",
    "DeleteSubnet": "SubnetId",
    "DeleteInternetGateway": "InternetGatewayId",
    "DeleteRouteTable": "RouteTableId",
    "DeleteSecurityGroup": "GroupId",
    "DeleteLaunchTemplate": "LaunchTemplateId",
}
SEVERAL = {
    "DeleteVpcEndpoints": "VpcEndpointIds",
    "DeleteVpcEndpointServiceConfigurations": "ServiceIds",
    "DeleteFlowLogs": "FlowLogIds",
}
for name, parameter in ONE.items():
    forget_tags(name, lambda response, parameter=parameter: [response._get_param(parameter)])
for name, parameter in SEVERAL.items():
    forget_tags(name, lambda response, parameter=parameter: response._get_param(parameter, []))


@after(EC2Response, "DeleteVpc")
def forget_tags_of_default_group(response: Any, result: Any) -> Any:
    """The default security group goes with its network."""
    ec2 = response.ec2_backend
    living = {group for groups in ec2.groups.values() for group in groups}
    for identifier in [one for one in ec2.tags if one.startswith("sg-")]:
        if identifier not in living:
            ec2.tags.pop(identifier)
    return result
