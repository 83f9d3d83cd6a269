"""Whether an engine can quantize a model on an accelerator, and what it must be told."""

from homeport.catalogue.accelerators import accelerator as find_accelerator
from homeport.catalogue.engines.interface import Engine
from homeport.errors import CatalogueError

_PATH = "engine.quantization"


def resolve_quantization(
    engine: Engine, *, asked: str, stored: str | None, accelerator: str
) -> str | None:
    """The method to tell the engine while loading; None where the weights stay as stored.

    `asked` is the spec's word (`auto`, `none` or a method), `stored` the `quant_method` of the
    model's configuration. Weights that are stored quantized are never told: an engine detects them
    and then takes its fastest kernel (vLLM told `awq` takes a slower one than it would find).

    Raises CatalogueError for a method that the engine, the model or the accelerator lacks.
    """
    if not engine.quantizations:
        return _of_plain_engine(engine, asked)
    if asked == "auto" and stored is None:
        return None
    if asked == "none" and stored is not None:
        raise CatalogueError(
            path=_PATH,
            found=f"none with a model that is stored as {stored}",
            allowed=f"auto or {stored}",
            fix="write `quantization: auto`, or choose the repository with the full weights",
        )
    if asked == "none":
        return None
    method = stored if asked == "auto" else asked
    if method is None:
        return None
    if asked not in ("auto", stored) and stored is not None:
        raise CatalogueError(
            path=_PATH,
            found=f"{asked} with a model that is stored as {stored}",
            allowed=f"auto or {stored}: quantized weights cannot be quantized again",
            fix="write `quantization: auto`",
        )
    _check(engine, method, stored, accelerator)
    return None if method == stored else method


def _of_plain_engine(engine: Engine, asked: str) -> None:
    if asked in ("auto", "none") or "gguf" in engine.weight_forms:
        return  # of a GGUF repository the word chose the file
    raise CatalogueError(
        path=_PATH,
        found=f"{asked} with engine {engine.name}",
        allowed=f"auto or none: {engine.name} {engine.version} quantizes nothing",
        fix="remove the line",
    )


def _check(engine: Engine, method: str, stored: str | None, accelerator: str) -> None:
    if method not in engine.quantizations:
        if stored == method:
            # The engine reads more stored formats than stand here; it refuses at load.
            return
        raise CatalogueError(
            path=_PATH,
            found=f"{method} with engine {engine.name}",
            allowed=f"auto, none, {', '.join(engine.quantizations)}",
            fix="write `quantization: auto`",
        )
    if stored is None and method not in engine.quantizes_while_loading:
        while_loading = ", ".join(engine.quantizes_while_loading)
        raise CatalogueError(
            path=_PATH,
            found=f"{method} with a model whose weights are not quantized",
            allowed=f"auto, none, {while_loading}: {method} needs quantized weights",
            fix=f"choose a repository with {method} weights, or write `quantization: auto`",
        )
    _check_accelerator(engine, method, accelerator)


def _check_accelerator(engine: Engine, method: str, accelerator: str) -> None:
    has = find_accelerator(accelerator).compute_capability
    least = engine.quantizations[method]
    if accelerator == "cpu" and method in engine.quantizes_on_cpu:
        return
    if has is not None and has >= least:
        return
    shown = "" if has is None else f", which has compute capability {has}"
    raise CatalogueError(
        path=_PATH,
        found=f"{method} on {accelerator}{shown}",
        allowed=f"{method} on compute capability {least} or above, with {engine.name}",
        fix="write `quantization: auto`, or choose such a GPU, for example nvidia-l4",
    )
