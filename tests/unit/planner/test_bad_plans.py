"""Every refusal of the planner, compared field by field with bad_plans.yaml."""

from pathlib import Path

import pytest

from homeport.planner.build import plan_stack
from tests.unit.planner.stacks import SETTINGS, stack
from tests.unit.spec.cases import Case, errors_of, parametrized

VARIANTS = {
    "default": SETTINGS,
    "no-allow": SETTINGS.replace("  homeport:allow: [org/acme]\n", ""),
    "no-nvidia-image": SETTINGS.replace(
        '    nvidia: {id: ami-0d0d0d0d0d0d0d0d0, date: "2026-11-01", origin: sandbox}\n', ""
    ),
    "no-egress": SETTINGS + "  homeport:egress: none\n",
    "frankfurt": SETTINGS.replace("us-east-1", "eu-central-1"),
    "no-public-subnets": SETTINGS.replace(
        "{create: 10.20.0.0/16, zones: [us-east-1a, us-east-1b]}",
        "{vpc: vpc-0123456789abcdef0, subnets: {private: [subnet-0123456789abcdef0, "
        "subnet-0123456789abcdef1]}}",
    ),
    "one-zone": SETTINGS.replace(", us-east-1b]", "]"),
}


@pytest.mark.parametrize("case", parametrized(Path(__file__).with_name("bad_plans.yaml")))
def test_bad_plan(case: Case) -> None:
    text = case.text.decode()
    name = text.split("name: ")[1].split("\n")[0]
    found = errors_of(lambda: plan_stack(stack({name: text}, VARIANTS[case.settings])))
    assert found == list(case.errors)
