"""Hugging Face's inference toolkit: pipelines of Transformers, and a handler of the user's own.

It has no public image: the spec names one that was built from its Dockerfile (docs/custom-handler.md).
Read for 0.5.6, of huggingface/huggingface-inference-toolkit (2025-08, read 2026-11-22):
- variables: src/huggingface_inference_toolkit/env_utils.py, const.py; `handler.py` of the model's
  repository is taken where there is one;
- routes: src/huggingface_inference_toolkit/webservice_starlette.py.
"""

from homeport.catalogue.engines.interface import (
    Engine,
    Flag,
    Launch,
    LaunchRequest,
)
from homeport.catalogue.engines.parts import get, health_first_request, post

_READ = "2026-11-22"
_PORT = 5000
_CONSTANTS = "src/huggingface_inference_toolkit/const.py"


def launch(request: LaunchRequest) -> Launch:
    """No argument: the image's own command starts the server, which reads variables."""
    return Launch(
        arguments=(),
        env={
            "HF_HUB_OFFLINE": "1",
            "HF_MODEL_DIR": request.model_path,
            "HF_TASK": request.task,
        },
    )


ENGINE = Engine(
    name="toolkit",
    version="0.5.6",
    images=(),
    port=_PORT,
    health_route="/health",
    metrics_route="/metrics",
    pending_metric="inf_queue_size",
    running_metric="inf_batch_current_size",
    routes=(
        get("/health"),
        post("/"),
        post("/predict"),
    ),
    tasks=(
        "audio-classification",
        "automatic-speech-recognition",
        "custom",
        "feature-extraction",
        "fill-mask",
        "image-classification",
        "image-segmentation",
        "image-to-text",
        "object-detection",
        "question-answering",
        "sentence-embeddings",
        "sentence-ranking",
        "sentence-similarity",
        "summarization",
        "table-question-answering",
        "text-classification",
        "text-generation",
        "text-to-image",
        "token-classification",
        "translation",
        "zero-shot-classification",
        "zero-shot-image-classification",
    ),
    architectures=None,
    quantizations={},
    quantizes_while_loading=(),
    quantizes_on_cpu=(),
    weight_forms=("any",),
    flags={"task": Flag(word="HF_TASK", source=_CONSTANTS)},
    names_model=False,
    shared_memory_gib=1,
    own_arguments={},
    launch=launch,
    first_request=health_first_request,
    source="huggingface/huggingface-inference-toolkit",
    date=_READ,
)
