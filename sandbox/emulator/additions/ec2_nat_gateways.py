"""NAT gateways: a deleted one gives its network interface and its address back, which moto keeps.

EC2 API, DeleteNatGateway: "Deleting a public NAT gateway disassociates its Elastic IP address, but does not release
the address from your account."
"""

from typing import Any

from moto.ec2.responses import EC2Response

from sandbox.emulator.additions import after


@after(EC2Response, "DeleteNatGateway")
def give_interface_back(response: Any, result: Any) -> Any:
    ec2 = response.ec2_backend
    gateway = ec2.nat_gateways.get(response._get_param("NatGatewayId"))
    if gateway is None:
        return result
    for address in ec2.addresses:
        if address.eni is gateway._eni:
            address.eni, address.association_id = None, None
    ec2.enis.pop(gateway._eni.id, None)
    return result
