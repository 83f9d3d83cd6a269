"""vLLM 0.30.0, read 2026-11-26 in the sources of its wheel on the package index.

- metrics: vllm/v1/metrics/loggers.py (labels `model_name` and `engine`; counters get `_total` from prometheus_client);
- health: vllm/entrypoints/serve/instrumentator/health.py: 200 without a body;
- loading: the socket is bound before the model is loaded and listens after it, so that connections are refused;
- an unknown model: vllm/entrypoints/serve/engine/serving.py;
- SIGTERM: vllm/entrypoints/launchers/launcher.py and vllm/v1/engine/core.py: `--shutdown-timeout` seconds for running
  answers, 0 unless said otherwise, and then they are aborted. How an aborted stream ends for its client was not
  seen; here it is cut.
- places: `--max-num-seqs`, else by GPU and use (arg_utils.py); 256 here.
"""

from sandbox.engine.answers.interface import Computed, Generated, Model, Told
from sandbox.engine.answers.openai import ChatForm, TextForm
from sandbox.engine.answers.told import detokenize, openai_models, tokenize, version
from sandbox.engine.answers.vectors import (
    jina_rerank,
    openai_classify,
    openai_embeddings,
    openai_score,
    pooling,
)
from sandbox.engine.dialects.interface import Command, Dialect, Metric, number, value, values
from sandbox.engine.dialects.parts import openai_error

_PLACES = 256


def served(command: Command) -> Model:
    """`vllm serve MODEL`, or the image's entry point with the model as its first word."""
    words = command[2:] if tuple(command[:2]) == ("vllm", "serve") else command
    first = words[0] if words and not words[0].startswith("-") else "model"
    path = value(command, "--model") or first
    return Model(names=values(command, "--served-model-name") or (path,), path=path)


METRICS = (
    Metric(
        "vllm:num_requests_running",
        "gauge",
        "running",
        "Number of requests in model execution batches.",
    ),
    Metric(
        "vllm:num_requests_waiting",
        "gauge",
        "waiting",
        "Number of requests waiting to be processed.",
    ),
    Metric(
        "vllm:num_requests_waiting_by_reason",
        "gauge",
        "waiting",
        "Number of waiting requests by reason.",
        {"reason": "capacity"},
    ),
    Metric(
        "vllm:kv_cache_usage_perc", "gauge", "used", "KV-cache usage. 1 means 100 percent usage."
    ),
    Metric("vllm:prefix_cache_queries_total", "counter", "prompt_tokens", "Prefix cache queries."),
    Metric("vllm:prefix_cache_hits_total", "counter", "none", "Prefix cache hits."),
    Metric("vllm:num_preemptions_total", "counter", "none", "Cumulative number of preemption."),
    Metric(
        "vllm:prompt_tokens_total",
        "counter",
        "prompt_tokens",
        "Number of prefill tokens processed.",
    ),
    Metric(
        "vllm:generation_tokens_total",
        "counter",
        "generated_tokens",
        "Number of generation tokens processed.",
    ),
    Metric(
        "vllm:request_success_total",
        "counter",
        "succeeded",
        "Count of successfully processed requests.",
        {"finished_reason": "length"},
    ),
    Metric("vllm:request_prompt_tokens", "histogram", "prompt_lengths", "Prefill tokens."),
    Metric("vllm:request_generation_tokens", "histogram", "answer_lengths", "Generation tokens."),
    Metric(
        "vllm:time_to_first_token_seconds",
        "histogram",
        "first_token_seconds",
        "Histogram of time to first token in seconds.",
    ),
    Metric(
        "vllm:e2e_request_latency_seconds",
        "histogram",
        "request_seconds",
        "Histogram of e2e request latency in seconds.",
    ),
    Metric(
        "vllm:request_queue_time_seconds",
        "histogram",
        "queue_seconds",
        "Histogram of time spent in WAITING phase for request.",
    ),
)

DIALECT = Dialect(
    name="vllm",
    routes={
        ("GET", "/v1/models"): Told(openai_models("vllm")),
        ("GET", "/version"): Told(version("0.30.0")),
        ("POST", "/tokenize"): Told(tokenize("prompt")),
        ("POST", "/detokenize"): Told(detokenize),
        ("POST", "/v1/chat/completions"): Generated(ChatForm()),
        ("POST", "/v1/completions"): Generated(TextForm()),
        ("POST", "/v1/embeddings"): Computed(openai_embeddings),
        ("POST", "/pooling"): Computed(pooling),
        ("POST", "/classify"): Computed(openai_classify),
        ("POST", "/score"): Computed(openai_score),
        ("POST", "/v1/score"): Computed(openai_score),
        ("POST", "/rerank"): Computed(jina_rerank),
        ("POST", "/v1/rerank"): Computed(jina_rerank),
        ("POST", "/v2/rerank"): Computed(jina_rerank),
    },
    health=("/health",),
    metrics=METRICS,
    labels=lambda model: {"model_name": model.names[0], "engine": "0"},
    loading="closed",
    model=served,
    names_model=True,
    places=lambda command: number(command, _PLACES, "--max-num-seqs"),
    error=openai_error,
    grace_seconds=lambda command: number(command, 0, "--shutdown-timeout"),
    out_of_memory=(
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 1.96 GiB.",
        "RuntimeError: Engine core initialization failed. See root cause above. Failed core proc(s): {}",
    ),
)
