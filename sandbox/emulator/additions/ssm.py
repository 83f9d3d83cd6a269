"""Systems Manager: the public parameters of machine images that moto does not know, as stand-ins."""

import datetime
from typing import Any

from moto.ssm.models import Parameter, SimpleSystemManagerBackend

STAND_INS = {
    "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id": "ami-0c0c0c0c0c0c0c0c0",
    "/aws/service/deeplearning/ami/x86_64/"
    "base-oss-nvidia-driver-gpu-amazon-linux-2023/latest/ami-id": "ami-0d0d0d0d0d0d0d0d0",
    "/aws/service/neuron/dlami/base/amazon-linux-2023/latest/image_id": "ami-0e0e0e0e0e0e0e0e0",
}
PUBLISHED = datetime.datetime(2026, 11, 1, tzinfo=datetime.UTC)
"""The same day at every start, as the ids are."""

_get_parameter = SimpleSystemManagerBackend.get_parameter


def get_parameter(backend: Any, name: str) -> Any:
    if name not in STAND_INS:
        return _get_parameter(backend, name)
    return Parameter(
        account_id=backend.account_id,
        name=name,
        value=STAND_INS[name],
        parameter_type="String",
        description="stand-in of the sandbox",
        allowed_pattern=None,
        keyid=None,
        last_modified_date=PUBLISHED,
        version=1,
        data_type="aws:ec2:image",
    )


SimpleSystemManagerBackend.get_parameter = get_parameter  # type: ignore[method-assign]
