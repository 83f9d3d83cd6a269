"""Every word of the spec that a cloud may lack has a row, and a refusal says what to do instead."""

from typing import get_args

import pytest

from homeport.errors import PlanError
from homeport.planner.capabilities import CAPABILITIES, require
from homeport.planner.plan import Cloud
from homeport.spec import ModelSpec, SpeculativeSpec, StackSettings
from homeport.spec.compute import Capacity
from homeport.spec.endpoint import ComplianceWord


def _words(model: type, field: str) -> tuple[str, ...]:
    return get_args(model.model_fields[field].annotation)  # type: ignore[attr-defined]


SPEC_WORDS = {
    "capacity": get_args(Capacity),
    "compliance": get_args(ComplianceWord),
    "weights": _words(ModelSpec, "weights"),
    "speculative": _words(SpeculativeSpec, "method"),
    "cidrs": ("ipv4", "ipv6"),
    "egress": _words(StackSettings, "egress"),
}


@pytest.mark.parametrize("cloud", get_args(Cloud))
def test_every_word_of_the_spec_has_a_row(cloud: Cloud) -> None:
    expected = {f"{group}.{word}" for group, words in SPEC_WORDS.items() for word in words}
    assert set(CAPABILITIES[cloud]) == expected | {"deployment"}


def test_every_refusal_says_what_to_do_instead() -> None:
    for cloud, features in CAPABILITIES.items():
        for feature, support in features.items():
            if support.state == "built":
                require(cloud, feature, path="x", found="y")
                continue
            with pytest.raises(PlanError) as caught:
                require(cloud, feature, path="x", found="y")
            assert caught.value.fix == support.instead != ""
            assert caught.value.found == f"y, which is {support.state} on {cloud}"
