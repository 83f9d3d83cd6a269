"""SGLang: text generation and vision-language models on GPUs, with its own prefix cache.

Read for 0.5.21, from the sources in its wheel on the package index (read 2026-11-25):
- image: public deployments of October 2026 name `lmsysorg/sglang:v0.5.21`; it runs any command, so the
  server is named; CUDA 13 inside, which needs a driver of r580 or later;
- flags: sglang/srt/arg_groups/fields/*.py. One served name, and any name in a request is answered;
  requests are logged only when asked for;
- speculative decoding: sglang/srt/speculative/spec_info.py (NEXTN is the model's own layers);
- routes: sglang/srt/entrypoints/http_server.py. Those that administer (weights, cache, profiles,
  pause) stay closed;
- quantization: sglang/srt/arg_groups/choices.py; least compute capabilities are those of the same
  kernels in vLLM.
"""

from homeport.catalogue.engines.interface import (
    Engine,
    EngineImage,
    Flag,
    Launch,
    LaunchRequest,
    SpeculativeRequest,
)
from homeport.catalogue.engines.parts import (
    ANY_ADDRESS,
    EMBEDDING_TASKS,
    HUB_OFFLINE,
    NVIDIA_GPUS,
    get,
    openai_first_request,
    post,
)

_VERSION = "0.5.21"
_READ = "2026-11-25"
_PORT = 30000

_ALGORITHMS = {"ngram": "NGRAM", "draft": "STANDALONE", "eagle3": "EAGLE3", "mtp": "NEXTN"}


def launch(request: LaunchRequest) -> Launch:
    """The server's command; the image starts whatever it is given."""
    arguments = ["python3", "-m", "sglang.launch_server", "--model-path", request.model_path]
    arguments += ["--host", ANY_ADDRESS, "--port", str(_PORT)]
    arguments += ["--served-model-name", request.served_names[0]]
    if request.task in EMBEDDING_TASKS:
        arguments += ["--is-embedding"]
    if request.accelerator_count > 1:
        arguments += ["--tensor-parallel-size", str(request.accelerator_count)]
    if request.context_length_tokens is not None:
        arguments += ["--context-length", str(request.context_length_tokens)]
    if request.quantization is not None:
        arguments += ["--quantization", request.quantization]
    if request.kv_cache_dtype is not None:
        arguments += ["--kv-cache-dtype", request.kv_cache_dtype]
    if request.max_concurrent_sequences is not None:
        arguments += ["--max-running-requests", str(request.max_concurrent_sequences)]
    if request.speculative is not None:
        arguments += _speculative(request.speculative)
    # The access log would hold query strings.
    arguments += ["--enable-metrics", "--log-level-http", "warning"]
    return Launch(arguments=tuple(arguments), env=HUB_OFFLINE)


def _speculative(request: SpeculativeRequest) -> list[str]:
    """One chain of guesses: as many steps as tokens, and the verified token beside them."""
    arguments = ["--speculative-algorithm", _ALGORITHMS[request.method]]
    if request.model_path is not None:
        arguments += ["--speculative-draft-model-path", request.model_path]
    if request.method != "ngram":
        arguments += ["--speculative-num-steps", str(request.tokens)]
        arguments += ["--speculative-eagle-topk", "1"]
    return [*arguments, "--speculative-num-draft-tokens", str(request.tokens + 1)]


def _flag(word: str, file: str) -> Flag:
    return Flag(word=word, source=f"sglang/srt/arg_groups/fields/{file}.py")


ENGINE = Engine(
    name="sglang",
    version=_VERSION,
    images=(
        EngineImage(
            tag=f"docker.io/lmsysorg/sglang:v{_VERSION}",
            accelerators=NVIDIA_GPUS,
            source="docs.sglang.io install: NVIDIA GPUs of compute capability 7.5 and above",
            date=_READ,
        ),
    ),
    port=_PORT,
    health_route="/health",
    metrics_route="/metrics",
    pending_metric="sglang:num_queue_reqs",
    running_metric="sglang:num_running_reqs",
    routes=(
        get("/health"),
        get("/v1/models"),
        get("/model_info"),
        post("/generate"),
        post("/v1/chat/completions"),
        post("/v1/completions"),
        post("/v1/responses"),
        post("/v1/messages"),
        post("/v1/embeddings"),
        post("/v1/classify"),
        post("/classify"),
        post("/v1/rerank"),
        post("/v1/score"),
        post("/v1/audio/transcriptions"),
        post("/v1/tokenize", inference=False),
        post("/v1/detokenize", inference=False),
    ),
    tasks=(
        "text-generation",
        "image-text-to-text",
        "any-to-any",
        "automatic-speech-recognition",
        *EMBEDDING_TASKS,
        "text-classification",
    ),
    architectures=None,
    quantizations={
        "awq": 7.5,
        "gptq": 6.0,
        "compressed-tensors": 7.0,
        "fp8": 8.9,
        "bitsandbytes": 7.5,
        "mxfp4": 8.0,
    },
    quantizes_while_loading=("fp8", "bitsandbytes"),
    quantizes_on_cpu=(),
    weight_forms=("safetensors", "pytorch"),
    flags={
        "served-names": _flag("--served-model-name", "serving"),
        "task": _flag("--is-embedding", "model"),
        "tensor-parallel": _flag("--tensor-parallel-size", "parallel"),
        "context": _flag("--context-length", "model"),
        "quantization": _flag("--quantization", "model"),
        "kv-cache": _flag("--kv-cache-dtype", "model"),
        "batching": _flag("--max-running-requests", "schedule"),
        "speculative-ngram": _flag("--speculative-algorithm", "spec"),
        "speculative-draft": _flag("--speculative-draft-model-path", "spec"),
        "speculative-eagle3": _flag("--speculative-draft-model-path", "spec"),
        "speculative-mtp": _flag("--speculative-algorithm", "spec"),
        "metrics": _flag("--enable-metrics", "observability"),
    },
    names_model=False,
    # docs.sglang.io "Install": its Docker examples give 32 GiB.
    shared_memory_gib=32,
    own_arguments={
        "--model-path": "model.repository",
        "--model": "model.repository",
        "--revision": "model.revision",
        "--served-model-name": "name",
        "--host": "name",
        "--port": "name",
        "--is-embedding": "model.task",
        "--tp-size": "compute.count",
        "--tp": "compute.count",
        "--tensor-parallel-size": "compute.count",
        "--context-length": "engine.contextLength",
        "--quantization": "engine.quantization",
        "--speculative-algorithm": "engine.speculative",
        "--speculative-draft-model-path": "engine.speculative",
        "--speculative-num-steps": "engine.speculative",
        "--speculative-num-draft-tokens": "engine.speculative",
        "--api-key": "access",
        "--admin-api-key": "access",
    },
    launch=launch,
    first_request=openai_first_request,
    automatic_turn=4,
    source="sgl-project/sglang",
    date=_READ,
)
