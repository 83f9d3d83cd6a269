"""The stand-in refuses what the data forbid: cases generated from pulumi_aws and CloudFormation for every type."""

import pytest

from sandbox.providers.aws.cases import cases_of, is_refused, sample_failures
from sandbox.providers.aws.declaration import Property, ResourceType
from sandbox.providers.aws.model import model_of
from sandbox.providers.aws.pulumi_types import introspected, pulumi_resource
from sandbox.providers.aws.registry import all_resource_types, resource_type
from sandbox.providers.aws.report import strictness_table

TYPES = all_resource_types()
each_type = pytest.mark.parametrize("resource", TYPES, ids=lambda resource: resource.token)


@each_type
def test_the_sample_is_valid(resource: ResourceType) -> None:
    assert sample_failures(resource) == []


@each_type
def test_what_the_data_forbid_is_refused(resource: ResourceType) -> None:
    cases = [case for case in cases_of(resource) if not case.exempt_because]
    assert cases
    assert [case.name for case in cases if not is_refused(resource, case)] == []


@each_type
def test_exemptions_name_a_case_that_really_is_accepted(resource: ResourceType) -> None:
    cases = {case.name: case for case in cases_of(resource)}
    assert set(resource.exempt) <= set(cases)
    assert [name for name in resource.exempt if is_refused(resource, cases[name])] == []


@each_type
def test_the_type_has_a_schema_or_a_reason(resource: ResourceType) -> None:
    model = model_of(resource)
    assert model.cloudformation is not None or resource.because
    served = [node for node in model.inputs.fields.values() if node.served]
    assert [
        node.path for node in served if not node.mapped and not node.declaration.because
    ] == [] or (resource.cloudformation is None)


@each_type
def test_what_departs_from_the_data_has_a_source(resource: ResourceType) -> None:
    unsourced = [
        node.path
        for field in model_of(resource).inputs.fields.values()
        for node in field.walk()
        if _departs(node.declaration) and not node.declaration.because
    ]
    assert unsourced == []


@each_type
def test_the_sample_covers_every_served_property(resource: ResourceType) -> None:
    """What no sample shows no generated case can reach; those that exclude each other are named by their check."""
    sample = resource.sample()
    left_out = {
        name
        for name, node in model_of(resource).inputs.fields.items()
        if node.served and name not in sample and name != "region"
    }
    assert {name for name in left_out if not _excluded(resource, name)} == set()


@each_type
def test_the_file_is_found_by_its_token(resource: ResourceType) -> None:
    assert resource_type(resource.token) is resource


def test_the_report_counts_every_case() -> None:
    last = next(line for line in strictness_table().splitlines() if line.startswith("| **all**"))
    held, total = last.split("**")[-2].split("/")
    assert held == total
    assert int(total) > 20 * len(TYPES) / 2


def _departs(declared: Property) -> bool:
    plain = Property()
    return any(
        getattr(declared, name) != getattr(plain, name)
        for name in (
            "default",
            "replaces",
            "unordered",
            "required",
            "rules",
            "provider_only",
            "write_only",
        )
    )


def _excluded(resource: ResourceType, name: str) -> bool:
    """Whether adding the property to the sample breaks a rule across properties."""
    if resource.check is None:
        return False
    given = {**resource.sample(), name: "x"}
    return bool(resource.check(given)) and not resource.check(resource.sample())


def test_the_cache_of_types_is_what_pulumi_aws_says() -> None:
    for resource in TYPES:
        assert pulumi_resource(resource.token, resource.python) == introspected(
            resource.token, resource.python
        )
