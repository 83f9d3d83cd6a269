"""Validate a model so that all of its errors come at once.

Pydantic runs a model's own checks only when all its fields are valid. Where some are not, the data is
validated again without them; what then comes to light counts, unless it depends on what was left out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from homeport.spec.problems import refusals_of
from homeport.spec.refusal import REFUSED, Refusal
from homeport.spec.yaml_slip import ReadPath

_ROUNDS = 4
"""Models are nested three deep; each round leaves out what the one before could not judge."""
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Validated(Generic[_Model]):
    """A model, or why there is none."""

    model: _Model | None
    refusals: list[Refusal]
    sound: Mapping[str, Any]
    """The data without its invalid fields."""
    left_out: frozenset[ReadPath]
    """Paths of those fields."""


def validate_all(
    model: type[_Model], data: Mapping[str, Any], *, hidden: Collection[ReadPath], prefix: str = ""
) -> Validated[_Model]:
    """Validate `data`; `hidden` are paths whose value could not be read and stands as None."""
    try:
        valid = model.model_validate(data)
    except ValidationError as error:
        return _invalid(model, data, error, hidden, prefix)
    return Validated(model=valid, refusals=[], sound=data, left_out=frozenset(hidden))


def _invalid(
    model: type[_Model],
    data: Mapping[str, Any],
    error: ValidationError,
    hidden: Collection[ReadPath],
    prefix: str,
) -> Validated[_Model]:
    refusals = list(refusals_of(error, model, prefix))
    left_out, sound = frozenset(hidden), data
    for _ in range(_ROUNDS):
        left_out |= {_field(each) for each in error.errors() if not _is_of_model(each)} - {()}
        sound = _without(data, left_out)
        try:
            model.model_validate(sound)
            break
        except ValidationError as further:
            error = further
        refusals += [
            refusal
            for refusal in refusals_of(error, model, prefix, only_refused=True)
            if refusal not in refusals and not depends_on(refusal, left_out)
        ]
    kept = [each for each in refusals if not depends_on(each, hidden, left_out)]
    return Validated(model=None, refusals=kept, sound=sound, left_out=left_out)


def depends_on(
    refusal: Refusal, hidden: Collection[ReadPath], left_out: Collection[ReadPath] = ()
) -> bool:
    """True where the refusal is about something that could not be read or judged."""
    within_hidden = any(refusal.at[:end] in hidden for end in range(len(refusal.at) + 1))
    return within_hidden or any(path in left_out for path in refusal.because_of)


def _is_of_model(details: ErrorDetails) -> bool:
    """True for what a model says of its fields together; leaving it out would hide other errors."""
    return details["type"] == REFUSED and not isinstance(details["input"], str | int | float)


def _field(details: ErrorDetails) -> ReadPath:
    """What to leave out for this error: a list for its item, a mapping for its missing key."""
    path = tuple(part for part in details["loc"] if part != "[key]")
    if details["type"] == "missing":
        path = path[:-1]
    first_position = next((i for i, part in enumerate(path) if isinstance(part, int)), len(path))
    return path[:first_position]


def _without(data: Mapping[str, Any], paths: Collection[ReadPath], at: ReadPath = ()) -> Any:
    kept: dict[str, Any] = {}
    for key, value in data.items():
        path = (*at, key)
        if path in paths:
            continue
        nested = cast("Mapping[str, Any]", value) if isinstance(value, dict) else None
        kept[key] = value if nested is None else _without(nested, paths, path)
    return kept
