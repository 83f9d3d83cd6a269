"""One endpoint, as its file says it."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from homeport.spec.access import AccessSpec
from homeport.spec.base import SpecModel
from homeport.spec.compute import ComputeSpec
from homeport.spec.contradictions import contradictions
from homeport.spec.engine import EngineSpec
from homeport.spec.lists import check_unique
from homeport.spec.model import ModelSpec
from homeport.spec.names import EndpointName
from homeport.spec.refusal import refused
from homeport.spec.replicas import ReplicasSpec
from homeport.spec.tags import Tags

ComplianceWord = Literal["soc2", "hipaa", "zero-retention"]


class EndpointSpec(SpecModel):
    """An inference endpoint: a model, an engine, a machine, and who may call."""

    version: Literal[1] = 1
    """Version of this format."""
    name: EndpointName
    """Unique in the stack, the same as the file's name; the host is `<name>.<stack domain>`."""
    model: ModelSpec
    """What is served."""
    engine: EngineSpec = Field(default_factory=EngineSpec)
    """What serves it."""
    compute: ComputeSpec
    """Where it runs."""
    replicas: ReplicasSpec = Field(default_factory=ReplicasSpec)
    """How many of it run."""
    access: AccessSpec = Field(default_factory=AccessSpec)
    """Who may call it."""
    compliance: Annotated[
        tuple[ComplianceWord, ...], Field(strict=False), AfterValidator(check_unique)
    ] = ()
    """Policy packs and stricter defaults: soc2, hipaa, zero-retention."""
    tags: Tags = Field(default_factory=dict)
    """Tags on the endpoint's resources in the cloud."""

    @model_validator(mode="after")
    def _sections_agree(self) -> Self:
        found = contradictions(compute=self.compute, replicas=self.replicas)
        if found:
            raise refused(*found)
        return self
