"""Engines that are carried: one file each, one row here."""

from homeport.catalogue.engines import tei, vllm
from homeport.catalogue.engines.interface import Engine
from homeport.errors import CatalogueError

# In the order in which `auto` asks them: the narrower engine first, it is the faster one for its tasks.
_ENGINES: dict[str, Engine] = {each.name: each for each in (tei.ENGINE, vllm.ENGINE)}

# Names of the spec that have no file yet, with what speaks for or against them.
_NOT_BUILT = {
    "sglang": "",
    "tgi": "in maintenance since 2025-12-11, last release v3.3.7: use vllm",
    "llamacpp": "",
    "toolkit": "",
    "custom": "",
}


def engine(name: str) -> Engine:
    """The engine `name`. Raises CatalogueError for one that is not built yet, or unknown."""
    if name in _ENGINES:
        return _ENGINES[name]
    carried = " or ".join(_ENGINES)
    if name in _NOT_BUILT:
        remark = f" ({_NOT_BUILT[name]})" if _NOT_BUILT[name] else ""
        raise CatalogueError(
            path="engine.name",
            found=name,
            allowed=f"{carried}: {name} is not built yet{remark}",
            fix=f"write `name: {vllm.ENGINE.name}`, or leave it out",
        )
    raise CatalogueError(
        path="engine.name",
        found=name,
        allowed=carried,
        fix=f"write `name: {vllm.ENGINE.name}`, or leave it out",
    )


def carried_engines() -> tuple[Engine, ...]:
    """Every engine that is carried, in the order in which `auto` should ask them."""
    return tuple(_ENGINES.values())
