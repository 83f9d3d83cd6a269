"""Event patterns: what fits, and what is refused because nobody would look at it."""

from typing import Any

import pytest

from sandbox.live.aws.events.patterns import check_pattern, matches

RECORD = {
    "eventName": "MODIFY",
    "dynamodb": {
        "Keys": {"pk": {"S": "chat#wake"}, "sk": {"S": "wake"}},
        "NewImage": {"count": {"N": "7"}, "on": {"BOOL": True}, "many": {"SS": ["a", "b"]}},
    },
}


def _of(field: str, *wanted: Any) -> dict[str, Any]:
    """A pattern of one field, given by its path."""
    pattern: Any = list(wanted)
    for name in reversed(field.split(".")):
        pattern = {name: pattern}
    return pattern


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        (_of("dynamodb.Keys.sk.S", "command", "wake"), True),
        (_of("dynamodb.Keys.sk.S", "command"), False),
        (_of("dynamodb.Keys.sk.N", "wake"), False),
        (_of("dynamodb.Keys.pk.S", {"prefix": "chat#"}), True),
        (_of("dynamodb.Keys.pk.S", {"prefix": "wake"}), False),
        (_of("dynamodb.NewImage.on.BOOL", True), True),
        (_of("dynamodb.NewImage.on.BOOL", 1), False),
        (_of("dynamodb.NewImage.many.SS", "b"), True),
        (_of("dynamodb.NewImage.many.SS", "c"), False),
        (_of("dynamodb.OldImage.count.N", {"exists": False}), True),
        (_of("dynamodb.NewImage.count.N", {"exists": False}), False),
        (_of("dynamodb.NewImage.count.N", {"exists": True}), True),
        (_of("dynamodb.NewImage.count", {"exists": True}), False),
        (_of("eventName", {"anything-but": ["REMOVE"]}), True),
        (_of("eventName", {"anything-but": "MODIFY"}), False),
        (_of("nowhere", {"anything-but": "MODIFY"}), False),
        ({**_of("eventName", "MODIFY"), **_of("dynamodb.Keys.sk.S", "state")}, False),
        ({}, True),
    ],
    ids=str,
)
def test_what_fits(pattern: dict[str, Any], fits: bool) -> None:
    check_pattern(pattern)
    assert matches(pattern, RECORD) is fits


@pytest.mark.parametrize(
    "pattern",
    [
        ["no object"],
        {"a": "no list"},
        {"a": []},
        {"a": [{"numeric": [">", 1]}]},
        {"a": {"b": [{"prefix": "x", "exists": True}]}},
        {"$or": [{"a": [1]}]},
    ],
    ids=str,
)
def test_what_is_not_known_is_refused(pattern: Any) -> None:
    with pytest.raises(ValueError, match=r"pattern"):
        check_pattern(pattern)
