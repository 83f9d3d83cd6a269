"""Text Generation Inference: end of line, for those who move away from it step by step.

Read for 3.3.7, of huggingface/text-generation-inference (read 2026-11-22 and 2026-11-25):
- README.md, 3498847 (2025-12-11): maintenance mode; last release v3.3.7, 2025-12-18;
- flags: docs/source/reference/launcher.md; it sends usage statistics unless told not to;
- routes: router/src/server.rs; metrics: docs/source/reference/metrics.md;
- quantization: launcher.md, `--quantize`; capabilities as its kernels are shared with vLLM.
"""

from homeport.catalogue.engines.interface import (
    Engine,
    EngineImage,
    FirstRequest,
    Flag,
    Launch,
    LaunchRequest,
)
from homeport.catalogue.engines.parts import ANY_ADDRESS, HUB_OFFLINE, NVIDIA_GPUS, first, get, post

_VERSION = "3.3.7"
_READ = "2026-11-25"
# The image's own default is 80. Above 1024 an engine without capabilities may listen anywhere.
_PORT = 8080
_LAUNCHER = "docs/source/reference/launcher.md"
_ENV = {**HUB_OFFLINE, "USAGE_STATS": "off"}


def launch(request: LaunchRequest) -> Launch:
    """Arguments to `text-generation-launcher`, which is the image's entry point."""
    arguments = ["--model-id", request.model_path, "--hostname", ANY_ADDRESS, "--port", str(_PORT)]
    # Without it every GPU of the machine is one shard, whatever was planned.
    arguments += ["--num-shard", str(max(1, request.accelerator_count))]
    if request.context_length_tokens is not None:
        arguments += ["--max-total-tokens", str(request.context_length_tokens)]
        arguments += ["--max-input-tokens", str(request.context_length_tokens - 1)]
    if request.quantization is not None:
        arguments += ["--quantize", request.quantization]
    if request.kv_cache_dtype is not None:
        arguments += ["--kv-cache-dtype", request.kv_cache_dtype]
    if request.max_concurrent_sequences is not None:
        arguments += ["--max-concurrent-requests", str(request.max_concurrent_sequences)]
    if request.max_body_bytes is not None:
        arguments += ["--payload-limit", str(request.max_body_bytes)]
    if request.speculative is not None:
        arguments += ["--speculate", str(request.speculative.tokens)]
    return Launch(arguments=tuple(arguments), env=_ENV)


def _flag(word: str) -> Flag:
    return Flag(word=word, source=_LAUNCHER)


def first_request(_task: str, _name: str) -> FirstRequest:
    """One token."""
    return first("/generate", {"inputs": "ready?", "parameters": {"max_new_tokens": 1}})


ENGINE = Engine(
    name="tgi",
    version=_VERSION,
    images=(
        EngineImage(
            tag=f"ghcr.io/huggingface/text-generation-inference:{_VERSION}",
            accelerators=NVIDIA_GPUS,
            source="README.md, v3.3.7",
            date=_READ,
        ),
    ),
    port=_PORT,
    health_route="/health",
    metrics_route="/metrics",
    pending_metric="tgi_queue_size",
    running_metric="tgi_batch_current_size",
    routes=(
        get("/health"),
        get("/info"),
        get("/v1/models"),
        post("/"),
        post("/generate"),
        post("/generate_stream"),
        post("/v1/chat/completions"),
        post("/v1/completions"),
        post("/tokenize", inference=False),
        post("/chat_tokenize", inference=False),
    ),
    tasks=("text-generation", "image-text-to-text"),
    architectures=None,
    quantizations={
        "awq": 7.5,
        "gptq": 7.5,
        "compressed-tensors": 7.5,
        "fp8": 8.0,
        "bitsandbytes": 7.5,
        "eetq": 7.5,
    },
    quantizes_while_loading=("fp8", "bitsandbytes", "eetq"),
    quantizes_on_cpu=(),
    weight_forms=("safetensors", "pytorch"),
    flags={
        "tensor-parallel": _flag("--num-shard"),
        "context": _flag("--max-total-tokens"),
        "quantization": _flag("--quantize"),
        "kv-cache": _flag("--kv-cache-dtype"),
        "batching": _flag("--max-concurrent-requests"),
        "speculative-ngram": _flag("--speculate"),
        "body-limit": _flag("--payload-limit"),
    },
    names_model=False,
    shared_memory_gib=1,
    own_arguments={
        "--model-id": "model.repository",
        "--revision": "model.revision",
        "--hostname": "name",
        "--port": "name",
        "-p": "name",
        "--sharded": "compute.count",
        "--num-shard": "compute.count",
        "--max-total-tokens": "engine.contextLength",
        "--max-input-tokens": "engine.contextLength",
        "--max-input-length": "engine.contextLength",
        "--quantize": "engine.quantization",
        "--speculate": "engine.speculative",
        "--payload-limit": "access.maxBodyMebibytes",
        "--api-key": "access",
        "--usage-stats": "engine",
    },
    launch=launch,
    first_request=first_request,
    end_of_line="in maintenance since 2025-12-11, last release v3.3.7: move to vllm or sglang",
    source="huggingface/text-generation-inference",
    date=_READ,
)
