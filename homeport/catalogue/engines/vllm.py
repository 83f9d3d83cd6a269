"""vLLM: text generation and vision-language models, on GPUs and on CPUs.

Read for 0.30.0, from the sources in its wheel on the package index where nothing else is said (read
2026-11-25):
- images and entry point `vllm serve`: tags used in public deployments of October 2026, among them
  `vllm/vllm-openai-cpu:v0.30.0` (x86-64 and arm64);
- flags: vllm/engine/arg_utils.py and vllm/entrypoints/launchers/cli_args.py;
- `--speculative-config`: vllm/config/speculative.py;
- quantization: vllm/model_executor/layers/quantization/, each method's least compute capability; the
  word `bitsandbytes` is gone;
- routes: vllm/entrypoints/. Those that administer (sleep, weights, adapters, profiles) stay closed;
- Inferentia2: AWS Neuron SDK 2.32 documentation, "legacy" path: the last image for it holds 0.16.0.
"""

import json
from types import MappingProxyType

from homeport.catalogue.engines.interface import (
    Engine,
    EngineImage,
    Feature,
    Flag,
    Launch,
    LaunchRequest,
    SpeculativeRequest,
)
from homeport.catalogue.engines.parts import (
    ANY_ADDRESS,
    HUB_OFFLINE,
    NVIDIA_GPUS,
    get,
    openai_first_request,
    post,
)

_VERSION = "0.30.0"
_READ = "2026-11-25"
_PORT = 8000

# The spec's word -> vLLM's.
_SPECULATIVE_METHODS = {
    "ngram": "ngram",
    "draft": "draft_model",
    "eagle3": "eagle3",
    "mtp": "mtp",
}

# Tasks that answer with vectors or scores instead of tokens: the model is loaded for pooling.
_POOLING_TASKS = (
    "feature-extraction",
    "sentence-embeddings",
    "sentence-similarity",
    "sentence-ranking",
    "text-ranking",
    "text-classification",
)

_ENV = {**HUB_OFFLINE, "DO_NOT_TRACK": "1", "VLLM_NO_USAGE_STATS": "1"}


_NEURON_CORES = 2
"""Of one Inferentia2 chip: tensor parallelism counts cores there."""
_NEURON_SEQUENCES = 4
"""The graph is compiled for a fixed number of sequences; AWS's own examples for Inf2 take 4."""


def launch(request: LaunchRequest) -> Launch:
    """Arguments to `vllm serve`, which is the images' entry point.

    The model comes first: `--served-model-name` takes every word up to the next flag.
    """
    on_neuron = request.accelerator == "inf2"
    # Neuron's image has an entry point that runs any command.
    arguments = ["vllm", "serve"] if on_neuron else []
    arguments += [request.model_path, "--host", ANY_ADDRESS, "--port", str(_PORT)]
    arguments += ["--served-model-name", *request.served_names]
    if request.task in _POOLING_TASKS:
        arguments += ["--runner", "pooling"]
    parallel = request.accelerator_count * (_NEURON_CORES if on_neuron else 1)
    if parallel > 1:
        arguments += ["--tensor-parallel-size", str(parallel)]
    if request.context_length_tokens is not None:
        arguments += ["--max-model-len", str(request.context_length_tokens)]
    if request.quantization is not None:
        arguments += ["--quantization", request.quantization]
    if request.kv_cache_dtype is not None:
        arguments += ["--kv-cache-dtype", request.kv_cache_dtype]
    sequences = request.max_concurrent_sequences or (_NEURON_SEQUENCES if on_neuron else None)
    if sequences is not None:
        arguments += ["--max-num-seqs", str(sequences)]
    if request.speculative is not None:
        arguments += ["--speculative-config", _speculative_config(request.speculative)]
    # Both logs would hold what must not be kept: prompts, and query strings.
    arguments += ["--no-enable-log-requests", "--disable-uvicorn-access-log"]
    return Launch(arguments=tuple(arguments), env=_ENV)


def _speculative_config(request: SpeculativeRequest) -> str:
    config: dict[str, str | int] = {
        "method": _SPECULATIVE_METHODS[request.method],
        "num_speculative_tokens": request.tokens,
    }
    if request.model_path is not None:
        config["model"] = request.model_path
    return json.dumps(config, sort_keys=True, separators=(",", ":"))


_ENGINE_ARGS = "vllm/engine/arg_utils.py"


def _flags() -> dict[Feature, Flag]:
    config = "vllm/config/speculative.py"
    speculative = Flag(word="--speculative-config", source=config)
    return {
        "served-names": Flag(word="--served-model-name", source=_ENGINE_ARGS),
        "task": Flag(word="--runner", source=_ENGINE_ARGS),
        "tensor-parallel": Flag(word="--tensor-parallel-size", source=_ENGINE_ARGS),
        "context": Flag(word="--max-model-len", source=_ENGINE_ARGS),
        "quantization": Flag(word="--quantization", source=_ENGINE_ARGS),
        "kv-cache": Flag(word="--kv-cache-dtype", source=_ENGINE_ARGS),
        "batching": Flag(word="--max-num-seqs", source=_ENGINE_ARGS),
        "speculative-ngram": speculative,
        "speculative-draft": speculative,
        "speculative-eagle3": speculative,
        "speculative-mtp": speculative,
    }


ENGINE = Engine(
    name="vllm",
    version=_VERSION,
    images=(
        EngineImage(
            tag=f"docker.io/vllm/vllm-openai:v{_VERSION}",
            accelerators=NVIDIA_GPUS,
            source="docs.vllm.ai: compute capability 7.5 and above; CUDA 13 inside",
            date=_READ,
        ),
        EngineImage(
            tag=f"docker.io/vllm/vllm-openai-cpu:v{_VERSION}",
            accelerators=("cpu",),
            source="public deployments on x86-64 that name the tag",
            date=_READ,
        ),
        EngineImage(
            tag="public.ecr.aws/neuron/pytorch-inference-vllm-neuronx:"
            "0.16.0-neuronx-py312-sdk2.30.0-ubuntu24.04",
            accelerators=("inf2",),
            source="AWS Neuron SDK 2.32 documentation, quickstart-deploy-dlc: Inf2 stays on this image",
            date="2026-11-22",
            version="0.16.0",
            end_of_line="Neuron's newer images are for Trainium2 and later; Inf2 gets no new version",
        ),
    ),
    port=_PORT,
    health_route="/health",
    metrics_route="/metrics",
    pending_metric="vllm:num_requests_waiting",
    running_metric="vllm:num_requests_running",
    routes=(
        get("/health"),
        get("/v1/models"),
        get("/version"),
        post("/v1/chat/completions"),
        post("/v1/completions"),
        post("/v1/responses"),
        post("/v1/messages"),
        post("/v1/embeddings"),
        post("/v1/audio/transcriptions"),
        post("/v1/audio/translations"),
        post("/pooling"),
        post("/classify"),
        post("/score"),
        post("/v1/score"),
        post("/rerank"),
        post("/v1/rerank"),
        post("/v2/rerank"),
        post("/tokenize", inference=False),
        post("/detokenize", inference=False),
    ),
    tasks=(
        "text-generation",
        "image-text-to-text",
        "any-to-any",
        "automatic-speech-recognition",
        *_POOLING_TASKS,
    ),
    architectures=None,
    quantizations={
        "awq": 7.5,
        "gptq": 6.0,
        "compressed-tensors": 7.0,
        "fp8": 7.5,
        "modelopt": 8.0,
        "mxfp4": 8.0,
        "torchao": 7.5,
    },
    quantizes_while_loading=("fp8",),
    quantizes_on_cpu=("awq", "gptq", "compressed-tensors"),
    weight_forms=("safetensors", "pytorch"),
    flags=MappingProxyType(_flags()),
    names_model=True,
    # docs.vllm.ai "Using Docker": PyTorch shares memory between the processes of tensor parallel;
    # its own example of a Kubernetes deployment has 2 GiB for one GPU.
    shared_memory_gib=8,
    own_arguments={
        "--model": "model.repository",
        "--revision": "model.revision",
        "--code-revision": "model.revision",
        "--tokenizer-revision": "model.revision",
        "--served-model-name": "name",
        "--host": "name",
        "--port": "name",
        "--uds": "name",
        "--root-path": "name",
        "--ssl-keyfile": "access",
        "--ssl-certfile": "access",
        "--runner": "model.task",
        "--tensor-parallel-size": "compute.count",
        "-tp": "compute.count",
        "--max-model-len": "engine.contextLength",
        "--quantization": "engine.quantization",
        "-q": "engine.quantization",
        "--speculative-config": "engine.speculative",
        "--download-dir": "model.weights",
        "--api-key": "access",
    },
    launch=launch,
    first_request=openai_first_request,
    automatic_turn=3,
    source="docs.vllm.ai and vllm-project/vllm",
    date=_READ,
)
