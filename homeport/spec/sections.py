"""The sections of a spec that are valid each for itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from pydantic import BaseModel, ValidationError

from homeport.spec.access import AccessSpec
from homeport.spec.compute import ComputeSpec
from homeport.spec.contradictions import contradictions
from homeport.spec.endpoint import EndpointSpec
from homeport.spec.engine import EngineSpec
from homeport.spec.model import ModelSpec
from homeport.spec.refusal import Refusal
from homeport.spec.replicas import ReplicasSpec

_Section = TypeVar("_Section", bound=BaseModel)


@dataclass(frozen=True, kw_only=True)
class Sections:
    """Parts of a spec; None where a part has errors of its own.

    Checks that compare parts take this, so that all errors of a file come at once.
    """

    model: ModelSpec | None
    engine: EngineSpec | None
    compute: ComputeSpec | None
    replicas: ReplicasSpec | None
    access: AccessSpec | None
    tags: Mapping[str, str]

    @classmethod
    def of(cls, spec: EndpointSpec) -> Self:
        """All sections of a valid spec."""
        return cls(
            model=spec.model,
            engine=spec.engine,
            compute=spec.compute,
            replicas=spec.replicas,
            access=spec.access,
            tags=spec.tags,
        )

    @classmethod
    def valid_in(cls, data: Mapping[str, Any]) -> Self:
        """The sections that can be made of `data`."""
        return cls(
            model=_valid(data, "model", ModelSpec),
            engine=_valid(data, "engine", EngineSpec),
            compute=_valid(data, "compute", ComputeSpec),
            replicas=_valid(data, "replicas", ReplicasSpec),
            access=_valid(data, "access", AccessSpec),
            tags=data.get("tags", {}),
        )


def _valid(data: Mapping[str, Any], key: str, section: type[_Section]) -> _Section | None:
    try:
        return section.model_validate(data.get(key, {}))
    except ValidationError:
        return None


def contradictions_of(sections: Sections) -> list[Refusal]:
    """What the sections say against each other."""
    return contradictions(compute=sections.compute, replicas=sections.replicas)
