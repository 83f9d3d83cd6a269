"""The account's alarms, evaluated each second of its clock by `homeport.simulate`'s semantics."""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from homeport.simulate.alarms import Alarm, AlarmSettings
from sandbox.live.aws.expressions import evaluate
from sandbox.live.aws.metrics import MetricStore, metric_key

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
NEVER_BREACHES = "notBreaching"

Act = Callable[[str, float], None]
"""Called with an action's ARN and the newest datapoint."""


@dataclass
class _Watched:
    alarm: Any
    """moto's."""
    period_seconds: int
    state: Alarm


class AlarmBoard:
    """Follows the alarms of one region: new ones are watched, changed ones anew, deleted ones no more."""

    def __init__(self, metrics: MetricStore, act: Act) -> None:
        self._metrics, self._act = metrics, act
        self._watched: dict[str, _Watched] = {}

    def look(self, alarms: dict[str, Any], second: int) -> None:
        """One second of the account's clock, the one that is over now."""
        for name in [name for name in self._watched if name not in alarms]:
            del self._watched[name]
        for name, alarm in alarms.items():
            watched = self._watched.get(name)
            if watched is None or watched.alarm is not alarm:
                watched = self._watched[name] = _watch(alarm)
            self._evaluate(watched, second)

    def _evaluate(self, watched: _Watched, second: int) -> None:
        alarm, state = watched.alarm, watched.state
        if (second + 1) % watched.period_seconds == 0:
            state.sample(self._datapoint(watched, float(second + 1)))
        acts = state.acts(second)
        _show_state(alarm, state)
        if acts and alarm.actions_enabled and state.value is not None:
            for action in alarm.alarm_actions:
                self._act(action, state.value)

    def _datapoint(self, watched: _Watched, end: float) -> float | None:
        alarm, begin = watched.alarm, end - watched.period_seconds
        if not alarm.metric_data_queries:
            dimensions = {one.name: one.value for one in alarm.dimensions}
            key = metric_key(alarm.namespace, alarm.metric_name, dimensions)
            return self._metrics.statistic(key, alarm.statistic, begin, end)
        values: dict[str, float | None] = {}
        expression = ""
        for query in alarm.metric_data_queries:
            if query.metric_stat is None:
                expression = query.expression
                continue
            metric = query.metric_stat.metric
            dimensions = {one.name: one.value for one in metric.dimensions}
            key = metric_key(metric.namespace, metric.metric_name, dimensions)
            values[query.id] = self._metrics.statistic(key, query.metric_stat.stat, begin, end)
        return evaluate(expression, values)


def _watch(alarm: Any) -> _Watched:
    """Raises `ValueError` where missing data is not taken for calm, which nothing here can show."""
    if alarm.treat_missing_data != NEVER_BREACHES:
        raise ValueError(
            f"alarm {alarm.name}: found treat_missing_data {alarm.treat_missing_data},"
            f" the live tier knows {NEVER_BREACHES}"
        )
    compare, threshold = COMPARISONS[alarm.comparison_operator], float(alarm.threshold)
    period = int(alarm.period or 0) or min(
        int(query.metric_stat.period) for query in alarm.metric_data_queries if query.metric_stat
    )
    settings = AlarmSettings(
        period_seconds=period,
        evaluation_periods=int(alarm.evaluation_periods),
        breaches=lambda value: compare(value, threshold),
    )
    return _Watched(alarm, period, Alarm(settings))


def _show_state(alarm: Any, state: Alarm) -> None:
    found = "ALARM" if state.in_alarm else "OK"
    if alarm.state_value != found:
        alarm.update_state(f"newest datapoint: {state.value}", "{}", found)
