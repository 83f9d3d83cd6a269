"""How many replicas, and what makes them more or fewer."""

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from homeport.spec.base import SpecModel
from homeport.spec.durations import DurationSeconds, format_duration
from homeport.spec.refusal import Refusal, refused

REPLICAS_MAX = 1000
"""Azure's scale sets end at 1,000 machines (Azure documentation, 2026), the least of the clouds."""
IDLE_DEFAULT_SECONDS = 3600
IDLE_MIN_SECONDS = 60
IDLE_MAX_SECONDS = 7 * 24 * 3600

Measure = Literal["cpu", "gpu", "pending"]
Percent = Annotated[int, Field(ge=1, le=100)]


class ScaleOnSpec(SpecModel):
    """The one measure that adds a replica, and from where on."""

    cpu: Percent | None = None
    """Percent of the processors, mean over a minute."""
    gpu: Percent | None = None
    """Percent of the accelerators, mean over a minute."""
    pending: Annotated[float, Field(gt=0, le=10_000)] | None = None
    """Requests in work or waiting for each replica, over 20 seconds."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        named = [name for name in ("cpu", "gpu", "pending") if getattr(self, name) is not None]
        if len(named) != 1:
            raise refused(
                Refusal(
                    found=" and ".join(named) or "no measure",
                    allowed="exactly one of cpu, gpu, pending",
                    fix="keep one of them" if named else "write for example `{gpu: 80}`",
                    because_of=(("cpu",), ("gpu",), ("pending",)),
                )
            )
        return self

    @property
    def measure(self) -> Measure:
        """Which of the three it is."""
        if self.cpu is not None:
            return "cpu"
        return "gpu" if self.gpu is not None else "pending"

    @property
    def threshold(self) -> float:
        """Percent for cpu and gpu, requests a replica for pending."""
        return float(self.cpu or self.gpu or self.pending or 0)


class ReplicasSpec(SpecModel):
    """Size of the endpoint between asleep and its maximum."""

    min: Annotated[int, Field(ge=0)] = 1
    """Replicas that always run; 0: the endpoint may sleep."""
    max: Annotated[
        int,
        Field(ge=1),
    ] = 1
    """Replicas at most."""
    scale_on: ScaleOnSpec | None = None
    """Exactly one of cpu, gpu (percent), pending (requests a replica). Default: gpu 80 with an
    accelerator, cpu 80 without."""
    scale_to_zero_after_seconds: DurationSeconds | None = Field(
        alias="scaleToZeroAfter", default=None, validate_default=True
    )
    """Idle time after which the endpoint sleeps; only with `min: 0`, and then 1h by default."""

    @field_validator("scale_to_zero_after_seconds")
    @classmethod
    def _idle_default(cls, seconds: int | None, info: ValidationInfo) -> int | None:
        may_sleep = info.data.get("min") == 0
        return IDLE_DEFAULT_SECONDS if seconds is None and may_sleep else seconds

    @model_validator(mode="after")
    def _limits_agree(self) -> Self:
        found = [*self._size_refusals(), *self._idle_refusals()]
        if found:
            raise refused(*found)
        return self

    def _size_refusals(self) -> list[Refusal]:
        if self.max > REPLICAS_MAX:
            return [
                Refusal(
                    at=("max",),
                    found=str(self.max),
                    allowed=f"at most {REPLICAS_MAX}",
                    fix="ask for larger machines, or split the traffic over several endpoints",
                )
            ]
        if self.min > self.max:
            return [
                Refusal(
                    at=("min",),
                    found=f"{self.min}, above max {self.max}",
                    allowed="at most replicas.max",
                    fix=f"write `max: {self.min}`, or a smaller min",
                    because_of=(("max",),),
                )
            ]
        return []

    def _idle_refusals(self) -> list[Refusal]:
        idle = self.scale_to_zero_after_seconds
        if idle is None:
            return []
        if self.min > 0:
            return [
                Refusal(
                    at=("scaleToZeroAfter",),
                    found=f"{format_duration(idle)} with min {self.min}",
                    allowed="left out unless min is 0",
                    fix="write `min: 0` to let the endpoint sleep, or remove the line",
                    because_of=(("min",),),
                )
            ]
        if not IDLE_MIN_SECONDS <= idle <= IDLE_MAX_SECONDS:
            return [
                Refusal(
                    at=("scaleToZeroAfter",),
                    found=format_duration(idle),
                    allowed="1m to 168h",
                    fix="write for example 15m or 1h",
                )
            ]
        return []
