"""Whatever stands in a file: the answer is a model or a `HomeportError`, and no secret is repeated."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from homeport.errors import HomeportError
from homeport.spec.names import check_repository
from homeport.spec.paths import path_parts, path_text
from homeport.spec.yaml_reader import read_document
from tests.unit.spec.contract import (
    CUSTOM,
    EVERY_FIELD,
    SETTINGS,
    as_yaml,
    endpoint,
    stack_settings,
    written,
)

STACK = stack_settings()
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["yes", "1h", "org/acme", "012", "<<", "*", "10.0.0.1/8", "a: b", "\ud7ff"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)


def problems_of(text: str) -> list[str]:
    """What is said of `text` as a spec and as settings, after the one word that says who reads."""
    said: list[str] = []
    for read in (lambda: endpoint(text, STACK), lambda: stack_settings(text)):
        try:
            read()
        except HomeportError as error:
            said.append(str(error))
            for problem in error.problems:
                assert problem.file
                assert problem.line
                assert problem.line <= len(re.split("\r\n|\r|\n", text))
                assert problem.found
                assert problem.allowed
                assert problem.fix
    return said


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
@example("\x85a: b\u2028: [")
@example("&a [*a]")
@example("? ? a")
@example("!<tag:x> {}")
@example("--- |\n a\n...\n%YAML 1.9\n---\n")
def test_any_text(text: str) -> None:
    problems_of(text)


@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    document = read_document(data)
    assert document.slips or document.was_read


def paths_of(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document."""
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        yield (*at, key)
        yield from paths_of(inner, (*at, key))


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A copy of `document` with `value` at `path`."""
    copied = copy.deepcopy(document)
    place = copied
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return copied


DOCUMENTS = [read_document(text.encode()).value for text in (EVERY_FIELD, CUSTOM, SETTINGS)]
PLACES = [(document, path) for document in DOCUMENTS for path in paths_of(document)]


@given(st.sampled_from(PLACES), VALUES)
def test_any_value_at_any_place(place: tuple[Any, tuple[Any, ...]], value: Any) -> None:
    document, path = place
    problems_of(yaml.safe_dump(changed(document, path, value), allow_unicode=True))


@given(st.sampled_from(PLACES), st.text(min_size=1, max_size=12))
def test_any_key_at_any_place(place: tuple[Any, tuple[Any, ...]], key: str) -> None:
    document, path = place
    if isinstance(path[-1], str):
        problems_of(as_yaml(changed(document, (*path[:-1], key), 1)))


CANARIES = (
    "hf_canaryThatNobodyMaySee0123456789",
    "sk-CanaryThatNobodyMaySee0123456789",
    "AKIA" + "CANARY0123456789",
    "q8Zk3vTn7RwX2mLp9JcB5hYd4GsF6aKe",
)


def test_no_secret_is_repeated() -> None:
    """A token in the place of any value, beside it, or as any key, is not in what is said of it."""
    for document, path in PLACES:
        for canary in CANARIES:
            spoilt = [changed(document, path, canary), changed(document, path, [canary])]
            spoilt.append(changed(document, path, f"https://user:{canary}@huggingface.co/{canary}"))
            if isinstance(path[-1], str):
                spoilt.append(changed(document, (*path[:-1], canary), "x"))
                spoilt.append(changed(document, (*path[:-1], f"aws:{canary}"), "x"))
            for one in spoilt:
                for said in problems_of(as_yaml(one)):
                    assert canary.lower() not in said.lower(), (path, said)


@given(
    st.fixed_dictionaries(
        {
            "name": st.from_regex(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True),
            "model": st.builds(
                lambda name, revision: {"repository": f"acme/{name}", "revision": revision},
                st.from_regex(r"[A-Za-z0-9]{1,20}", fullmatch=True),
                st.from_regex(r"[a-z0-9]{1,40}", fullmatch=True),
            ),
            "compute": st.sampled_from(
                [
                    {"accelerator": "cpu", "count": 16},
                    {"accelerator": "tpu-v6e", "count": 8, "capacity": "spot"},
                    {"instanceType": "g6.12xlarge"},
                ]
            ),
        },
        optional={
            "replicas": st.builds(
                lambda low, more, idle: {
                    "min": low,
                    "max": max(1, low + more),
                    "scaleOn": {"pending": more + 0.5},
                    **({"scaleToZeroAfter": f"{idle}m"} if low == 0 else {}),
                },
                st.integers(0, 50),
                st.integers(0, 50),
                st.integers(1, 1000),
            ),
            "engine": st.fixed_dictionaries(
                {},
                optional={
                    "env": st.dictionaries(
                        st.from_regex(r"X_[A-Z]{1,6}", fullmatch=True),
                        st.text(
                            st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]),
                            max_size=12,
                        ),
                    ),
                    "args": st.lists(st.from_regex(r"--[a-z]{1,9}", fullmatch=True), max_size=4),
                },
            ),
        },
    )
)
def test_valid_specs_survive_writing_and_reading(values: dict[str, Any]) -> None:
    spec = endpoint(as_yaml({**values, "access": {"allow": ["any"]}}))
    assert endpoint(written(spec)) == spec


@given(st.lists(st.one_of(st.text(min_size=1, max_size=20), st.integers(0, 99)), max_size=5))
def test_paths_survive_writing_and_reading(parts: list[str | int]) -> None:
    if any(re.search(r"hf_|sk-", str(part)) for part in parts):
        return
    assert path_parts(path_text(parts)) == tuple(parts)


@pytest.mark.parametrize(
    "repository",
    [
        "mistralai/Mistral-Nemo-Instruct-2407",
        "GalaktischeGurke/Beyonder-4x7B-v3-AWQ",
        "nvidia/NVIDIA-Nemotron-3-Ultra-550B-A55B-NVFP4",
        "RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic",
        "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2",
        "mistralai/Mistral-Large-3-675B-Instruct-2512",
    ],
)
def test_names_of_models_are_no_secrets(repository: str) -> None:
    assert check_repository(repository) == repository
