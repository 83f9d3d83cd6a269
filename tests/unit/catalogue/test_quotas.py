"""The quotas that limit a stack: every machine has one of each kind, with source and date."""

import datetime
from typing import Literal

import pytest

from homeport.catalogue import instances
from homeport.catalogue.quotas import function_quota, machine_quota
from homeport.errors import CatalogueError
from tests.unit.catalogue.test_catalogue_data import ACCELERATORS

KINDS: tuple[Literal["on-demand", "spot"], ...] = ("on-demand", "spot")


@pytest.mark.parametrize("accelerator", ACCELERATORS)
def test_every_machine_has_a_quota_of_each_kind(accelerator: str) -> None:
    letter = {"cpu": "Standard", "inf2": "Inf"}.get(accelerator)
    for machine in instances("aws", accelerator):
        for kind in KINDS:
            quota = machine_quota("aws", machine.name, kind)
            assert (letter or f" {machine.name[0].upper()}") in quota.name
            assert ("Spot" in quota.name) == (kind == "spot")
            assert quota.service == "ec2"
            assert quota.code.startswith("L-")
            assert quota.source
            assert datetime.date.fromisoformat(quota.date)


def test_codes_are_each_their_own() -> None:
    quotas = {
        machine_quota("aws", machine.name, kind)
        for accelerator in ACCELERATORS
        for machine in instances("aws", accelerator)
        for kind in KINDS
    } | {function_quota("aws")}
    assert len({quota.code for quota in quotas}) == len(quotas) == 10


def test_a_family_that_is_not_listed_is_an_error_that_says_where_to_add_it() -> None:
    with pytest.raises(CatalogueError, match=r"aws_quotas\.json"):
        machine_quota("aws", "trn9.large", "spot")
