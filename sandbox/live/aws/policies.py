"""Scaling policies, acted on by `homeport.simulate`'s rules."""

from typing import Any

from homeport.simulate.policies import may_remove, size_after_step
from sandbox.live.aws.groups import GroupKeeper


def execute_policy(policy: Any, keeper: GroupKeeper, *, over_threshold: float, now: float) -> None:
    """One action of an alarm. `over_threshold` is the datapoint less the alarm's threshold."""
    group = keeper.group
    desired = int(group.desired_capacity)
    if policy.policy_type == "StepScaling":
        warmup = float(policy.estimated_instance_warmup or group.default_instance_warmup or 0)
        warm = [one for one in keeper.in_service() if now - (one.in_service_at or now) >= warmup]
        adjustment = _step(policy.step_adjustments, over_threshold)
        size = size_after_step(desired, warm=len(warm), adjustment=adjustment)
    elif policy.policy_type == "SimpleScaling":
        quiet = now - keeper.quiet_since
        cooldown = float(policy.cooldown if policy.cooldown is not None else group.default_cooldown)
        if not may_remove(busy=keeper.is_busy(), quiet_seconds=quiet, cooldown_seconds=cooldown):
            return
        size = desired + int(policy.scaling_adjustment)
    else:
        raise ValueError(
            f"policy {policy.name}: found the type {policy.policy_type},"
            " the live tier knows StepScaling and SimpleScaling"
        )
    group.desired_capacity = max(int(group.min_size), min(int(group.max_size), size))


def _step(steps: list[dict[str, Any]], over: float) -> int:
    """The adjustment whose interval holds the breach; 0 outside of all of them."""
    for step in steps:
        low, high = (step.get(f"MetricInterval{side}Bound") for side in ("Lower", "Upper"))
        if (low is None or over >= float(low)) and (high is None or over < float(high)):
            return int(step["ScalingAdjustment"])
    return 0
