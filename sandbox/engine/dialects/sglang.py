"""SGLang 0.5.21, read 2026-11-26 in the sources of its wheel on the package index.

- metrics: sglang/srt/observability/metrics_collector.py, only with `--enable-metrics`. The scheduler's have labels of
  ranks, the tokenizer's have not; here all have the former;
- health: srt/entrypoints/http_server.py: 503 while the first request warms it up and after SIGTERM. It generates a
  token, so that it waits with everybody where nothing moves; here it does not;
- SIGTERM: srt/managers/tokenizer_manager.py: new requests are still taken, running ones end without a limit; it looks
  every 5 s, here at once;
- places: `--max-running-requests`, else by memory; 256 here.
"""

from typing import Any

from sandbox.engine.answers.interface import Computed, Generated, Model, Told
from sandbox.engine.answers.native import SglangForm
from sandbox.engine.answers.openai import ChatForm, TextForm
from sandbox.engine.answers.told import detokenize, openai_models, sglang_model_info, tokenize
from sandbox.engine.answers.vectors import (
    jina_rerank,
    openai_classify,
    openai_embeddings,
    openai_score,
)
from sandbox.engine.dialects.interface import Command, Dialect, Metric, number, value
from sandbox.engine.dialects.parts import kind

_PLACES = 256


def served(command: Command) -> Model:
    """One served name."""
    path = value(command, "--model-path", "--model") or "model"
    return Model(names=(value(command, "--served-model-name") or path,), path=path)


def error(status: int, text: str) -> Any:
    """srt/entrypoints/openai/protocol.py, ErrorResponse."""
    return {"object": "error", "message": text, "type": kind(status), "param": None, "code": status}


METRICS = (
    Metric("sglang:num_running_reqs", "gauge", "running", "The number of running requests."),
    Metric(
        "sglang:num_queue_reqs", "gauge", "waiting", "The number of requests in the waiting queue."
    ),
    Metric("sglang:token_usage", "gauge", "used", "The token usage."),
    Metric("sglang:cache_hit_rate", "gauge", "none", "The prefix cache hit rate."),
    Metric(
        "sglang:prompt_tokens_total",
        "counter",
        "prompt_tokens",
        "Number of prefill tokens processed.",
    ),
    Metric(
        "sglang:generation_tokens_total",
        "counter",
        "generated_tokens",
        "Number of generation tokens processed.",
    ),
    Metric("sglang:num_requests_total", "counter", "succeeded", "Number of requests processed."),
    Metric(
        "sglang:time_to_first_token_seconds",
        "histogram",
        "first_token_seconds",
        "Histogram of time to first token in seconds.",
    ),
    Metric(
        "sglang:e2e_request_latency_seconds",
        "histogram",
        "request_seconds",
        "Histogram of End-to-end request latency in seconds",
    ),
    Metric(
        "sglang:queue_time_seconds",
        "histogram",
        "queue_seconds",
        "Histogram of queueing time in seconds.",
    ),
)

DIALECT = Dialect(
    name="sglang",
    routes={
        ("GET", "/v1/models"): Told(openai_models("sglang")),
        ("GET", "/model_info"): Told(sglang_model_info),
        ("POST", "/v1/tokenize"): Told(tokenize("prompt")),
        ("POST", "/v1/detokenize"): Told(detokenize),
        ("POST", "/generate"): Generated(SglangForm()),
        ("POST", "/v1/chat/completions"): Generated(ChatForm()),
        ("POST", "/v1/completions"): Generated(TextForm()),
        ("POST", "/v1/embeddings"): Computed(openai_embeddings),
        ("POST", "/v1/classify"): Computed(openai_classify),
        ("POST", "/classify"): Computed(openai_classify),
        ("POST", "/v1/rerank"): Computed(jina_rerank),
        ("POST", "/v1/score"): Computed(openai_score),
    },
    health=("/health", "/health_generate"),
    metrics=METRICS,
    metrics_flag="--enable-metrics",
    labels=lambda model: {
        "model_name": model.names[0],
        "engine_type": "unified",
        "tp_rank": "0",
        "pp_rank": "0",
        "moe_ep_rank": "0",
    },
    loading="closed-then-503",
    model=served,
    places=lambda command: number(command, _PLACES, "--max-running-requests"),
    error=error,
    grace_seconds=lambda _command: None,
    accepts_while_stopping=True,
    out_of_memory=(
        "Scheduler hit an exception: Traceback (most recent call last):",
        "RuntimeError: Not enough memory. Please try to increase --mem-fraction-static.",
    ),
)
