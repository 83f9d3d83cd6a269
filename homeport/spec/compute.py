"""The machine of one replica."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from homeport.spec.accelerators import ACCELERATOR_COUNT_MAX, CPU_COUNTS, Accelerator
from homeport.spec.base import SpecModel
from homeport.spec.clouds import Cloud
from homeport.spec.refusal import Refusal, refuse, refused
from homeport.spec.shown import shown_text
from homeport.spec.suggestions import one_of

Capacity = Literal["on-demand", "spot", "spot-with-fallback"]

_MACHINE = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)+")


def _check_instance_type(name: str) -> str:
    if len(name) > 64 or not _MACHINE.fullmatch(name):
        raise refuse(
            shown_text(name), "the cloud's name of a machine", "write for example g6.12xlarge"
        )
    return name


class ComputeSpec(SpecModel):
    """Where a replica runs, on what, and how it is bought. One replica is one machine."""

    cloud: Cloud | None = None
    """The stack's cloud, which is also the only value."""
    region: str | None = None
    """The stack's region, which is also the only value."""
    accelerator: Accelerator | None = None
    """Hardware by Hugging Face's name. Required unless `instanceType` names the machine."""
    count: Annotated[int, Field(ge=1, le=ACCELERATOR_COUNT_MAX)] = 1
    """Accelerators of one replica, exactly; for `cpu` its vCPU: 1, 2, 4, 8 or 16, 2 GiB each."""
    instance_type: Annotated[str, AfterValidator(_check_instance_type)] | None = None
    """The machine by the cloud's own name; it fixes the count."""
    capacity: Capacity = "on-demand"
    """`spot` is cheaper and may be taken away with two minutes' notice."""

    @property
    def explicit_count(self) -> int | None:
        """The count that the user wrote; None where it is the default, or `instanceType`'s to say."""
        return self.count if "count" in self.model_fields_set else None

    @model_validator(mode="after")
    def _machine_is_named(self) -> Self:
        if self.accelerator is None and self.instance_type is None:
            raise refused(
                Refusal(
                    at=("accelerator",),
                    found="nothing",
                    allowed="an accelerator, or instanceType",
                    fix="add for example `accelerator: nvidia-l4`",
                    because_of=(("accelerator",), ("instanceType",)),
                )
            )
        if (
            self.accelerator == "cpu"
            and self.instance_type is None
            and self.count not in CPU_COUNTS
        ):
            raise refused(
                Refusal(
                    at=("count",),
                    found=str(self.count),
                    allowed=f"{one_of(str(count) for count in CPU_COUNTS)} with accelerator cpu",
                    fix=f"write {min(c for c in CPU_COUNTS if c > self.count)}",
                    because_of=(("instanceType",),),
                )
            )
        return self
