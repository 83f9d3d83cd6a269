"""A container of the user's own: here one with OpenAI's routes, a health route and no metrics."""

from sandbox.engine.answers.interface import Computed, Generated, Model, Told
from sandbox.engine.answers.openai import ChatForm, TextForm
from sandbox.engine.answers.told import openai_models
from sandbox.engine.answers.vectors import openai_embeddings
from sandbox.engine.dialects.interface import Dialect
from sandbox.engine.dialects.parts import openai_error

DIALECT = Dialect(
    name="custom",
    routes={
        ("GET", "/v1/models"): Told(openai_models("custom")),
        ("POST", "/v1/chat/completions"): Generated(ChatForm()),
        ("POST", "/v1/completions"): Generated(TextForm()),
        ("POST", "/v1/embeddings"): Computed(openai_embeddings),
    },
    health=("/health",),
    metrics=(),
    metrics_route=None,
    loading="closed",
    model=lambda _command: Model(names=("model",), path="/repository"),
    places=lambda _command: 256,
    error=openai_error,
    grace_seconds=lambda _command: 0.0,
    out_of_memory=("Killed",),
)
