"""What is served."""

from typing import Literal

from homeport.spec.base import SpecModel
from homeport.spec.names import Repository, Revision

Task = Literal[
    "any-to-any",
    "audio-classification",
    "automatic-speech-recognition",
    "custom",
    "feature-extraction",
    "fill-mask",
    "image-classification",
    "image-segmentation",
    "image-text-to-text",
    "image-to-text",
    "mask-generation",
    "object-detection",
    "question-answering",
    "sentence-embeddings",
    "sentence-ranking",
    "sentence-similarity",
    "summarization",
    "table-question-answering",
    "text-classification",
    "text-generation",
    "text-ranking",
    "text-to-image",
    "token-classification",
    "translation",
    "zero-shot-audio-classification",
    "zero-shot-classification",
    "zero-shot-image-classification",
]
"""The tasks of Hugging Face's Inference Endpoints API (OpenAPI 2.0.0, read 2026-10-02) and the Hub's
pipeline tags that its serving images know."""


class ModelSpec(SpecModel):
    """The model, as the Hub knows it."""

    repository: Repository
    """Model repository on the Hub: `org/name`."""
    revision: Revision = "main"
    """Branch, tag or commit; the lock pins the commit that it names when the stack is locked."""
    task: Task | None = None
    """What the model does; taken from the lock when left out."""
    weights: Literal["hub", "mirror"] = "hub"
    """Where machines get the weights: `hub`, or `mirror`, a bucket in the user's own account."""
