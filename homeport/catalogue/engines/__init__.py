"""Engines that are carried: every module of this package with an `ENGINE`, one file each."""

import importlib
import pkgutil
from functools import cache

from homeport.catalogue.engines.interface import Engine
from homeport.errors import CatalogueError


@cache
def _engines() -> dict[str, Engine]:
    modules = (
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    )
    engines = [module.ENGINE for module in modules if hasattr(module, "ENGINE")]
    return {each.name: each for each in sorted(engines, key=_turn)}


def _turn(each: Engine) -> tuple[bool, int, str]:
    """Those that `auto` asks come first, each in its turn."""
    return (each.automatic_turn is None, each.automatic_turn or 0, each.name)


def engine(name: str) -> Engine:
    """The engine `name`. Raises CatalogueError for an unknown one."""
    known = _engines()
    if name in known:
        return known[name]
    raise CatalogueError(
        path="engine.name",
        found=name,
        allowed=" or ".join(known),
        fix=f"write `name: {next(iter(known))}`, or leave it out",
    )


def carried_engines() -> tuple[Engine, ...]:
    """Every engine that is carried; first those that `auto` asks, in their order."""
    return tuple(_engines().values())


def automatic_engines() -> tuple[Engine, ...]:
    """Those that `auto` may pick, in the order in which it asks them."""
    return tuple(each for each in _engines().values() if each.automatic_turn is not None)
