"""The server that runs the model."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from homeport.spec.base import SpecModel
from homeport.spec.environment import (
    argument_refusals,
    both_refusals,
    env_value_refusals,
    variable_refusals,
)
from homeport.spec.images import ImageReference
from homeport.spec.names import SecretName
from homeport.spec.refusal import Refusal, refuse, refused
from homeport.spec.shown import shown, shown_text
from homeport.spec.speculative import SpeculativeSpec

EngineName = Literal["auto", "vllm", "sglang", "tgi", "tei", "llamacpp", "toolkit", "custom"]

_ARGUMENTS_MAX = 256
CONTEXT_LENGTH_MAX = 16 * 1024 * 1024
"""Tokens; above every published model's (ten million, 2026-11)."""
_ROUTE = re.compile(r"/[A-Za-z0-9/_.~-]{0,255}")
_QUANTIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,31}")


def _check_route(route: str) -> str:
    if not _ROUTE.fullmatch(route):
        raise refuse(
            shown_text(route), "a path without query, first a slash", "write for example /health"
        )
    return route


def _check_quantization(word: str) -> str:
    if not _QUANTIZATION.fullmatch(word):
        raise refuse(
            shown_text(word), "auto, none, or a method of the engine", "write for example fp8"
        )
    return word


class EngineSpec(SpecModel):
    """Which engine, and how it is set up."""

    name: EngineName = "auto"
    """`auto` takes what fits the model's task; `custom` and `toolkit` need an image."""
    image: ImageReference | None = None
    """Container image instead of the engine's own; required for custom and toolkit. The lock pins
    its digest."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Port on which a custom engine listens."""
    health_route: Annotated[str, AfterValidator(_check_route)] | None = None
    """Path that a custom engine answers with 200 once it can serve."""
    args: tuple[str, ...] = Field(default=(), strict=False, max_length=_ARGUMENTS_MAX)
    """Further arguments to the engine, each a list item."""
    env: Mapping[str, str] = Field(default_factory=dict)
    """Environment variables that everybody may read; values are texts."""
    secrets: Mapping[str, SecretName] = Field(default_factory=dict)
    """Environment variable -> name of a secret in the cloud's secret store; never the value."""
    context_length: Annotated[int, Field(ge=1, le=CONTEXT_LENGTH_MAX)] | None = None
    """Tokens, prompt and answer together. Default: the model's, cut to what fits 8 requests at once."""
    quantization: Annotated[str, AfterValidator(_check_quantization)] = "auto"
    """`auto`, `none`, or a method that the engine knows: fp8, awq, gptq, bitsandbytes, ..."""
    speculative: SpeculativeSpec | None = None
    """Speculative decoding; off when left out."""

    @model_validator(mode="after")
    def _fields_fit_engine(self) -> Self:
        found = [
            *self._image_refusals(),
            *self._custom_only_refusals(),
            *variable_refusals("env", self.env),
            *env_value_refusals(self.env),
            *variable_refusals("secrets", self.secrets),
            *both_refusals(self.env, self.secrets),
            *argument_refusals(self.args),
        ]
        if found:
            raise refused(*found)
        return self

    def _image_refusals(self) -> list[Refusal]:
        if self.image is not None or self.name not in ("custom", "toolkit"):
            return []
        why = "which has no public image" if self.name == "toolkit" else ""
        return [
            Refusal(
                at=("image",),
                found="nothing",
                allowed=f"an image with engine {self.name}{', ' if why else ''}{why}",
                fix="add `image: <registry>/<name>:<tag>`",
                because_of=(("image",),),
            )
        ]

    def _custom_only_refusals(self) -> list[Refusal]:
        if self.name == "custom":
            return []
        written = {"port": self.port, "healthRoute": self.health_route}
        return [
            Refusal(
                at=(key,),
                found=f"{shown(value)} with engine {self.name}",
                allowed="left out unless the engine is custom",
                fix="remove the line: homeport knows this engine's",
                because_of=(("name",),),
            )
            for key, value in written.items()
            if value is not None
        ]
