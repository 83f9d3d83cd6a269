"""Hugging Face's inference toolkit, read 2026-11-26 in a public copy of huggingface-inference-toolkit.

src/huggingface_inference_toolkit/webservice_starlette.py: routes, and metrics as bare lines; the port is bound once
the pipeline is loaded. gunicorn lets running answers end for its `--graceful-timeout`, which the image sets; 30 s here.
"""

from sandbox.engine.answers.interface import Computed, Model
from sandbox.engine.answers.vectors import toolkit_predict
from sandbox.engine.dialects.interface import Dialect, Metric

DIALECT = Dialect(
    name="toolkit",
    routes={
        ("POST", "/"): Computed(toolkit_predict),
        ("POST", "/predict"): Computed(toolkit_predict),
    },
    health=("/health", "/"),
    health_body=b"Ok",
    metrics=(
        Metric("inf_batch_current_size", "bare", "running"),
        Metric("inf_queue_size", "bare", "waiting"),
    ),
    loading="closed",
    model=lambda _command: Model(names=("model",), path="/repository"),
    places=lambda _command: 1,
    error=lambda _status, text: {"error": text},
    grace_seconds=lambda _command: 30.0,
    out_of_memory=("torch.OutOfMemoryError: CUDA out of memory.",),
)
