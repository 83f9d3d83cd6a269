from pathlib import Path

import pytest
import yaml

from homeport.errors import HomeportError
from homeport.spec.parse import parse_endpoint, parse_settings
from homeport.spec.yaml_source import SettingsSource, YamlSource
from tests.unit.spec.cases import Case, errors_of, load_cases, parametrized
from tests.unit.spec.contract import endpoint, stack_settings

BAD_SPECS = Path(__file__).with_name("bad_specs.yaml")
BAD_SETTINGS = Path(__file__).with_name("bad_settings.yaml")
STACKS = {
    name: stack_settings(text)
    for name, text in yaml.safe_load(BAD_SPECS.read_text())["settings"].items()
}


@pytest.mark.parametrize("case", parametrized(BAD_SPECS))
def test_bad_spec(case: Case) -> None:
    source = YamlSource(file="f.yaml", data=case.text)
    found = errors_of(lambda: parse_endpoint(source, STACKS[case.settings]))
    assert found == list(case.errors)


@pytest.mark.parametrize("case", parametrized(BAD_SETTINGS))
def test_bad_settings(case: Case) -> None:
    found = errors_of(lambda: parse_settings(SettingsSource(file="s.yaml", data=case.text)))
    assert found == list(case.errors)


def test_the_bases_are_good() -> None:
    """Otherwise every case would fail for the same reason."""
    endpoint(yaml.safe_load(BAD_SPECS.read_text())["base"], STACKS["default"])
    stack_settings(yaml.safe_load(BAD_SETTINGS.read_text())["base"])


def test_every_error_says_what_to_do() -> None:
    for case in [*load_cases(BAD_SPECS), *load_cases(BAD_SETTINGS)]:
        for error in case.errors:
            assert all(str(error[part]).strip() for part in ("line", "found", "allowed", "fix"))


def test_rendering() -> None:
    with pytest.raises(HomeportError) as caught:
        parse_endpoint(
            YamlSource(
                file="llama.yaml",
                data=b"name: a\nmodel: {repository: a/b}\ncompute: {accelerator: cpu}\n"
                b"replicas:\n  max: 0\n",
            )
        )
    assert str(caught.value) == (
        "llama.yaml:5 replicas.max: found 0, must be 1 or more; "
        "to stop the endpoint, remove its file"
    )
