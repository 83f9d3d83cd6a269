"""Text Generation Inference 3.3.7, read 2026-11-26 in public copies of huggingface/text-generation-inference.

- metrics: docs/source/reference/metrics.md; the exporter adds nothing to a counter's name;
- routes: router/src/server.rs; a request beyond `--max-concurrent-requests` (128) gets 429;
- loading: the router binds its port once the shards are ready;
- SIGTERM: launcher/src/main.rs: the router gets 90 s for running answers.
"""

from sandbox.engine.answers.interface import Generated, Model, Told
from sandbox.engine.answers.native import TgiForm
from sandbox.engine.answers.openai import ChatForm, TextForm
from sandbox.engine.answers.told import chat_prompt, huggingface_info, openai_models, tgi_tokenize
from sandbox.engine.dialects.interface import Command, Dialect, Metric, number, value
from sandbox.engine.dialects.parts import huggingface_error

_REQUESTS_MAX = 128
_PLACES = 64
"""Of one batch; the real one is bounded by tokens."""
_GRACE_SECONDS = 90.0


def served(command: Command) -> Model:
    """There is no other name than the folder's."""
    path = value(command, "--model-id") or "model"
    return Model(names=(path,), path=path)


METRICS = (
    Metric("tgi_batch_current_size", "gauge", "running"),
    Metric("tgi_queue_size", "gauge", "waiting"),
    Metric("tgi_request_count", "counter", "requests"),
    Metric("tgi_request_success", "counter", "succeeded"),
    Metric("tgi_request_failure", "counter", "failed", labels={"err": "generation"}),
    Metric("tgi_request_duration", "histogram", "request_seconds"),
    Metric("tgi_request_queue_duration", "histogram", "queue_seconds"),
    Metric("tgi_request_input_length", "histogram", "prompt_lengths"),
    Metric("tgi_request_generated_tokens", "histogram", "answer_lengths"),
)

DIALECT = Dialect(
    name="tgi",
    routes={
        ("GET", "/info"): Told(huggingface_info("3.3.7")),
        ("GET", "/v1/models"): Told(openai_models("tgi")),
        ("POST", "/tokenize"): Told(tgi_tokenize),
        ("POST", "/chat_tokenize"): Told(chat_prompt),
        ("POST", "/"): Generated(TgiForm(streams=None, listed=True)),
        ("POST", "/generate"): Generated(TgiForm(streams=False, listed=False)),
        ("POST", "/generate_stream"): Generated(TgiForm(streams=True, listed=False)),
        ("POST", "/v1/chat/completions"): Generated(ChatForm()),
        ("POST", "/v1/completions"): Generated(TextForm()),
    },
    health=("/health", "/ping"),
    metrics=METRICS,
    loading="closed",
    model=served,
    places=lambda _command: _PLACES,
    most_requests=lambda command: number(command, _REQUESTS_MAX, "--max-concurrent-requests"),
    error=huggingface_error,
    bad_body_status=422,
    grace_seconds=lambda _command: _GRACE_SECONDS,
    out_of_memory=(
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 448.00 MiB.",
        "ERROR text_generation_launcher: Shard 0 failed to start",
        "INFO text_generation_launcher: Shutting down shards",
    ),
)
