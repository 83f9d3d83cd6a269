"""CloudWatch's alarms: periods, datapoints, missing data, and when an action runs.

Source: CloudWatch user guide, "Using alarms" and "How alarms treat missing data" (read 2026-11). An alarm with a
period of a minute or more is evaluated each minute, one with 10, 20 or 30 s every 10 s; while it is in ALARM,
an Auto Scaling action is invoked again each minute. CloudWatch may look further back than its evaluation
periods when the newest points are missing; this model does not, and docs/unproven.md says so.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

ACTION_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class AlarmSettings:
    """As the alarm's resource says it; missing data never breaches."""

    period_seconds: int
    evaluation_periods: int
    breaches: Callable[[float], bool]


@dataclass
class Alarm:
    """One alarm on one metric's average."""

    settings: AlarmSettings
    _samples: list[float] = field(default_factory=list[float])
    _points: deque[float | None] = field(default_factory=deque[float | None])
    _acted_at: int | None = None
    value: float | None = None
    """The newest datapoint."""

    def sample(self, value: float | None) -> None:
        """What the replicas reported in this second; None where none of them did."""
        if value is not None:
            self._samples.append(value)

    def acts(self, now: int) -> bool:
        """Whether the alarm invokes its action in this second."""
        period = self.settings.period_seconds
        if (now + 1) % period == 0:
            self.value = sum(self._samples) / len(self._samples) if self._samples else None
            self._samples.clear()
            self._points.append(self.value)
            while len(self._points) > self.settings.evaluation_periods:
                self._points.popleft()
        if (now + 1) % min(60, max(10, period)) != 0 or not self.in_alarm:
            if not self.in_alarm:
                self._acted_at = None
            return False
        if self._acted_at is not None and now - self._acted_at < ACTION_SECONDS:
            return False
        self._acted_at = now
        return True

    @property
    def in_alarm(self) -> bool:
        """Whether each of the last periods breached; one without data never does."""
        if len(self._points) < self.settings.evaluation_periods:
            return False
        return all(point is not None and self.settings.breaches(point) for point in self._points)
