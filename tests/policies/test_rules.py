"""Every rule on passing and failing resources, and on the inventory of a stack of ours."""

from pathlib import Path
from typing import Any

import pytest

from homeport.cli.verdicts import read_verdicts
from homeport.planner.build import plan_stack
from policies.baseline import RULES
from policies.rule import Resource
from tests.policies.cases import (
    BALANCER,
    GROUP,
    INGRESS,
    PRINCIPAL,
    RESOURCE_CASES,
    SERVICE,
    TEMPLATE,
    Case,
)
from tests.unit.planner.stacks import stack

ROOT = Path(__file__).resolve().parents[2]
BY_NAME = {rule.name: rule for rule in RULES}
PRIVATE = "access: {mode: private, consumers: ['111122223333']}"
SPEC = """\
version: 1
name: {name}
model: {{repository: acme/chat-8b}}
compute: {{accelerator: nvidia-l4}}
{access}
"""


def _urn(type_: str, name: str) -> str:
    return f"urn:pulumi:test::homeport::{type_}::{name}"


def _resource(type_: str, name: str, inputs: dict[str, Any], *dependencies: str) -> Resource:
    return Resource(urn=_urn(type_, name), type=type_, inputs=inputs, dependencies=dependencies)


def _said(rule: str, *resources: Resource) -> list[tuple[str, str]]:
    found = BY_NAME[rule].violations(resources)
    return [(one.urn.rpartition("::")[2], one.text) for one in found]


@pytest.mark.parametrize("case", RESOURCE_CASES, ids=str)
def test_one_resource(case: Case) -> None:
    check = BY_NAME[case.rule].check_resource
    assert check is not None
    texts = list(check(case.type, case.inputs))
    assert bool(texts) == bool(case.text)
    assert all(text.startswith(case.text) for text in texts)


def test_every_rule_has_a_case_that_passes_and_one_that_fails() -> None:
    for rule in BY_NAME:
        assert {bool(case.text) for case in RESOURCE_CASES if case.rule == rule} == {True, False}


def test_a_violation_repeats_no_secret() -> None:
    for case in RESOURCE_CASES:
        if case.rule == "forbid-secrets-in-user-data":
            assert "a" * 34 not in case.text
            assert not any("a" * 34 in text for text in BY_NAME[case.rule].check_resource(  # type: ignore[misc]
                case.type, case.inputs))  # fmt: skip


@pytest.mark.parametrize(
    ("holder", "inputs", "allowed"),
    [
        (BALANCER, {"internal": False}, True),
        (BALANCER, {"internal": True}, False),
        (TEMPLATE, {}, False),
    ],
)
def test_who_may_have_an_open_group(holder: str, inputs: dict[str, Any], allowed: bool) -> None:
    group = _resource(GROUP, "group", {})
    rule = _resource(
        INGRESS,
        "open",
        {"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
        group.urn,
    )
    said = _said("forbid-open-groups", group, rule, _resource(holder, "holder", inputs, group.urn))
    assert [name for name, _ in said] == ([] if allowed else ["open"])
    assert all(text.startswith("opens group to the internet") for _, text in said)


def test_a_private_link_names_at_least_one_consumer() -> None:
    service = _resource(SERVICE, "link", {"acceptanceRequired": False})
    other = _resource(SERVICE, "other", {"acceptanceRequired": False})
    consumer = _resource(
        PRINCIPAL, "one", {"principalArn": "arn:aws:iam::111122223333:root"}, other.urn
    )
    assert _said("require-link-consumers", service, other, consumer) == [
        ("link", "no consumer is named, must be at least one")
    ]


def test_our_own_stack_passes_every_rule() -> None:
    specs = {
        name: SPEC.format(name=name, access=access)
        for name, access in (
            ("open", "access: {mode: public}"),
            ("chat", "access: {mode: protected}"),
            ("vault", PRIVATE),
        )
    }
    # As `homeport plan` does it: each in a process of its own.
    said = read_verdicts(plan_stack(stack(specs)), ROOT)
    assert said is not None
    assert len(said) == 10
    assert [one for one in said if one.violations] == []
