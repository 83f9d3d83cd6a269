"""Words that several engines' files share."""

import json
from typing import Any

from homeport.catalogue.engines.interface import EngineRoute, FirstRequest

NVIDIA_GPUS = (
    "nvidia-t4",
    "nvidia-a10g",
    "nvidia-l4",
    "nvidia-l40s",
    "nvidia-a100",
    "nvidia-h100",
    "nvidia-h200",
)
"""Every GPU of the catalogue; all have compute capability 7.5 or above."""
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - in the container, which only the gateway reaches
HUB_OFFLINE = {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_OFFLINE": "1"}
"""The container reaches nothing; without these an engine waits for hosts that never answer."""


def get(path: str) -> EngineRoute:
    """A question about the server: it never wakes an endpoint."""
    return EngineRoute(method="GET", path=path, inference=False)


def post(path: str, inference: bool = True) -> EngineRoute:
    """A request that makes the model work, unless said otherwise."""
    return EngineRoute(method="POST", path=path, inference=inference)


EMBEDDING_TASKS = ("feature-extraction", "sentence-embeddings", "sentence-similarity")
RANKING_TASKS = ("sentence-ranking", "text-ranking")
_WORD = "ready?"


def openai_first_request(task: str, name: str) -> FirstRequest:
    """Of an engine with OpenAI's routes. A base model has no chat template, so plain completion is asked.

    Speech needs a sound to be heard, which nothing here has: the list of models is asked instead.
    """
    if task == "automatic-speech-recognition":
        return FirstRequest(method="GET", path="/v1/models")
    if task in EMBEDDING_TASKS:
        return first("/v1/embeddings", {"model": name, "input": _WORD})
    if task in RANKING_TASKS:
        return first("/v1/rerank", {"model": name, "query": _WORD, "documents": [_WORD]})
    if task == "text-classification":
        return first("/classify", {"model": name, "input": _WORD})
    return first("/v1/completions", {"model": name, "prompt": _WORD, "max_tokens": 1})


def first(path: str, content: dict[str, Any]) -> FirstRequest:
    """A POST with this JSON."""
    return FirstRequest(method="POST", path=path, body=json.dumps(content, sort_keys=True))


def health_first_request(_task: str, _name: str) -> FirstRequest:
    """For an engine whose requests only its user knows: its health route's word has to do."""
    return FirstRequest(method="GET", path="/health")
