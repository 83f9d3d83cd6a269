"""What the Hub answered, checked and put into a lock's words.

Nothing says that the address is really the Hub, so every name, size and hash is looked at.
"""

import math
from collections.abc import Mapping
from typing import Any, cast

from huggingface_hub import ModelInfo

from homeport.errors import LockError
from homeport.lock.fields import COMMIT, REPOSITORY, SHA256
from homeport.lock.files import HubFile
from homeport.lock.records import ModelMetadata
from homeport.lock.wanted import WantedRepository

FILES_MAX = 20_000
FILE_BYTES_MAX = 1 << 44

Scalar = int | float | bool | str | None


def commit_of(info: ModelInfo, wanted: WantedRepository) -> str:
    """The commit that the revision stands for."""
    if isinstance(info.sha, str) and COMMIT.fullmatch(info.sha):
        return info.sha
    raise strange(wanted, "a description without a commit")


def listed_files(info: ModelInfo, wanted: WantedRepository) -> tuple[HubFile, ...]:
    """Every file of the list, each checked."""
    siblings = info.siblings or []
    if not siblings:
        raise strange(wanted, "an empty list of files")
    if len(siblings) > FILES_MAX:
        raise strange(wanted, f"a list of {len(siblings)} files")
    files: dict[str, HubFile] = {}
    for sibling in siblings:
        path, size = cast("Any", sibling.rfilename), cast("Any", sibling.size)
        sha256 = cast("Any", sibling.lfs.sha256) if sibling.lfs is not None else None
        oid = cast("Any", sibling.blob_id)
        if not isinstance(path, str) or not _stays_below(path):
            raise strange(wanted, "a file's name that leaves the repository")
        if path in files:
            raise strange(wanted, f"{path} twice")
        if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= FILE_BYTES_MAX:
            raise strange(wanted, f"{path} without a size")
        if sha256 is not None and not (isinstance(sha256, str) and SHA256.fullmatch(sha256)):
            raise strange(wanted, f"{path} with a hash that is none")
        if oid is not None and not (isinstance(oid, str) and COMMIT.fullmatch(oid)):
            raise strange(wanted, f"{path} with a git object that is none")
        files[path] = HubFile(path=path, size_bytes=size, sha256=sha256, git_oid=oid)
    return tuple(files.values())


def _stays_below(path: str) -> bool:
    return (
        0 < len(path) <= 512
        and path.isprintable()
        and "\\" not in path
        and all(part not in ("", ".", "..") for part in path.split("/"))
    )


def code_of(config: Mapping[str, Any], repository: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the repository's own Python is needed, and which other repositories' (`auto_map`)."""
    auto_map = config.get("auto_map")
    if not isinstance(auto_map, dict):
        return False, ()
    named: set[str] = set()
    own = False
    for value in cast("dict[str, Any]", auto_map).values():
        references = cast("list[Any]", value) if isinstance(value, list) else [value]
        for reference in references:
            other, separator, _ = str(reference).partition("--")
            own = own or not separator or other == repository
            if separator and other != repository and REPOSITORY.fullmatch(other):
                named.add(other)
    return own, tuple(sorted(named))


def metadata_of(
    info: ModelInfo, config: Mapping[str, Any], chosen: tuple[HubFile, ...]
) -> ModelMetadata:
    """What the description and config.json say; a text model inside another keeps its own prefix."""
    gguf = _object(cast("Any", info).gguf)
    of_gguf = any(file.path.endswith(".gguf") for file in chosen)
    quantization = _object(config.get("quantization_config"))
    values = _scalars(config)
    for key, value in _scalars(_object(config.get("text_config"))).items():
        values[f"text_config.{key}"] = value
    if of_gguf:
        values |= {f"gguf.{key}": value for key, value in _scalars(gguf).items()}
    safetensors = cast("Any", info.safetensors)
    return ModelMetadata(
        task=_word(info.pipeline_tag),
        library=_word(info.library_name),
        architectures=_architectures(config, gguf if of_gguf else {}),
        model_type=_word(config.get("model_type")),
        parameters=_parameters(safetensors.parameters if safetensors else None),
        dtype=_word(config.get("dtype") or config.get("torch_dtype")),
        quantization=_word(quantization.get("quant_method")),
        config=values,
    )


def _architectures(config: Mapping[str, Any], gguf: Mapping[str, Any]) -> tuple[str, ...]:
    listed = config.get("architectures")
    words = cast("list[Any]", listed) if isinstance(listed, list) else [gguf.get("architecture")]
    return tuple(word for word in map(_word, words[:16]) if word is not None)


def _parameters(counts: Any) -> Mapping[str, int] | None:
    if not isinstance(counts, dict):
        return None
    pairs = cast("dict[Any, Any]", counts).items()
    return {
        str(name)[:32]: value
        for name, value in list(pairs)[:32]
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 1 << 50
    }


def _scalars(values: Mapping[str, Any]) -> dict[str, Scalar]:
    """Plain values of config.json, as a lock may hold them."""
    kept: dict[str, Scalar] = {}
    for key, value in values.items():
        if len(kept) == 120 or len(key) > 64 or not key.isprintable():
            continue
        if isinstance(value, float) and not math.isfinite(value):
            continue
        if isinstance(value, str) and (len(value) > 128 or not value.isprintable()):
            continue
        if key.startswith("_") or key in ("transformers_version", "torch_dtype", "dtype"):
            continue
        if isinstance(value, int | float | str) or value is None:
            if isinstance(value, int) and abs(value) > 1 << 60:
                continue
            kept[key] = value
    return dict(sorted(kept.items()))


def _object(value: Any) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _word(value: Any) -> str | None:
    """A short printable text, or None for anything else: it is only shown and compared."""
    if isinstance(value, str) and 0 < len(value) <= 128 and value.isprintable():
        return value
    return None


def strange(wanted: WantedRepository, found: str) -> LockError:
    """For an answer that the Hub would not give."""
    return LockError(
        path=wanted.path,
        found=f"{found} (of {wanted.repository})",
        allowed="what the Hub says of a model",
        fix="check HF_ENDPOINT and try again; nothing was written",
    )
