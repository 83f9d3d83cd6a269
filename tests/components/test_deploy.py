"""The one way in."""

import pytest

from components.deploy import deploy
from homeport.errors import PlanError
from tests.components.plans import endpoint, stack


def test_a_cloud_without_translators_is_refused_before_anything_is_registered() -> None:
    with pytest.raises(PlanError) as caught:
        deploy(stack(endpoint("chat"), cloud="azure"))
    assert (caught.value.path, caught.value.found, caught.value.allowed) == (
        "homeport:cloud",
        "azure",
        "aws",
    )
