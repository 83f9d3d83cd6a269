"""A launch template's data: Pulumi's nested inputs as EC2's members, and back."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.resources._ec2 import from_tag_list, to_tag_list

METADATA = {
    "httpEndpoint": "HttpEndpoint",
    "httpTokens": "HttpTokens",
    "httpPutResponseHopLimit": "HttpPutResponseHopLimit",
    "instanceMetadataTags": "InstanceMetadataTags",
}
DISK = {
    "kmsKeyId": "KmsKeyId",
    "volumeType": "VolumeType",
    "volumeSize": "VolumeSize",
    "iops": "Iops",
    "throughput": "Throughput",
}
DISK_FLAGS = {"encrypted": "Encrypted", "deleteOnTermination": "DeleteOnTermination"}
INTERFACE_FLAGS = {
    "associatePublicIpAddress": "AssociatePublicIpAddress",
    "deleteOnTermination": "DeleteOnTermination",
}
PLAIN = {"imageId": "ImageId", "instanceType": "InstanceType", "userData": "UserData"}
TIMEOUT = ("tcpEstablishedTimeout", "TcpEstablishedTimeout")


def to_data(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """LaunchTemplateData of the inputs."""
    data: dict[str, Any] = _picked(inputs, PLAIN)
    if inputs.get("iamInstanceProfile"):
        data["IamInstanceProfile"] = {"Arn": inputs["iamInstanceProfile"]["arn"]}
    if inputs.get("metadataOptions"):
        data["MetadataOptions"] = _picked(inputs["metadataOptions"], METADATA)
    if inputs.get("monitoring"):
        data["Monitoring"] = {"Enabled": bool(inputs["monitoring"]["enabled"])}
    data["NetworkInterfaces"] = [_to_interface(one) for one in inputs.get("networkInterfaces", [])]
    data["BlockDeviceMappings"] = [_to_disk(one) for one in inputs.get("blockDeviceMappings", [])]
    data["TagSpecifications"] = [
        {"ResourceType": one["resourceType"], "Tags": to_tag_list(one.get("tags") or {})}
        for one in inputs.get("tagSpecifications", [])
    ]
    return {member: value for member, value in data.items() if value not in ([], {})}


def from_data(data: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs that LaunchTemplateData shows."""
    found: dict[str, Any] = _unpicked(data, PLAIN)
    profile = data.get("IamInstanceProfile")
    if profile:
        found["iamInstanceProfile"] = {"arn": profile["Arn"]}
    if data.get("MetadataOptions"):
        found["metadataOptions"] = _unpicked(data["MetadataOptions"], METADATA)
    if data.get("Monitoring"):
        found["monitoring"] = {"enabled": data["Monitoring"]["Enabled"]}
    found["networkInterfaces"] = [_from_interface(one) for one in data.get("NetworkInterfaces", [])]
    found["blockDeviceMappings"] = [_from_disk(one) for one in data.get("BlockDeviceMappings", [])]
    found["tagSpecifications"] = [
        {"resourceType": one["ResourceType"], "tags": from_tag_list(one["Tags"])}
        for one in data.get("TagSpecifications", [])
    ]
    return found


def _to_interface(interface: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"DeviceIndex": interface.get("deviceIndex", 0)}
    data |= _to_flags(interface, INTERFACE_FLAGS)
    if interface.get("securityGroups"):
        data["Groups"] = list(interface["securityGroups"])
    tracking = interface.get("connectionTrackingSpecification")
    if tracking:
        data["ConnectionTrackingSpecification"] = {TIMEOUT[1]: tracking[TIMEOUT[0]]}
    return data


def _from_interface(data: Mapping[str, Any]) -> dict[str, Any]:
    interface: dict[str, Any] = {"deviceIndex": data.get("DeviceIndex", 0)}
    interface |= _from_flags(data, INTERFACE_FLAGS)
    if data.get("Groups"):
        interface["securityGroups"] = list(data["Groups"])
    tracking = data.get("ConnectionTrackingSpecification")
    if tracking:
        interface["connectionTrackingSpecification"] = {TIMEOUT[0]: tracking[TIMEOUT[1]]}
    return interface


def _to_disk(mapping: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {"DeviceName": mapping["deviceName"]}
    if mapping.get("ebs"):
        data["Ebs"] = _picked(mapping["ebs"], DISK) | _to_flags(mapping["ebs"], DISK_FLAGS)
    return data


def _from_disk(data: Mapping[str, Any]) -> dict[str, Any]:
    mapping: dict[str, Any] = {"deviceName": data["DeviceName"]}
    if data.get("Ebs"):
        mapping["ebs"] = _unpicked(data["Ebs"], DISK) | _from_flags(data["Ebs"], DISK_FLAGS)
    return mapping


def _picked(inputs: Mapping[str, Any], members: Mapping[str, str]) -> dict[str, Any]:
    return {
        member: inputs[name] for name, member in members.items() if inputs.get(name) is not None
    }


def _unpicked(data: Mapping[str, Any], members: Mapping[str, str]) -> dict[str, Any]:
    return {name: data[member] for name, member in members.items() if data.get(member) is not None}


def _to_flags(inputs: Mapping[str, Any], members: Mapping[str, str]) -> dict[str, bool]:
    """The provider's flags of three values are texts: "true", "false", or left out."""
    picked = _picked(inputs, members)
    return {member: value in ("true", True) for member, value in picked.items() if value != ""}


def _from_flags(data: Mapping[str, Any], members: Mapping[str, str]) -> dict[str, str]:
    return {name: str(value).lower() for name, value in _unpicked(data, members).items()}
