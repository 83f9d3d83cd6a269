"""Every wait of a running request holds over the whole range that a spec may ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeport.errors import PlanError
from homeport.planner.drain import drain_plan, inequalities


@given(st.integers(min_value=1, max_value=3600))
def test_every_inequality_holds_within_the_specs_range(seconds: int) -> None:
    assert all(inequalities(drain_plan(seconds)).values())


@pytest.mark.parametrize("seconds", [3601, 4000, 100_000])
def test_what_a_target_group_cannot_wait_for_is_refused(seconds: int) -> None:
    with pytest.raises(PlanError) as caught:
        drain_plan(seconds)
    assert caught.value.path == "access.maxRequestSeconds"
    assert caught.value.found.startswith(f"{seconds}, which breaks: ")
    assert caught.value.allowed == "1 to 3600"
