"""The live account's alarms and policies, as the plan's resources say them."""

from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.live.aws.alarms import AlarmBoard
from sandbox.live.aws.expressions import evaluate
from sandbox.live.aws.metrics import MetricStore, metric_key
from sandbox.live.aws.policies import execute_policy
from tests.unit.sandbox.live.live_group import World

KEY = metric_key("homeport/demo/chat", "PendingRequests", {})
COUNT = metric_key("AWS/AutoScaling", "GroupInServiceInstances", {"AutoScalingGroupName": "chat"})


class Alarm(SimpleNamespace):
    def update_state(self, _reason: str, _data: str, value: str) -> None:
        self.state_value = value


def _alarm(**changes: Any) -> Any:
    values: dict[str, Any] = {
        "name": "up",
        "namespace": "homeport/demo/chat",
        "metric_name": "PendingRequests",
        "dimensions": [],
        "statistic": "Average",
        "metric_data_queries": [],
        "period": 20,
        "evaluation_periods": 1,
        "threshold": 1.5,
        "comparison_operator": "GreaterThanThreshold",
        "treat_missing_data": "notBreaching",
        "alarm_actions": ["arn:up"],
        "actions_enabled": True,
        "state_value": "OK",
    }
    return Alarm(**(values | changes))


def _down() -> Any:
    def metric(name: str, key: Any) -> Any:
        dimensions = [SimpleNamespace(name=n, value=v) for n, v in key[2]]
        inner = SimpleNamespace(namespace=key[0], metric_name=key[1], dimensions=dimensions)
        stat = SimpleNamespace(metric=inner, period="60", stat="Average")
        return SimpleNamespace(id=name, expression=None, metric_stat=stat)

    expression = "IF(n > 1, m * n / (n - 1), 1000)"
    load = SimpleNamespace(id="load", expression=expression, metric_stat=None)
    return _alarm(
        name="down",
        metric_data_queries=[load, metric("m", KEY), metric("n", COUNT)],
        period=None,
        evaluation_periods=5,
        threshold=1.35,
        comparison_operator="LessThanThreshold",
        alarm_actions=["arn:down"],
    )


def _run(alarm: Any, seconds: int, value: float | None, replicas: int = 2) -> list[int]:
    """The seconds in which it acts."""
    metrics, acted = MetricStore(), []
    now = 0
    board = AlarmBoard(metrics, lambda _action, _value: acted.append(now))
    for now in range(seconds):
        if value is not None and now % 10 == 0:
            metrics.put(KEY, value, now)
        if now % 60 == 30:
            metrics.put(COUNT, replicas, now)
        board.look({alarm.name: alarm}, now)
    return acted


def test_it_acts_at_once_and_then_each_minute() -> None:
    assert _run(_alarm(), 130, 2.0) == [19, 79]


def test_missing_data_is_calm_and_never_load() -> None:
    assert _run(_alarm(), 600, None) == []
    assert _run(_down(), 900, None) == []


def test_five_minutes_of_calm_and_one_to_spare() -> None:
    assert _run(_down(), 400, 0.1)[0] == 299
    assert _run(_down(), 900, 1.0) == [], "the other one would be over the threshold"
    assert _run(_down(), 900, 0.0, replicas=1) == [], "never the last one"


def test_what_is_not_known_is_an_error() -> None:
    with pytest.raises(ValueError, match="treat_missing_data ignore"):
        _run(_alarm(treat_missing_data="ignore"), 1, None)
    with pytest.raises(ValueError, match="SEARCH"):
        evaluate("SEARCH('x')", {})


@pytest.mark.parametrize(
    ("expression", "values", "expected"),
    [
        ("IF(n > 1, m * n / (n - 1), 1000)", {"n": 3.0, "m": 2.0}, 3.0),
        ("IF(n > 1, m * n / (n - 1), 1000)", {"n": 1.0, "m": 2.0}, 1000.0),
        ("IF(n > 1, m * n / (n - 1), 1000)", {"n": 2.0, "m": None}, None),
        ("m / n", {"n": 0.0, "m": 2.0}, None),
    ],
)
def test_metric_math(
    expression: str, values: dict[str, float | None], expected: float | None
) -> None:
    assert evaluate(expression, values) == expected


STEP = SimpleNamespace(
    name="up",
    policy_type="StepScaling",
    estimated_instance_warmup=300,
    step_adjustments=[
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 2},
    ],
)
SIMPLE = SimpleNamespace(
    name="down", policy_type="SimpleScaling", scaling_adjustment=-1, cooldown=120
)


def _warm_world(desired: int) -> World:
    world = World(desired=desired)
    world.go()
    world.start_all()
    world.go(400)
    return world


@pytest.mark.parametrize(("over", "size"), [(1.0, 2), (10.0, 3), (-1.0, 1)])
def test_steps_grow_with_the_breach(over: float, size: int) -> None:
    world = _warm_world(1)
    execute_policy(STEP, world.keeper, over_threshold=over, now=world.now)
    assert world.group.desired_capacity == size


def test_a_machine_that_starts_absorbs_the_same_step() -> None:
    world = _warm_world(1)
    for _ in range(3):
        execute_policy(STEP, world.keeper, over_threshold=1.0, now=world.now)
        world.go(60)
    assert world.group.desired_capacity == 2


def test_never_beyond_its_bounds() -> None:
    world = _warm_world(4)
    execute_policy(STEP, world.keeper, over_threshold=20.0, now=world.now)
    assert world.group.desired_capacity == 4
    world = _warm_world(1)
    execute_policy(SIMPLE, world.keeper, over_threshold=0.0, now=world.now)
    assert world.group.desired_capacity == 1


def test_one_at_a_time_and_a_cooldown_after_each() -> None:
    world = _warm_world(3)
    execute_policy(SIMPLE, world.keeper, over_threshold=0.0, now=world.now)
    assert world.group.desired_capacity == 2
    world.go(10)
    execute_policy(SIMPLE, world.keeper, over_threshold=0.0, now=world.now)
    assert world.group.desired_capacity == 2, "one is leaving"
    world.leave_all()
    world.go(100)
    execute_policy(SIMPLE, world.keeper, over_threshold=0.0, now=world.now)
    assert world.group.desired_capacity == 2, "the cooldown"
    world.go(40)
    execute_policy(SIMPLE, world.keeper, over_threshold=0.0, now=world.now)
    assert world.group.desired_capacity == 1
