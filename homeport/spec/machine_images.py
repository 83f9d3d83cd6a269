"""Machine images of a stack: written by `homeport lock --machine-images`, so that plans stay pure."""

import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, WithJsonSchema

from homeport.spec.base import SpecModel
from homeport.spec.refusal import refuse
from homeport.spec.shown import shown_text

ImageRole = Literal["cpu", "nvidia", "neuron"]


def _check_date(text: str) -> str:
    try:
        if datetime.date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise refuse(shown_text(text), "a date, year-month-day", "write for example 2026-11-01")


IsoDate = Annotated[
    str, AfterValidator(_check_date), WithJsonSchema({"type": "string", "format": "date"})
]


class MachineImage(SpecModel):
    """One machine image, pinned."""

    id: Annotated[str, Field(min_length=1, max_length=256)]
    """The cloud's id of the image."""
    date: IsoDate
    """Day on which the image was published."""
    origin: Literal["cloud", "sandbox"] = "cloud"
    """`sandbox`: a stand-in, refused outside the sandbox."""


class MachineImages(SpecModel):
    """An image for each kind of hardware that the stack uses."""

    cpu: MachineImage | None = None
    """Machines without an accelerator."""
    nvidia: MachineImage | None = None
    """Machines with NVIDIA GPUs."""
    neuron: MachineImage | None = None
    """Machines with AWS Inferentia."""

    def by_role(self) -> dict[ImageRole, MachineImage]:
        """The images that are set."""
        roles: dict[ImageRole, MachineImage | None] = {
            "cpu": self.cpu,
            "nvidia": self.nvidia,
            "neuron": self.neuron,
        }
        return {role: image for role, image in roles.items() if image is not None}
