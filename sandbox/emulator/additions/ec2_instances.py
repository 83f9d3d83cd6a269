"""EC2: a terminated instance takes its primary network interface with it, which moto leaves in the subnet.

EC2 user guide, "Delete a network interface" (read 2026-11): the interface that is made with an instance is deleted
with it, unless the launch said otherwise.
"""

from typing import Any

from moto.ec2.models.instances import Instance

PRIMARY = 0
_terminate = Instance.terminate


def terminate(instance: Instance) -> Any:
    for index, interface in instance.nics.items():
        if int(index) == PRIMARY:
            interface.delete_on_termination = True
    return _terminate(instance)


Instance.terminate = terminate  # type: ignore[method-assign]
