"""Every disk is encrypted: prompts and weights pass through it."""

from collections.abc import Iterator

from policies.rule import Inputs, Rule, entries, is_true


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    if type_ == "aws:ec2/launchTemplate:LaunchTemplate":
        yield from _template(inputs)
    elif type_ == "aws:ec2/volume:Volume" and not is_true(inputs.get("encrypted")):
        yield "encrypted must be true"
    elif type_ == "aws:ec2/instance:Instance":
        root = inputs.get("rootBlockDevice") or {}
        if not is_true(root.get("encrypted")):
            yield "rootBlockDevice.encrypted must be true"
        for number, disk in enumerate(entries(inputs.get("ebsBlockDevices"))):
            if not is_true(disk.get("encrypted")):
                yield f"ebsBlockDevices[{number}].encrypted must be true"


def _template(inputs: Inputs) -> Iterator[str]:
    disks = entries(inputs.get("blockDeviceMappings"))
    if not disks:
        yield "blockDeviceMappings must name the root disk, encrypted: the image's own may not be"
    for number, disk in enumerate(disks):
        volume = disk.get("ebs")
        if volume is not None and not is_true(volume.get("encrypted")):
            yield f"blockDeviceMappings[{number}].ebs.encrypted must be true"


RULE = Rule(
    name="encrypt-disks",
    description="Disks of machines are encrypted.",
    source="AWS Security Hub EC2.3, EC2.7; CIS AWS Foundations 5.1.1",
    check_resource=_check,
)
