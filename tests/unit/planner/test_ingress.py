"""Listener ports stand still, and a load balancer's last place is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeport.errors import PlanError
from homeport.planner.ingress import (
    LISTENER_PORTS,
    PRIVATE_ENDPOINTS_MAX,
    PUBLIC_ENDPOINTS_MAX,
    ingress_side,
    listener_ports,
)

NAMES = st.sets(st.from_regex(r"[a-z][a-z0-9-]{0,20}[a-z0-9]", fullmatch=True), max_size=6)


@given(names=NAMES, neighbour=st.just("a-neighbour"))
def test_a_neighbour_never_moves_a_port(names: set[str], neighbour: str) -> None:
    try:
        before, after = listener_ports(names, {}), listener_ports(names | {neighbour}, {})
    except PlanError:
        return  # two names on one port; that error has its own test
    assert before.items() <= after.items()
    assert set(after.values()) <= set(LISTENER_PORTS)


def _colliding_names() -> tuple[str, str]:
    seen: dict[int, str] = {}
    for number in range(100_000):
        name = f"endpoint-{number}"
        port = listener_ports([name], {})[name]
        if port in seen:
            return seen[port], name
        seen[port] = name
    raise AssertionError("no collision among 100,000 names in 10,000 ports")


def test_a_collision_names_the_setting_that_solves_it() -> None:
    first, second = _colliding_names()
    with pytest.raises(PlanError) as caught:
        listener_ports([first, second], {})
    error = caught.value
    loser = max(first, second)
    assert error.path == f"listenerPorts.{loser}"
    assert min(first, second) in error.found
    free = int(error.fix.split(": ")[1].split("`")[0])
    ports = listener_ports([first, second], {loser: free})
    assert ports[loser] == free
    assert len(set(ports.values())) == 2


def test_an_override_that_hits_a_neighbour_is_refused() -> None:
    taken = listener_ports(["one"], {})["one"]
    with pytest.raises(PlanError):
        listener_ports(["one", "two"], {"two": taken})


@pytest.mark.parametrize("maximum", [PUBLIC_ENDPOINTS_MAX, PRIVATE_ENDPOINTS_MAX])
def test_the_first_and_the_last_place_of_a_load_balancer(maximum: int) -> None:
    names = [f"e{number:03}" for number in range(maximum + 1)]
    assert ingress_side([], [], maximum=maximum, what="public") is None
    for count in (1, maximum):
        side = ingress_side(names[:count], [], maximum=maximum, what="public")
        assert side is not None
        assert len(side.endpoints) == count
    with pytest.raises(PlanError) as caught:
        ingress_side(names, [], maximum=maximum, what="public")
    assert caught.value.found == f"{maximum + 1} public endpoints, the last one {names[-1]}"
    assert caught.value.fix.startswith("split the stack")


def test_one_zero_retention_endpoint_turns_the_sides_access_logs_off() -> None:
    side = ingress_side(["a", "b"], ["b"], maximum=2, what="public")
    assert side is not None
    assert not side.access_logs
