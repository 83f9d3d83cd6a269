from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from homeport.spec.json_schema import endpoint_schema, schema_text
from tests.unit.spec.cases import load_cases
from tests.unit.spec.contract import CUSTOM, EVERY_FIELD, SHORTEST

ROOT = Path(__file__).parents[3]
BAD_SPECS = Path(__file__).with_name("bad_specs.yaml")
VALIDATOR = Draft202012Validator(endpoint_schema())


def test_the_checked_in_schema_is_fresh() -> None:
    assert (ROOT / "schema/endpoint.json").read_text() == schema_text(), (
        "run: homeport schema > schema/endpoint.json"
    )


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(endpoint_schema())


def test_every_key_is_described() -> None:
    schema = endpoint_schema()
    for model in (schema, *schema["$defs"].values()):
        for key, field in model.get("properties", {}).items():
            assert field.get("description"), key


@pytest.mark.parametrize(
    "text", [EVERY_FIELD, SHORTEST, CUSTOM], ids=["every-field", "shortest", "custom"]
)
def test_valid_specs_pass(text: str) -> None:
    VALIDATOR.validate(yaml.safe_load(text))


def test_the_examples_pass() -> None:
    for file in (ROOT / "stacks").glob("*/*.yaml"):
        VALIDATOR.validate(yaml.safe_load(file.read_text()))


@pytest.mark.parametrize(
    "title",
    [
        "zero replicas at most",
        "a text where a number is meant",
        "a text where a list is meant",
        "unknown key at the top",
        "missing name, model and compute",
        "name too long",
        "percentage above 100",
        "duration without its unit",
        "unknown accelerator",
        "Hugging Face's authenticated mode",
        "allow without its kind",
        "unknown compliance word",
    ],
)
def test_what_an_editor_can_see_is_refused(title: str) -> None:
    case = next(case for case in load_cases(BAD_SPECS) if case.title == title)
    assert not VALIDATOR.is_valid(yaml.safe_load(case.text))
