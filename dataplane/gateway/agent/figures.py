"""What a replica publishes: names, and samples as value -> how often.

PendingRequests, RequestsInFlight            a look at Envoy, of replicas in service
Requests2xx, Requests4xx, Requests5xx        since the last time, without the load balancer's own questions
RequestSeconds                               the same, from Envoy's histogram: each at its bucket's middle
GpuUtilization, GpuMemoryUsedPercent         mean over the machine's GPUs
GeneratedTokens, KvCacheUsedPercent, QueuedRequests    the engine's own word (`engine_figures.py`)
FailedStarts                                 1, once, where a launch is given up
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

Samples = dict[float, float]
"""Value -> how often."""
Figures = dict[str, Samples]
"""Metric -> its samples since the last time."""

PENDING, IN_FLIGHT = "PendingRequests", "RequestsInFlight"
REQUESTS_2XX, REQUESTS_4XX, REQUESTS_5XX = "Requests2xx", "Requests4xx", "Requests5xx"
REQUEST_SECONDS = "RequestSeconds"
GPU_USE, GPU_MEMORY = "GpuUtilization", "GpuMemoryUsedPercent"
TOKENS, KV_USE, QUEUED = "GeneratedTokens", "KvCacheUsedPercent", "QueuedRequests"
FAILED_STARTS = "FailedStarts"
LASTS_SECONDS = 60.0


def single(values: Mapping[str, float]) -> Figures:
    """One sample of each."""
    return {name: {float(value): 1.0} for name, value in values.items()}


class Latest:
    """What one chore measured last, for the one that publishes: each sample once, and no old news."""

    def __init__(self, time_scale: float = 1.0) -> None:
        self._lasts = LASTS_SECONDS / time_scale
        self._lock = threading.Lock()
        self._figures: Figures = {}
        self._at = 0.0

    def set(self, figures: Figures, now: float) -> None:
        """Replace what nobody took."""
        with self._lock:
            self._figures, self._at = figures, now

    def young(self, now: float) -> Figures:
        """Take it, where it is not too old."""
        with self._lock:
            figures, self._figures = self._figures, {}
            return figures if now - self._at <= self._lasts else {}
