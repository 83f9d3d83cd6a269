"""The plan's scaling as an Auto Scaling group lives it: step policy up, simple policy down."""

from dataclasses import dataclass, field

from homeport.planner.plan import ScalingPlan
from homeport.simulate.alarms import Alarm, AlarmSettings
from homeport.simulate.fleet import Fleet
from homeport.simulate.policies import may_remove, size_after_step


@dataclass
class AwsRule:
    """One endpoint's alarms and policies, from its plan."""

    scaling: ScalingPlan
    blind: bool = False
    """True: no replica's report arrives (missing data)."""
    _up: Alarm = field(init=False)
    _down: Alarm = field(init=False)
    _quiet_since: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        plan = self.scaling
        self._up = Alarm(
            AlarmSettings(
                period_seconds=plan.up_period_seconds,
                evaluation_periods=1,
                breaches=lambda value: (
                    value >= plan.threshold if plan.up_inclusive else value > plan.threshold
                ),
            )
        )
        self._down = Alarm(
            AlarmSettings(
                period_seconds=60,
                evaluation_periods=plan.down_calm_seconds // 60,
                breaches=lambda value: value < plan.down_measure_below,
            )
        )

    def look(self, fleet: Fleet) -> None:
        """One second."""
        measured = None if self.blind else self._measured(fleet)
        serving = len(fleet.in_service())
        self._up.sample(measured)
        # One replica less would carry this; with one there is nothing to take away.
        on_one_less = (
            measured * serving / (serving - 1) if measured is not None and serving > 1 else None
        )
        self._down.sample(on_one_less)
        if fleet.starting() or fleet.draining():
            self._quiet_since = fleet.now
        if self._up.acts(fleet.now):
            self._grow(fleet)
        if self._down.acts(fleet.now):
            self._shrink(fleet)

    def _measured(self, fleet: Fleet) -> float | None:
        if self.scaling.measure == "pending":
            return fleet.pending_per_replica()
        return fleet.use_percent()

    def _grow(self, fleet: Fleet) -> None:
        value = self._up.value or 0.0
        adjustment = max(
            (step.add_replicas for step in self.scaling.up_steps if value >= step.from_measure),
            default=self.scaling.up_steps[0].add_replicas,
        )
        warm_after = self.scaling.warmup_seconds
        warm = [one for one in fleet.in_service() if fleet.now - one.in_service_at >= warm_after]
        fleet.ask_for(size_after_step(fleet.desired, warm=len(warm), adjustment=adjustment))

    def _shrink(self, fleet: Fleet) -> None:
        if not may_remove(
            busy=bool(fleet.starting() or fleet.draining()),
            quiet_seconds=fleet.now - self._quiet_since,
            cooldown_seconds=self.scaling.down_cooldown_seconds,
        ):
            return
        fleet.ask_for(max(1, fleet.desired - 1))
