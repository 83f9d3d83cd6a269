"""Prometheus' text format of a dialect's metrics.

A histogram has its sum, its number and one bucket that holds all: the engines' own bounds are not repeated here.
"""

from collections.abc import Iterator, Mapping

from sandbox.engine.counts import Counts, Spread
from sandbox.engine.dialects.interface import Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def metrics_text(metrics: tuple[Metric, ...], labels: Mapping[str, str], counts: Counts) -> bytes:
    """All families, in the order of the dialect."""
    lines = [line for metric in metrics for line in _family(metric, labels, counts)]
    return ("\n".join(lines) + "\n").encode()


def _family(metric: Metric, labels: Mapping[str, str], counts: Counts) -> Iterator[str]:
    if metric.kind != "bare":
        if metric.help:
            yield f"# HELP {metric.name} {metric.help}"
        yield f"# TYPE {metric.name} {metric.kind}"
    found: int | float | Spread = getattr(counts, metric.source)
    own = {**labels, **metric.labels}
    if not isinstance(found, Spread):
        yield f"{metric.name}{_labels(own)} {found}"
        return
    yield f"{metric.name}_bucket{_labels({**own, 'le': '+Inf'})} {found.count}"
    yield f"{metric.name}_count{_labels(own)} {found.count}"
    yield f"{metric.name}_sum{_labels(own)} {found.total}"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
