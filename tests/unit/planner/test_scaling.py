"""Steps grow with the breach, and removing a replica never undoes itself."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeport.errors import PlanError
from homeport.planner.build import plan_stack
from homeport.planner.plan import ScaleStep, ScalingPlan
from homeport.planner.scaling import (
    Measure,
    default_measure,
    refuse_unmeasured,
    scaling_notices,
    scaling_plan,
)
from homeport.project import load_stack


def _plan(measure: Measure, threshold: float, minimum: int = 1, maximum: int = 4) -> ScalingPlan:
    return scaling_plan(
        min_replicas=minimum,
        max_replicas=maximum,
        measure=measure,
        threshold=threshold,
        scale_to_zero_after_seconds=3600,
    )


def test_percent_steps_double_halfway_to_the_cap() -> None:
    assert _plan("gpu", 80).up_steps == (
        ScaleStep(from_measure=80, add_replicas=1),
        ScaleStep(from_measure=90, add_replicas=2),
    )


def test_a_threshold_of_a_hundred_percent_has_one_step() -> None:
    assert _plan("cpu", 100).up_steps == (ScaleStep(from_measure=100, add_replicas=1),)


def test_pending_steps_follow_the_breach() -> None:
    assert [(s.from_measure, s.add_replicas) for s in _plan("pending", 1.5).up_steps] == [
        (1.5, 1),
        (3, 2),
        (6, 4),
    ]


@pytest.mark.parametrize(
    ("measure", "period", "inclusive"),
    [("cpu", 60, True), ("gpu", 60, True), ("pending", 20, False)],
)
def test_periods_and_comparison_are_hugging_faces(
    measure: Measure, period: int, inclusive: bool
) -> None:
    plan = _plan(measure, 2)
    assert (plan.up_period_seconds, plan.up_inclusive) == (period, inclusive)


def test_only_an_endpoint_with_min_zero_becomes_idle() -> None:
    assert _plan("gpu", 80, minimum=0).scale_to_zero_after_seconds == 3600
    assert _plan("gpu", 80, minimum=1).scale_to_zero_after_seconds is None


def test_the_absorbed_step_is_said_where_there_is_more_than_one_replica() -> None:
    assert scaling_notices(_plan("gpu", 80, maximum=2))
    assert not scaling_notices(_plan("gpu", 80, maximum=1))


@given(
    threshold=st.floats(min_value=0.1, max_value=100),
    replicas=st.integers(min_value=2, max_value=100),
    load=st.floats(min_value=0, max_value=10_000),
)
def test_a_removed_replica_is_not_asked_for_again(
    threshold: float, replicas: int, load: float
) -> None:
    """`load` is the sum over replicas; the mean after the removal stays below the threshold."""
    plan = _plan("pending", threshold)
    mean_after_removal = load / (replicas - 1)
    if mean_after_removal < plan.down_measure_below:
        assert mean_after_removal < plan.up_steps[0].from_measure


def test_no_endpoint_scales_by_what_no_replica_reports() -> None:
    plan = plan_stack(load_stack(Path(__file__).resolve().parents[3], "examples"))
    machines = {one.machine.image_role: one.machine for one in plan.endpoints}
    assert {role: default_measure(machine) for role, machine in machines.items()} == {
        "nvidia": ("gpu", 80.0),
        "cpu": ("cpu", 80.0),
        "neuron": ("pending", 1.5),
    }
    for role in ("cpu", "neuron"):
        with pytest.raises(PlanError, match="pending"):
            refuse_unmeasured("gpu", machines[role])
    refuse_unmeasured("gpu", machines["nvidia"])
