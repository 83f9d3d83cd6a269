"""Text Embeddings Inference: embeddings, rerankers and text classification, on CPUs and GPUs.

Read for 1.9.3. Sources, read 2026-11-25 unless said otherwise, all of
huggingface/text-embeddings-inference:
- images, one for each compute capability: README.md, 0d124dc (2026-07-24, v1.9.3);
- flags: router/src/main.rs, 0236f18 (`--served-model-name` takes one name, and any name in a request
  is answered; `--payload-limit` is 2 MB unless set; `--hf-api-token` and `--hf-token` are not used);
- routes: router/src/http/server.rs. There is no list of models (`/v1/models`), `/info` names the one;
- architectures: README.md lists families, backends/candle/src/lib.rs reads `model_type`; the names
  here are those under which these families' repositories stand in config.json.
"""

from homeport.catalogue.engines.interface import (
    Engine,
    EngineImage,
    FirstRequest,
    Flag,
    Launch,
    LaunchRequest,
)
from homeport.catalogue.engines.parts import (
    ANY_ADDRESS,
    HUB_OFFLINE,
    RANKING_TASKS,
    first,
    get,
    post,
)

_TAG = "1.9"
_READ = "2026-11-25"
_SOURCE = "text-embeddings-inference README.md, 0d124dc, table of images"
_NAME = "ghcr.io/huggingface/text-embeddings-inference"

# The image's own default is 80. Above 1024 an engine without capabilities may listen anywhere.
_PORT = 8080

_MAIN = "router/src/main.rs"
_ENCODERS = ("Bert", "Camembert", "DistilBert", "ModernBert", "MPNet", "Roberta", "XLMRoberta")
_ARCHITECTURES = (
    *(f"{family}Model" for family in _ENCODERS),
    *(f"{family}ForMaskedLM" for family in _ENCODERS),
    *(f"{family}ForSequenceClassification" for family in _ENCODERS),
    "Gemma3TextModel",
    "JinaBertForMaskedLM",
    "JinaBertModel",
    "MistralModel",
    "NewForSequenceClassification",
    "NewModel",
    "NomicBertModel",
    "Qwen2ForCausalLM",
    "Qwen2Model",
    "Qwen3ForCausalLM",
    "Qwen3Model",
)


def launch(request: LaunchRequest) -> Launch:
    """Arguments to `text-embeddings-router`, which is the images' entry point."""
    arguments = ["--model-id", request.model_path, "--hostname", ANY_ADDRESS, "--port", str(_PORT)]
    arguments += ["--served-model-name", request.served_names[0]]
    if request.max_body_bytes is not None:
        arguments += ["--payload-limit", str(request.max_body_bytes)]
    if request.max_concurrent_sequences is not None:
        arguments += ["--max-concurrent-requests", str(request.max_concurrent_sequences)]
    return Launch(arguments=tuple(arguments), env=HUB_OFFLINE)


def _image(prefix: str, *accelerators: str) -> EngineImage:
    return EngineImage(
        tag=f"{_NAME}:{prefix}{_TAG}", accelerators=accelerators, source=_SOURCE, date=_READ
    )


def first_request(task: str, _name: str) -> FirstRequest:
    """By the kind of model: each answers one of these only."""
    if task in RANKING_TASKS:
        return first("/rerank", {"query": "ready?", "texts": ["ready?"]})
    if task == "text-classification":
        return first("/predict", {"inputs": "ready?"})
    return first("/embed", {"inputs": "ready?"})


ENGINE = Engine(
    name="tei",
    version="1.9.3",
    images=(
        _image("cpu-", "cpu"),
        _image("turing-", "nvidia-t4"),
        _image("", "nvidia-a100"),
        _image("86-", "nvidia-a10g"),
        _image("89-", "nvidia-l4", "nvidia-l40s"),
        _image("hopper-", "nvidia-h100", "nvidia-h200"),
    ),
    port=_PORT,
    health_route="/health",
    metrics_route="/metrics",
    pending_metric="te_queue_size",
    running_metric=None,
    routes=(
        get("/health"),
        get("/info"),
        post("/"),
        post("/embed"),
        post("/embed_all"),
        post("/embed_sparse"),
        post("/embeddings"),
        post("/v1/embeddings"),
        post("/predict"),
        post("/rerank"),
        post("/similarity"),
        post("/tokenize", inference=False),
        post("/decode", inference=False),
    ),
    tasks=(
        "feature-extraction",
        "sentence-embeddings",
        "sentence-similarity",
        "sentence-ranking",
        "text-ranking",
        "text-classification",
    ),
    architectures=_ARCHITECTURES,
    quantizations={},
    quantizes_while_loading=(),
    quantizes_on_cpu=(),
    weight_forms=("safetensors", "pytorch"),
    flags={
        "served-names": Flag(word="--served-model-name", source=_MAIN),
        "batching": Flag(word="--max-concurrent-requests", source=_MAIN),
        "body-limit": Flag(word="--payload-limit", source=_MAIN),
    },
    names_model=False,
    shared_memory_gib=1,
    own_arguments={
        "--model-id": "model.repository",
        "--revision": "model.revision",
        "--served-model-name": "name",
        "--hostname": "name",
        "--port": "name",
        "-p": "name",
        "--uds-path": "name",
        "--prometheus-port": "name",
        "--huggingface-hub-cache": "model.weights",
        "--payload-limit": "access.maxBodyMebibytes",
        "--cors-allow-origin": "access",
    },
    launch=launch,
    first_request=first_request,
    automatic_turn=1,
    source="huggingface/text-embeddings-inference",
    date=_READ,
)
