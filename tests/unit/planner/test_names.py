"""The longest stack and endpoint names still fit, with room to spare."""

from homeport.planner.names import LIMITS, STACK_NAME_MAX, endpoint_names, stack_names

ENDPOINT_NAME_MAX = 32


def test_the_longest_names_stay_within_every_limit() -> None:
    stack, endpoint = "s" * STACK_NAME_MAX, "e" * ENDPOINT_NAME_MAX
    names = endpoint_names(stack, endpoint)
    shared = stack_names(stack)
    assert len(names.role) == LIMITS["role"]
    assert len(names.group) <= LIMITS["group"]
    assert len(names.log_group) <= LIMITS["log_group"]
    assert len(shared.table) <= LIMITS["table"]
    assert len(shared.service_linked_role_suffix) <= LIMITS["service_linked_role_suffix"]


def test_no_endpoints_keys_begin_with_anothers_prefix() -> None:
    assert not endpoint_names("s", "chat-2").table_prefix.startswith(
        endpoint_names("s", "chat").table_prefix
    )


def test_stacks_whose_names_begin_alike_share_no_physical_name() -> None:
    one, other = endpoint_names("prod", "eu-llama"), endpoint_names("prod-eu", "llama")
    assert one.role != other.role
    assert one.group != other.group
    assert one.log_group != other.log_group
    assert one.metric_namespace != other.metric_namespace
