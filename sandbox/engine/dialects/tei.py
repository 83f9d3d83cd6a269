"""Text Embeddings Inference 1.9, read 2026-11-26 in public copies of huggingface/text-embeddings-inference.

- metrics: core/src/queue.rs, core/src/infer.rs, router/src/lib.rs; the exporter adds nothing to a counter's name, and
  a family first appears when something was recorded (here all are there from the start);
- routes and errors: router/src/http/server.rs, router/src/lib.rs; one beyond `--max-concurrent-requests` gets 429;
- loading: the port is bound once the backend is healthy;
- SIGTERM: axum's graceful shutdown, without a limit. Not seen running.
"""

from sandbox.engine.answers.interface import Computed, Model, Told
from sandbox.engine.answers.told import huggingface_info, tei_decode, tei_tokenize
from sandbox.engine.answers.vectors import (
    openai_embeddings,
    tei_embed,
    tei_embed_all,
    tei_embed_sparse,
    tei_predict,
    tei_rerank,
    tei_similarity,
)
from sandbox.engine.dialects.interface import Command, Dialect, Metric, number, value
from sandbox.engine.dialects.parts import huggingface_error

_REQUESTS_MAX = 512
_PLACES = 32
"""Of one batch; the real one is bounded by tokens."""


def served(command: Command) -> Model:
    """The served name, else the folder as it was given."""
    path = value(command, "--model-id") or "model"
    return Model(names=(value(command, "--served-model-name") or path,), path=path)


METRICS = (
    Metric("te_request_count", "counter", "requests", labels={"method": "single"}),
    Metric("te_request_success", "counter", "succeeded", labels={"method": "single"}),
    Metric("te_request_failure", "counter", "failed", labels={"err": "backend"}),
    Metric("te_queue_size", "gauge", "waiting"),
    Metric("te_request_duration", "histogram", "request_seconds"),
    Metric("te_request_queue_duration", "histogram", "queue_seconds"),
    Metric("te_request_input_length", "histogram", "prompt_lengths"),
)

DIALECT = Dialect(
    name="tei",
    routes={
        ("GET", "/info"): Told(huggingface_info("1.9.3")),
        ("POST", "/tokenize"): Told(tei_tokenize),
        ("POST", "/decode"): Told(tei_decode),
        ("POST", "/"): Computed(tei_embed),
        ("POST", "/embed"): Computed(tei_embed),
        ("POST", "/embed_all"): Computed(tei_embed_all),
        ("POST", "/embed_sparse"): Computed(tei_embed_sparse),
        ("POST", "/embeddings"): Computed(openai_embeddings),
        ("POST", "/v1/embeddings"): Computed(openai_embeddings),
        ("POST", "/predict"): Computed(tei_predict),
        ("POST", "/rerank"): Computed(tei_rerank),
        ("POST", "/similarity"): Computed(tei_similarity),
    },
    health=("/health", "/ping"),
    metrics=METRICS,
    loading="closed",
    model=served,
    places=lambda _command: _PLACES,
    most_requests=lambda command: number(command, _REQUESTS_MAX, "--max-concurrent-requests"),
    error=huggingface_error,
    bad_body_status=422,
    grace_seconds=lambda _command: None,
    out_of_memory=(
        "Error: Could not create backend",
        'Caused by: Could not start backend: DriverError(CUDA_ERROR_OUT_OF_MEMORY, "out of memory")',
    ),
)
