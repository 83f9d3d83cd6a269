"""Samples of metrics with the time at which they came, which moto keeps by the clock on the wall."""

from collections import defaultdict, deque
from collections.abc import Mapping

SAMPLES_MAX = 20_000
STATISTICS = ("Average", "Sum", "Maximum", "Minimum", "SampleCount")

Key = tuple[str, str, tuple[tuple[str, str], ...]]


def metric_key(namespace: str, name: str, dimensions: Mapping[str, str]) -> Key:
    """A metric is its namespace, its name and all of its dimensions (CloudWatch guide, 2026-11)."""
    return namespace, name, tuple(sorted(dimensions.items()))


class MetricStore:
    """Everything that was published."""

    def __init__(self) -> None:
        self._samples: defaultdict[Key, deque[tuple[float, float]]] = defaultdict(
            lambda: deque[tuple[float, float]](maxlen=SAMPLES_MAX)
        )

    def put(self, key: Key, value: float, at: float) -> None:
        """One sample; `at` in seconds of the account's clock, never before the last one."""
        self._samples[key].append((at, value))

    def statistic(self, key: Key, statistic: str, begin: float, end: float) -> float | None:
        """Over begin <= time < end; None where nothing was published."""
        values = [value for at, value in reversed(self._samples.get(key, ())) if begin <= at < end]
        if not values:
            return None
        return {
            "Average": sum(values) / len(values),
            "Sum": sum(values),
            "Maximum": max(values),
            "Minimum": min(values),
            "SampleCount": float(len(values)),
        }[statistic]
