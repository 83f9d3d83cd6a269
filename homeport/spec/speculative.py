"""Speculative decoding: a cheap guess of several tokens, checked by the model in one step."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from homeport.spec.base import SpecModel
from homeport.spec.names import Repository
from homeport.spec.refusal import Refusal, refused

_SECOND_MODEL = {"draft": "required", "eagle3": "required", "mtp": "optional", "ngram": "refused"}


class SpeculativeSpec(SpecModel):
    """How tokens are guessed."""

    method: Literal["ngram", "draft", "eagle3", "mtp"]
    """`ngram`: from the prompt; `draft`: a smaller model; `eagle3`: a trained head in a repository of
    its own; `mtp`: the model's own extra layers."""
    model: Repository | None = None
    """Repository of the second model: needed by draft and eagle3, refused with ngram."""
    tokens: Annotated[int, Field(ge=1, le=32)] = 4
    """Tokens guessed at a time."""

    @model_validator(mode="after")
    def _second_model_fits_method(self) -> Self:
        rule = _SECOND_MODEL[self.method]
        if rule == "required" and self.model is None:
            raise refused(
                Refusal(
                    at=("model",),
                    found="nothing",
                    allowed=f"a repository with method {self.method}",
                    fix="add `model: org/name`, or use `method: ngram`, which needs none",
                    because_of=(("model",),),
                )
            )
        if rule == "refused" and self.model is not None:
            raise refused(
                Refusal(
                    at=("model",),
                    found=self.model,
                    allowed="left out with method ngram",
                    fix="remove the line, or use `method: draft`",
                )
            )
        return self
