"""Which keys the models know at a path, and where an unknown key may belong."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel

from homeport.spec.hints import KEYS_OF_OTHERS
from homeport.spec.paths import path_text
from homeport.spec.suggestions import nearest


def keys_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The keys allowed in the mapping at `path`; empty where any key is."""
    for part in path:
        field = next((f for f in model.model_fields.values() if f.alias == part), None)
        inner = next(_models_in(field.annotation), None) if field else None
        if inner is None:
            return []
        model = inner
    return [field.alias or name for name, field in model.model_fields.items()]


def unknown_key_fix(model: type[BaseModel], path: Sequence[str | int], prefix: str) -> str:
    """What to do about the unknown key at the end of `path`."""
    *parents, key = path
    known = keys_at(model, parents)
    near = nearest(str(key), known)
    if near:
        return f"did you mean {prefix if not parents else ''}{near}?"
    elsewhere = KEYS_OF_OTHERS.get(str(key)) or _only_place_of(str(key), model)
    if elsewhere:
        return f"did you mean {prefix}{elsewhere}?"
    return "remove it"


def _only_place_of(key: str, model: type[BaseModel]) -> str | None:
    places = [path_text(path) for path in _paths(model) if path[-1] == key]
    return places[0] if len(places) == 1 else None


def _paths(model: type[BaseModel]) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        key = field.alias or name
        yield (key,)
        for inner in _models_in(field.annotation):
            for path in _paths(inner):
                yield (key, *path)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
