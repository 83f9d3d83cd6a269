"""Samples of metrics with the time at which they came, which moto keeps by the clock on the wall."""

from collections import defaultdict, deque
from collections.abc import Mapping
from typing import NamedTuple

SAMPLES_MAX = 20_000

Key = tuple[str, str, tuple[tuple[str, str], ...]]


class Sample(NamedTuple):
    """A value that was seen so often."""

    at: float
    value: float
    times: float


def metric_key(namespace: str, name: str, dimensions: Mapping[str, str]) -> Key:
    """A metric is its namespace, its name and all of its dimensions (CloudWatch guide, 2026-11)."""
    return namespace, name, tuple(sorted(dimensions.items()))


class MetricStore:
    """Everything that was published."""

    def __init__(self) -> None:
        self._samples: defaultdict[Key, deque[Sample]] = defaultdict(
            lambda: deque[Sample](maxlen=SAMPLES_MAX)
        )

    def put(self, key: Key, value: float, at: float, count: float = 1.0) -> None:
        """`at` in seconds of the account's clock, never before the last one."""
        self._samples[key].append(Sample(at, value, count))

    def statistic(self, key: Key, statistic: str, begin: float, end: float) -> float | None:
        """Over begin <= time < end; None where nothing was published. Raises `ValueError` for others than these."""
        samples: list[Sample] = []
        for sample in reversed(self._samples.get(key, ())):
            if sample.at < begin:
                break
            if sample.at < end:
                samples.append(sample)
        count = sum(sample.times for sample in samples)
        if count == 0:
            return None
        total = sum(sample.value * sample.times for sample in samples)
        match statistic:
            case "Average":
                return total / count
            case "Sum":
                return total
            case "Maximum":
                return max(sample.value for sample in samples)
            case "Minimum":
                return min(sample.value for sample in samples)
            case "SampleCount":
                return count
            case _:
                raise ValueError(f"statistic: found {statistic}, the live tier does not know it")
