"""The table's calls: values there and back, many keys, pages, conditions, and what goes wrong."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from dataplane.wake.aws.attributes import plain, plain_map, typed, typed_map
from dataplane.wake.aws.table import ConditionError, Key, Table, TableError, config_key
from dataplane.wake.gate_cloud import CloudError
from dataplane.wake.model import DRAINING, FAILED, SLEEP, State
from dataplane.wake.plain_item import ItemError
from dataplane.wake.state_item import item_of, state_of
from tests.unit.dataplane.wake.gate_table import ITEM, emulated

plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.text(max_size=9)
    | st.integers(-(10**37), 10**37)
    | st.floats(-1e12, 1e12, allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=9,
)


@given(st.dictionaries(st.text(max_size=5), plain_values, max_size=4))
def test_what_is_written_is_what_is_read(values: dict[str, Any]) -> None:
    assert plain_map(typed_map(values)) == values


def test_a_flag_is_no_number_and_a_set_is_a_list() -> None:
    assert typed(value=True) == {"BOOL": True}
    assert plain({"SS": ["b", "a"]}) == ["a", "b"]
    assert [type(plain({"N": text})) for text in ("1", "1.0", "1.5", "1E+3")] == [
        int,
        int,
        float,
        int,
    ]
    assert typed((1, 2.5)) == {"L": [{"N": "1"}, {"N": "2.5"}]}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", {1, 2}, object()])
def test_what_has_no_type_there_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        typed(value)


def test_an_item_of_a_type_that_is_not_ours_is_an_error_of_the_table() -> None:
    client = SimpleNamespace(get_item=lambda **_: {"Item": {"pk": {"B": b"x"}}})
    with pytest.raises(TableError, match="type B"):
        Table(client, "t").get(Key("a", "b"))


def test_read_write_and_conditions(monkeypatch: pytest.MonkeyPatch) -> None:
    with emulated(monkeypatch) as table:
        key = Key("a#state", "state")
        assert table.get(key) is None
        table.put(key, {"version": 1, "count": 0.5}, "attribute_not_exists(#version)")
        with pytest.raises(ConditionError, match="ConditionalCheckFailed"):
            table.put(key, {"version": 1}, "attribute_not_exists(#version)")
        with pytest.raises(ConditionError):
            table.put(key, {"version": 3}, "#version = :version", {"version": 2})
        table.put(key, {"version": 2, "owner": None}, "#version = :version", {"version": 1})
        assert table.get(key) == {"pk": "a#state", "sk": "state", "version": 2, "owner": None}
        table.update(key, "ADD #count :one REMOVE #owner", {"one": 1})
        assert table.get(key) == {"pk": "a#state", "sk": "state", "version": 2, "count": 1}
        assert table.get(config_key("llama")) == {"pk": "llama#config", "sk": "config", **ITEM}


def test_many_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    with emulated(monkeypatch) as table:
        keys = [Key(f"e{number}#state", "state") for number in range(230)]
        for number, key in enumerate(keys[::2]):
            table.put(key, {"number": number})
        found = table.get_many([*keys, *keys[:5]])
        assert sorted(item["number"] for item in found.values()) == list(range(115))
        assert set(found) == set(keys[::2])
        assert table.get_many([]) == {}


def test_a_partition_in_the_order_of_its_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    with emulated(monkeypatch) as table:
        for number in (3, 1, 2):
            table.put(Key("#hold", f"{number:02}"), {"expires": number})
        assert [one["sk"] for one in table.query("#hold")] == ["01", "02", "03"]
        assert table.query("#nothing") == []


class Throttled:
    """Gives back one key of a batch at a time, and one item of a page."""

    def __init__(self, reads_before_silence: int = 1000) -> None:
        self.left = reads_before_silence

    def batch_get_item(self, **arguments: Any) -> dict[str, Any]:
        asked = arguments["RequestItems"]
        keys = asked["t"]["Keys"]
        if self.left == 0:
            return {"Responses": {}, "UnprocessedKeys": asked}
        self.left -= 1
        rest = {"t": {**asked["t"], "Keys": keys[1:]}} if keys[1:] else {}
        return {"Responses": {"t": keys[:1]}, "UnprocessedKeys": rest}

    def query(self, **arguments: Any) -> dict[str, Any]:
        page = arguments.get("ExclusiveStartKey", 0)
        item = {"pk": {"S": "a"}, "sk": {"S": str(page)}}
        return {"Items": [item], **({"LastEvaluatedKey": page + 1} if page < 3 else {})}


def test_what_was_given_back_unread_is_asked_for_again_with_longer_and_longer_pauses() -> None:
    pauses: list[float] = []
    table = Table(Throttled(), "t", pauses.append)
    keys = [Key("a", str(number)) for number in range(5)]
    assert set(table.get_many(keys)) == set(keys)
    assert pauses == sorted(pauses)
    assert len(pauses) == 4


def test_a_part_is_no_answer() -> None:
    table = Table(Throttled(reads_before_silence=2), "t", lambda _seconds: None)
    with pytest.raises(TableError, match="UnprocessedKeys"):
        table.get_many([Key("a", str(number)) for number in range(5)])


def test_pages_are_put_together() -> None:
    assert [one["sk"] for one in Table(Throttled(), "t").query("a")] == ["0", "1", "2", "3"]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (
            ClientError({"Error": {"Code": "ThrottlingException", "Message": "secret"}}, "GetItem"),
            "ThrottlingException",
        ),
        (ClientError({}, "GetItem"), "ClientError"),
        (ConnectTimeoutError(endpoint_url="secret"), "ConnectTimeoutError"),
    ],
)
def test_an_error_says_its_name_and_no_more(error: Exception, says: str) -> None:
    def fail(**_arguments: Any) -> None:
        raise error

    with pytest.raises(CloudError) as raised:
        Table(SimpleNamespace(get_item=fail), "t").get(Key("a", "b"))
    assert str(raised.value) == says


# --- the state's item --------------------------------------------------------------------------


def test_a_state_there_and_back() -> None:
    state = State(
        FAILED, 5.5, wakes_seen=3, retry_at=9.25, reason="no machine", recent_wakes=(1.0, 2.5), template="7"
    )  # fmt: skip
    item = plain_map(typed_map(item_of(state)))
    assert state_of(item) == state
    assert (item["state"], item["rollout_template"]) == ("FAILED", "7")
    drained = State(DRAINING, 1.0, goal=SLEEP)
    assert state_of(item_of(drained)) == drained


@pytest.mark.parametrize(
    "item",
    [
        {}, {"state": "ASLEEP"}, {"state": "AWOKEN", "since": 1}, {"state": "DRAINING", "since": 1},
        {"state": 5, "since": 1}, {"state": "ASLEEP", "since": "1"}, {"state": "ASLEEP", "since": True},
        {"state": "ASLEEP", "since": 1, "wakes_seen": 1.5}, {"state": "ASLEEP", "since": 1, "recent_wakes": ["x"]},
        {"state": "ASLEEP", "since": 1, "reason": 7}, {"state": "DRAINING", "since": 1, "goal": "tea"},
    ],
)  # fmt: skip
def test_an_item_that_no_reconciler_wrote(item: dict[str, Any]) -> None:
    with pytest.raises(ItemError):
        state_of(item)
