"""Every cell of docs/engines.md: an engine's word is in the command line that asks for the feature."""

from typing import Any, get_args

import pytest

from homeport.catalogue import (
    FEATURES,
    Engine,
    Feature,
    LaunchRequest,
    SpeculativeRequest,
    carried_engines,
)
from homeport.errors import HomeportError
from homeport.planner.build import plan_stack
from homeport.spec.model import Task
from tests.unit.planner.stacks import SETTINGS, stack

PLAIN: dict[str, Any] = {
    "model_path": "/repository",
    "weights_file": "model-Q4_K_M.gguf",
    "served_names": ("chat", "acme/chat-8b", "dummy"),
    "task": "text-generation",
    "accelerator": "nvidia-l4",
    "accelerator_count": 1,
}


def _speculative(method: str) -> dict[str, Any]:
    path = "/repository-draft" if method in ("draft", "eagle3") else None
    return {
        "speculative": SpeculativeRequest(
            method=method,  # type: ignore[arg-type]
            tokens=4,
            model_path=path,
            weights_file="draft.gguf",
        )
    }


ASKED: dict[Feature, dict[str, Any]] = {
    "served-names": {},
    "task": {"task": "feature-extraction"},
    "tensor-parallel": {"accelerator_count": 4},
    "context": {"context_length_tokens": 8192},
    "quantization": {"quantization": "fp8"},
    "kv-cache": {"kv_cache_dtype": "fp8"},
    "batching": {"max_concurrent_sequences": 16},
    "speculative-ngram": _speculative("ngram"),
    "speculative-draft": _speculative("draft"),
    "speculative-eagle3": _speculative("eagle3"),
    "speculative-mtp": _speculative("mtp"),
    "body-limit": {"max_body_bytes": 1 << 30},
    "metrics": {},
}
CELLS = [
    pytest.param(one, feature, id=f"{one.name} {feature}")
    for one in carried_engines()
    for feature in FEATURES
]
# What a spec says of a feature, where it has a word for it; the path at which a plan refuses it.
SPEC_WORDS: dict[Feature, tuple[str, str]] = {
    "context": ("contextLength: 8192", "engine.contextLength"),
    "quantization": ("quantization: fp8", "engine.quantization"),
    "speculative-ngram": ("speculative: {method: ngram}", "engine.speculative.method"),
    "speculative-mtp": ("speculative: {method: mtp}", "engine.speculative.method"),
}


def _words(engine: Engine, **changes: Any) -> list[str]:
    launch = engine.launch(LaunchRequest(**{**PLAIN, **changes}))
    return [*launch.arguments, *launch.env]


@pytest.mark.parametrize(("one", "feature"), CELLS)
def test_a_cell(one: Engine, feature: Feature) -> None:
    asked = _words(one, **ASKED[feature])
    if feature in one.flags:
        assert one.flags[feature].word in asked
        assert one.flags[feature].source
    elif feature in SPEC_WORDS:
        assert _refusal(one, feature) == SPEC_WORDS[feature][1]
    elif feature == "tensor-parallel" and one.brings_image:
        assert _refusal(one, feature) == "compute.count"
    else:
        # Nothing in a spec asks for it, and asking changes nothing.
        plain = {**ASKED[feature], "task": "text-generation"}
        assert _words(one, **plain) == _words(one) or feature in ("task", "speculative-draft",
                                                                  "speculative-eagle3")  # fmt: skip


def _refusal(one: Engine, feature: Feature) -> str:
    """Where a plan with the engine refuses the feature."""
    word, _ = SPEC_WORDS.get(feature, ("", ""))
    image = "" if one.brings_image else "\n  image: ghcr.io/acme/engine:1"
    task = "feature-extraction" if one.name == "tei" else "text-generation"
    model = "acme/chat-gguf" if one.name == "llamacpp" else "acme/chat-8b"
    count = 4 if feature == "tensor-parallel" else 1
    text = (
        f"version: 1\nname: chat\nmodel: {{repository: {model}, task: {task}}}\n"
        f"engine:\n  name: {one.name}{image}\n  {word}\n"
        f"compute: {{accelerator: nvidia-l4, count: {count}}}\naccess: {{mode: protected}}\n"
    )
    try:
        plan_stack(stack({"chat": text}, SETTINGS))
    except HomeportError as error:
        return error.problems[0].path
    return ""


@pytest.mark.parametrize("task", get_args(Task))
@pytest.mark.parametrize("one", carried_engines(), ids=lambda one: one.name)
def test_an_engine_serves_a_task_or_says_what_it_serves(one: Engine, task: str) -> None:
    image = "" if one.brings_image else "\n  image: ghcr.io/acme/engine:1"
    model = "acme/chat-gguf" if one.name == "llamacpp" else "acme/chat-8b"
    text = (
        f"version: 1\nname: chat\nmodel: {{repository: {model}, task: {task}}}\n"
        f"engine:\n  name: {one.name}{image}\n"
        "compute: {accelerator: nvidia-l4}\naccess: {mode: protected}\n"
    )
    if task in one.tasks or "*" in one.tasks:
        assert plan_stack(stack({"chat": text}, SETTINGS)).endpoints[0].model.task == task
        return
    with pytest.raises(HomeportError) as caught:
        plan_stack(stack({"chat": text}, SETTINGS))
    (problem,) = caught.value.problems
    assert problem.path == "model.task"
    assert problem.allowed == f"what {one.name} serves: {', '.join(one.tasks)}"
