"""How many replicas and when that changes: the one place where `replicas` becomes machine counts.

The numbers are Hugging Face's (its autoscaling guide, read 2026-11): 80 % as a mean over one minute;
more than 1.5 pending requests a replica over 20 seconds; up at most each minute, down at most every two
minutes and after 300 seconds of calm. On AWS a starting machine counts as capacity already asked for,
so a repeated +1 would be absorbed until it serves: the steps therefore grow with the breach.
"""

from typing import Literal

from homeport.errors import PlanError
from homeport.planner.metrics import PENDING
from homeport.planner.plan import MachinePlan, Notice, ScaleStep, ScalingPlan

Measure = Literal["cpu", "gpu", "pending"]

METRIC_NAMES: dict[Measure, str] = {
    "cpu": "CPUUtilization",
    "gpu": "GpuUtilization",
    "pending": PENDING,
}
DEFAULT_PERCENT = 80
"""Of CPU and GPU use."""
DEFAULT_PENDING = 1.5
"""Requests a replica."""
DOWN_CALM_SECONDS = 300
DOWN_COOLDOWN_SECONDS = 120
WARMUP_SECONDS = 60
HYSTERESIS = 0.9
"""A replica goes only when the rest would stay 10 % below the threshold, as Kubernetes' HPA does."""


def scaling_plan(
    *,
    min_replicas: int,
    max_replicas: int,
    measure: Measure,
    threshold: float,
    scale_to_zero_after_seconds: int | None,
) -> ScalingPlan:
    """Scaling of one endpoint; one replica is one machine."""
    percent = measure != "pending"
    return ScalingPlan(
        min_replicas=min_replicas,
        max_replicas=max_replicas,
        initial_replicas=min_replicas,
        measure=measure,
        metric_name=METRIC_NAMES[measure],
        threshold=threshold,
        up_period_seconds=60 if percent else 20,
        up_inclusive=percent,
        up_steps=_percent_steps(threshold) if percent else _pending_steps(threshold),
        warmup_seconds=WARMUP_SECONDS,
        down_measure_below=round(threshold * HYSTERESIS, 6),
        down_calm_seconds=DOWN_CALM_SECONDS,
        down_cooldown_seconds=DOWN_COOLDOWN_SECONDS,
        scale_to_zero_after_seconds=scale_to_zero_after_seconds if min_replicas == 0 else None,
    )


def default_measure(machine: MachinePlan) -> tuple[Measure, float]:
    """GPU use with NVIDIA's, processor use without an accelerator, else pending requests; with its threshold."""
    if machine.image_role == "nvidia":
        return "gpu", float(DEFAULT_PERCENT)
    if machine.accelerator_count == 0:
        return "cpu", float(DEFAULT_PERCENT)
    return "pending", DEFAULT_PENDING


def refuse_unmeasured(measure: Measure, machine: MachinePlan) -> None:
    """Raises `PlanError` where no replica would ever report the measure, and so none would be added."""
    if measure == "gpu" and machine.image_role != "nvidia":
        raise PlanError(
            path="replicas.scaleOn.gpu",
            found=f"gpu on {machine.instance_type}",
            allowed="cpu or pending: use is measured of NVIDIA's GPUs only",
            fix=f"write scaleOn: {{pending: {DEFAULT_PENDING}}}",
        )


def _percent_steps(threshold: float) -> tuple[ScaleStep, ...]:
    """+1 at the threshold, +2 from halfway to 100 %: a percentage cannot show a deeper breach."""
    first = ScaleStep(from_measure=threshold, add_replicas=1)
    halfway = threshold + (100 - threshold) / 2
    if halfway <= threshold:
        return (first,)
    return (first, ScaleStep(from_measure=halfway, add_replicas=2))


def _pending_steps(threshold: float) -> tuple[ScaleStep, ...]:
    return tuple(
        ScaleStep(from_measure=threshold * factor, add_replicas=factor) for factor in (1, 2, 4)
    )


def scaling_notices(scaling: ScalingPlan) -> tuple[Notice, ...]:
    """Where the cloud's machinery differs from Hugging Face's rule."""
    if scaling.max_replicas <= 1:
        return ()
    return (
        Notice(
            path="replicas.scaleOn",
            text="AWS counts a starting machine as capacity: a repeated +1 waits until it serves, "
            "so steps grow with the breach instead of adding one replica each minute",
        ),
    )
