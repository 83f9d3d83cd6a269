"""What the engine says of itself at its metrics route, which only this machine can ask.

Names as in each engine's documentation and in public dashboards (vLLM "Production Metrics", V1; SGLang
"Production Metrics"; TGI "Metrics"; TEI's README; llama.cpp tools/server/README; read 2026-11). llama.cpp no longer
says how full its KV cache is; TGI and TEI never did.
"""

from __future__ import annotations

import http.client
import re
from typing import NamedTuple

from .figures import KV_USE, QUEUED, TOKENS, Figures, single
from .local_http import exchange

METRICS_SECONDS = 5.0
_LINE = re.compile(r"([A-Za-z_:][A-Za-z0-9_:]*)(?:\{.*\})?\s+(\S+)(?:\s+\S+)?")


class Series(NamedTuple):
    """One of the engine's series and what it becomes."""

    metric: str
    name: str
    kind: str
    """`counter`: what came since the last time; `gauge`: the sum over labels; `share`: their mean, of 1."""


ENGINE_SERIES = {
    "vllm": (
        Series(TOKENS, "vllm:generation_tokens_total", "counter"),
        Series(KV_USE, "vllm:kv_cache_usage_perc", "share"),
        Series(QUEUED, "vllm:num_requests_waiting", "gauge"),
    ),
    "sglang": (
        Series(TOKENS, "sglang:generation_tokens_total", "counter"),
        Series(KV_USE, "sglang:token_usage", "share"),
        Series(QUEUED, "sglang:num_queue_reqs", "gauge"),
    ),
    "tgi": (
        Series(TOKENS, "tgi_request_generated_tokens_sum", "counter"),
        Series(QUEUED, "tgi_queue_size", "gauge"),
    ),
    "tei": (Series(QUEUED, "te_queue_size", "gauge"),),
    "llamacpp": (
        Series(TOKENS, "llamacpp:tokens_predicted_total", "counter"),
        Series(QUEUED, "llamacpp:requests_deferred", "gauge"),
    ),
}


def read_exposition(address: str, port: int, route: str) -> str:
    """The engine's page. Raises `OSError` where there is none."""
    connection = http.client.HTTPConnection(address, port, timeout=METRICS_SECONDS)
    status, body = exchange(connection, "GET", route, None)
    if status != 200:
        raise OSError(f"GET {route}: status {status}")
    return body.decode("utf-8", "replace")


def series_values(text: str) -> dict[str, list[float]]:
    """Name -> its values over all labels, of Prometheus' text format; what is no sample is passed over."""
    found: dict[str, list[float]] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line.strip())
        value = _number(match[2]) if match else None
        if match and value is not None:
            found.setdefault(match[1], []).append(value)
    return found


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if value == value and abs(value) != float("inf") else None  # noqa: PLR0124 - not a number


class EngineFigures:
    """Of one engine; an engine that was restarted counts from zero."""

    def __init__(self, engine: str) -> None:
        self._series = ENGINE_SERIES.get(engine, ())
        self._before: dict[str, float] = {}

    @property
    def wanted(self) -> bool:
        """Whether this engine's page is understood."""
        return bool(self._series)

    def since(self, text: str) -> Figures:
        """Call in order of time; a series that the page lacks is left out. The first look counts from itself."""
        found = series_values(text)
        values: dict[str, float] = {}
        for series in self._series:
            samples = found.get(series.name)
            if not samples:
                continue
            if series.kind == "share":
                values[series.metric] = 100 * sum(samples) / len(samples)
            elif series.kind == "gauge":
                values[series.metric] = sum(samples)
            else:
                total = sum(samples)
                before = self._before.get(series.name, total)
                values[series.metric] = total - before if total >= before else total
                self._before[series.name] = total
        return single(values)
