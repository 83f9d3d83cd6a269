"""Which files of a repository a replica needs: one form of the weights, and what belongs to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from homeport.errors import LockError

GGUF_PREFERENCE = ("Q4_K_M", "Q4_K_S", "Q5_K_M", "Q4_0", "Q6_K", "Q8_0", "MXFP4", "BF16", "F16")
"""What `quantization: auto` takes of a GGUF repository: Hugging Face's own default first, then the next
best by quality for its size (llama.cpp, tools/quantize/README.md)."""

_WEIGHTS = {
    ".safetensors": "safetensors",
    ".bin": "pytorch",
    ".gguf": "gguf",
}
# Beside the weights: configuration, tokenizers, chat templates, adapters of sentence-transformers.
_COMPANIONS = (".json", ".txt", ".model", ".jinja", ".tiktoken", ".py", ".yaml")
_NEVER = (
    # Other frameworks' copies of the same weights, and what is for people.
    re.compile(r"(^|/)(onnx|openvino|coreml|original|metal|tf_model|flax_model|rust_model)(/|\.)"),
    re.compile(r"(^|/)\.[^/]*$"),
    re.compile(r"(^|/)(consolidated|training_args|optimizer|rng_state)[^/]*$|scheduler\.pt$"),
    re.compile(r"(^|/)(mmproj|imatrix)[^/]*\.gguf$", re.IGNORECASE),
)
# A sharded file: `-00001-of-00003`.
_SHARD = re.compile(r"-\d{5}-of-\d{5}$")


@dataclass(frozen=True, kw_only=True)
class HubFile:
    """One file as the Hub lists it."""

    path: str
    size_bytes: int
    sha256: str | None
    """Of what lies in the large-file store; None for a small file, which is in git itself."""
    git_oid: str | None
    """SHA-1 of the git blob; None where the Hub does not say it."""


def select_files(
    files: Sequence[HubFile], *, quantization: str, gguf: bool, code: bool, path: str
) -> tuple[HubFile, ...]:
    """The files of one form of the weights with their companions, in order of path.

    Safetensors are taken before PyTorch's pickles; GGUF where there is nothing else, or with `gguf`
    (the spec asks for llama.cpp), and of GGUF the one that `quantization` names. `code` takes Python
    files too. Raises `LockError` at `path` where the repository has no weights, or not the asked ones.
    """
    kept = [file for file in files if not any(one.search(file.path) for one in _NEVER)]
    weights = {form: [one for one in kept if _form(one) == form] for form in _WEIGHTS.values()}
    companions = [one for one in kept if one.path.endswith(_COMPANIONS)]
    if not code:
        companions = [one for one in companions if not one.path.endswith(".py")]
    if weights["safetensors"] and not gguf:
        chosen = weights["safetensors"]
    elif weights["pytorch"] and not gguf:
        chosen = weights["pytorch"]
    elif weights["gguf"]:
        chosen = _gguf(weights["gguf"], quantization)
    else:
        raise LockError(
            path=path,
            found="no GGUF file" if gguf else "no file with weights",
            allowed="a repository with "
            + ("GGUF files" if gguf else "safetensors, PyTorch or GGUF files"),
            fix="choose another repository"
            + (", or another engine than llamacpp" if gguf else " of the model"),
        )
    return tuple(sorted([*chosen, *companions], key=lambda one: one.path))


def select_code(files: Sequence[HubFile]) -> tuple[HubFile, ...]:
    """Python files and configuration, for a repository that only lends its code."""
    return tuple(
        sorted(
            (one for one in files if one.path.endswith((".py", "config.json"))),
            key=lambda one: one.path,
        )
    )


def _form(file: HubFile) -> str | None:
    return next((form for end, form in _WEIGHTS.items() if file.path.endswith(end)), None)


def _gguf(files: list[HubFile], quantization: str) -> list[HubFile]:
    """All shards of the one that is asked for, or of the first of `GGUF_PREFERENCE`."""
    by_name: dict[str, list[HubFile]] = {}
    for file in files:
        by_name.setdefault(_SHARD.sub("", file.path.removesuffix(".gguf")), []).append(file)
    asked = GGUF_PREFERENCE if quantization in ("auto", "none") else (quantization,)
    for word in asked:
        named = [name for name in sorted(by_name) if _names(name, word)]
        if named:
            return by_name[named[0]]
    if len(by_name) == 1 and quantization == "auto":
        return files
    known = sorted({_label(name) for name in by_name})
    raise LockError(
        path="engine.quantization",
        found=quantization,
        allowed=f"one that the repository has: {', '.join(known[:24])}",
        fix=f"write for example `quantization: {known[0]}`",
    )


def _names(name: str, word: str) -> bool:
    """Whether a file's name carries the word, not as part of a longer one (Q4_K in Q4_K_M)."""
    last = name.rpartition("/")[2]
    return re.search(rf"(^|[-.]){re.escape(word)}$", last, re.IGNORECASE) is not None


def _label(name: str) -> str:
    """The last word of a file's name: `model-Q4_K_M` gives `Q4_K_M`."""
    return re.split(r"[-./]", name)[-1]
