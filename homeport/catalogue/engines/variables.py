"""Words that belong to another engine, or to homeport, with the one to write instead.

A variable that the engine does not read is a silent no-op, which is why it is refused. Sources: the
engines' own launcher and command-line references (text-generation-inference 3.3.7, text-embeddings-
inference 1.9.3, SGLang and llama.cpp server arguments, the inference toolkit 0.5.6), read 2026-11-22.
"""

from collections.abc import Iterable

from homeport.catalogue.engines.interface import Engine
from homeport.errors import CatalogueError

# One row a meaning: engine -> the words it has for it, variables in capitals, flags with dashes. A
# path of the spec under `spec` means that homeport writes it from there for every engine.
_MEANINGS: tuple[dict[str, tuple[str, ...]], ...] = (
    {
        "spec": ("model.repository",),
        "tgi": ("MODEL_ID",),
        "tei": ("MODEL_ID",),
        "toolkit": ("HF_MODEL_ID", "HF_MODEL_DIR"),
        "llamacpp": ("LLAMA_ARG_MODEL", "LLAMA_ARG_HF_REPO"),
    },
    {
        "spec": ("model.revision",),
        "tgi": ("REVISION",),
        "tei": ("REVISION",),
        "toolkit": ("HF_REVISION",),
    },
    {"spec": ("model.task",), "toolkit": ("HF_TASK",)},
    {"spec": ("name",), "tei": ("SERVED_MODEL_NAME",), "llamacpp": ("LLAMA_ARG_ALIAS",)},
    {"spec": ("compute.count",), "tgi": ("NUM_SHARD", "SHARDED")},
    {
        "spec": ("engine.contextLength",),
        "tgi": ("MAX_TOTAL_TOKENS", "MAX_INPUT_TOKENS", "MAX_INPUT_LENGTH"),
        "llamacpp": ("LLAMA_ARG_CTX_SIZE",),
    },
    {"spec": ("engine.quantization",), "tgi": ("QUANTIZE",)},
    {"spec": ("engine.speculative",), "tgi": ("SPECULATE",)},
    {"spec": ("access.maxBodyMebibytes",), "tgi": ("PAYLOAD_LIMIT",), "tei": ("PAYLOAD_LIMIT",)},
    {
        "tgi": ("MAX_BATCH_PREFILL_TOKENS",),
        "tei": ("MAX_BATCH_TOKENS",),
        "vllm": ("--max-num-batched-tokens",),
        "sglang": ("--chunked-prefill-size",),
    },
    {
        "tgi": ("MAX_CONCURRENT_REQUESTS",),
        "tei": ("MAX_CONCURRENT_REQUESTS",),
        "vllm": ("--max-num-seqs",),
        "sglang": ("--max-running-requests",),
        "llamacpp": ("LLAMA_ARG_N_PARALLEL",),
    },
    {
        "tgi": ("MAX_BATCH_SIZE",),
        "tei": ("MAX_BATCH_REQUESTS",),
        "vllm": ("--max-num-seqs",),
    },
    {
        "tgi": ("CUDA_MEMORY_FRACTION",),
        "vllm": ("--gpu-memory-utilization",),
        "sglang": ("--mem-fraction-static",),
    },
    {"tei": ("DTYPE",), "vllm": ("--dtype",), "sglang": ("--dtype",)},
    {"tgi": ("TRUST_REMOTE_CODE",), "toolkit": ("HF_TRUST_REMOTE_CODE",)},
    {"tgi": ("MAX_BATCH_TOTAL_TOKENS", "MAX_WAITING_TOKENS", "WAITING_SERVED_RATIO")},
    {"tgi": ("USAGE_STATS", "ROPE_SCALING", "ROPE_FACTOR", "CUDA_GRAPHS")},
    {"tei": ("POOLING", "AUTO_TRUNCATE", "DEFAULT_PROMPT", "DEFAULT_PROMPT_NAME", "DENSE_PATH")},
    {"tei": ("TOKENIZATION_WORKERS", "MAX_CLIENT_BATCH_SIZE")},
    {"toolkit": ("MAX_CONCURRENT_THREADS", "HF_DEFAULT_PIPELINE_NAME")},
    {"llamacpp": ("LLAMA_CACHE",)},
)
_PREFIXES = {"VLLM_": "vllm", "SGLANG_": "sglang", "SGL_": "sglang", "LLAMA_ARG_": "llamacpp"}

# Set by homeport for every engine: the container reaches nothing.
_HOMEPORTS = ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE")


def check_variables(engine: Engine, variables: Iterable[str]) -> tuple[CatalogueError, ...]:
    """What is wrong with the names of `engine.env` and `engine.secrets`; empty where all is well.

    The error's path is `engine.env.<NAME>`. Variables that no engine of the catalogue claims
    (HF_HOME, CUDA_..., those of the user's own code) pass.
    """
    checks = (_check_variable(engine, name) for name in variables)
    return tuple(error for error in checks if error is not None)


def _check_variable(engine: Engine, name: str) -> CatalogueError | None:
    path = f"engine.env.{name}"
    owners = _owners(name)
    in_spec = [row["spec"][0] for row in _rows_with(name) if "spec" in row]
    if name in _HOMEPORTS:
        return CatalogueError(
            path=path,
            found=name,
            allowed="left out: homeport sets it, because the engine reaches nothing outside",
            fix="remove the line",
        )
    if in_spec:
        return CatalogueError(
            path=path,
            found=f"{name} ({' and '.join(owners)})",
            allowed=f"left out: homeport writes it from `{in_spec[0]}`",
            fix=f"remove the line and set `{in_spec[0]}`",
        )
    if not owners or engine.name in owners:
        return None
    return CatalogueError(
        path=path,
        found=f"{name}, which belongs to {' and '.join(owners)}",
        allowed=f"a variable of {engine.name}, the engine of this endpoint",
        fix=_replacement(engine, name),
    )


def _replacement(engine: Engine, name: str) -> str:
    words = [word for row in _rows_with(name) for word in row.get(engine.name, ())]
    if not words:
        return f"remove the line: {engine.name} has nothing like it"
    if words[0].startswith("-"):
        return f"{engine.name}: add `{words[0]}` and its value to `engine.args`"
    return f"{engine.name}: write {words[0]}"


def _rows_with(name: str) -> list[dict[str, tuple[str, ...]]]:
    return [row for row in _MEANINGS if any(name in words for words in row.values())]


def _owners(name: str) -> list[str]:
    named = {owner for row in _rows_with(name) for owner, words in row.items() if name in words}
    prefixed = {owner for prefix, owner in _PREFIXES.items() if name.startswith(prefix)}
    return sorted(named | prefixed)


def check_arguments(engine: Engine, arguments: Iterable[str]) -> tuple[CatalogueError, ...]:
    """What is wrong with `engine.args`: flags that homeport writes itself. Empty where all is well.

    The error's path is `engine.args[<position>]`. Both `--flag value` and `--flag=value` are seen,
    with `_` for `-` too (vLLM's parser takes either).
    """
    found: list[CatalogueError] = []
    for position, argument in enumerate(arguments):
        flag = argument.partition("=")[0]
        spelled = flag.replace("_", "-") if flag.startswith("--") else flag
        origin = engine.own_arguments.get(spelled)
        if origin is None:
            continue
        found.append(
            CatalogueError(
                path=f"engine.args[{position}]",
                found=flag,
                allowed=f"left out: homeport writes it from `{origin}`",
                fix=f"remove it and set `{origin}`",
            )
        )
    return tuple(found)
