"""A stream's records on their way to a function, in time that the test moves."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from sandbox.live.aws.events.luck import Luck
from sandbox.live.aws.events.streams import Settings, StreamReader
from sandbox.live.aws.faults import EventFaults
from sandbox.live.functions.function import Answer, Function, ThrottledError
from tests.until import until

FUNCTION: Any = SimpleNamespace(name="f")
DONE, FAILED = Answer("null"), Answer("null", is_error=True)


class World:
    """One mapping. Every try waits for `answer`, which the test replaces."""

    def __init__(self, **settings: Any) -> None:
        self.now = 0.0
        table = SimpleNamespace(
            region_name="eu-west-1", table_arn="arn:table", latest_stream_label="label"
        )
        self.shard = SimpleNamespace(starting_sequence_number=100, items=[], table=table)
        self.settings = Settings(**settings)
        self.luck = Luck("stream")
        self.reader = StreamReader(self._invoke, self.luck)
        self.tries: list[list[str]] = []
        self.answer: Callable[[list[str]], Answer] = lambda _: DONE
        self.function: Function | None = FUNCTION

    def write(self, *values: str) -> None:
        for value in values:
            keys = {"pk": {"S": "item"}, "sk": {"S": value}}
            record = {
                "eventName": "INSERT",
                "awsRegion": "us-east-1",
                "dynamodb": {
                    "Keys": keys,
                    "ApproximateCreationDateTime": datetime(2026, 11, 1, tzinfo=UTC),
                },
            }
            self.shard.items.append(SimpleNamespace(record=record))

    def look(self, seconds: float = 0.0) -> None:
        """And wait for the try that begins, if one does."""
        self.now += seconds
        self.reader.look(self.now, self.settings, self.function, self.shard)
        thread = self.reader._thread
        if thread is not None:
            thread.join()

    def go(self, seconds: int) -> None:
        for _ in range(seconds):
            self.look(1.0)

    def _invoke(self, function: Function, event: str) -> Answer:
        assert function is FUNCTION
        records = json.loads(event)["Records"]
        found = [one["dynamodb"]["Keys"]["sk"]["S"] for one in records]
        self.tries.append(found)
        self.records = records
        return self.answer(found)


def _throttle(_: list[str]) -> Answer:
    raise ThrottledError


def test_new_records_come_in_batches_in_their_order() -> None:
    world = World(batch_size=2)
    world.write("before")
    world.look()
    world.write("a", "b", "c")
    world.go(3)
    assert world.tries == [["a", "b"], ["c"]]
    assert world.reader.size() == 0


def test_from_the_start_the_old_ones_come_too() -> None:
    world = World(from_start=True)
    world.write("before")
    world.look()
    assert world.tries == [["before"]]


def test_a_record_is_what_lambda_hands_over() -> None:
    world = World()
    world.look()
    world.write("a")
    world.look()
    assert world.records == [
        {
            "eventName": "INSERT",
            "awsRegion": "eu-west-1",
            "eventSourceARN": "arn:table/stream/label",
            "dynamodb": {
                "Keys": {"pk": {"S": "item"}, "sk": {"S": "a"}},
                "ApproximateCreationDateTime": 1793491200.0,
            },
        }
    ]


def test_only_what_fits_a_filter_comes() -> None:
    filters = tuple({"dynamodb": {"Keys": {"sk": {"S": [value]}}}} for value in ("wake", "command"))
    world = World(filters=filters)
    world.look()
    world.write("state", "wake", "replica", "command")
    world.look()
    assert world.tries == [["wake", "command"]]


def test_a_window_gathers() -> None:
    world = World(window_seconds=10.0, batch_size=3)
    world.look()
    world.write("a")
    world.go(9)
    world.write("b")
    world.go(2)
    assert world.tries == [["a", "b"]]
    world.write("c", "d", "e")
    world.look()
    assert world.tries[1] == ["c", "d", "e"], "a full batch does not wait"


def test_a_batch_that_fails_is_tried_again_and_holds_up_what_follows() -> None:
    world = World()
    world.look()
    world.answer = lambda _: FAILED
    world.write("a")
    world.look()
    world.write("b")
    world.go(20)
    assert set(map(tuple, world.tries)) == {("a",)}
    assert 4 <= len(world.tries) <= 7, "less often each time"
    world.answer = lambda _: DONE
    world.go(60)
    assert world.tries[-2:] == [["a"], ["b"]]


def test_a_throttled_batch_is_tried_again_and_counts_as_no_error() -> None:
    world = World(retries=0)
    world.look()
    world.answer = _throttle
    world.write("a")
    world.go(10)
    assert world.reader.size() == 1
    world.answer = lambda _: DONE
    world.go(60)
    assert world.reader.size() == 0
    assert world.tries[-1] == ["a"]


def test_a_batch_is_given_up_after_its_retries_or_its_age() -> None:
    for settings in ({"retries": 2}, {"age_seconds": 3.5}):
        world = World(**settings)
        world.look()
        world.answer = lambda found: FAILED if found == ["bad"] else DONE
        world.write("bad")
        world.look()
        world.write("good")
        world.go(60)
        assert world.tries == [["bad"]] * 3 + [["good"]]


def test_halves_find_the_record_that_fails() -> None:
    world = World(retries=0, bisects=True)
    world.look()
    world.answer = lambda found: FAILED if "bad" in found else DONE
    world.write("a", "b", "bad", "c")
    world.go(60)
    passed = [one for found in world.tries if "bad" not in found for one in found]
    assert passed == ["a", "b", "c"]


def test_disabled_it_stands_still_and_goes_on_from_there() -> None:
    world = World()
    world.look()
    enabled = world.settings
    world.settings = Settings(enabled=False)
    world.write("a")
    world.go(5)
    assert world.tries == []
    world.settings = enabled
    world.look()
    assert world.tries == [["a"]]


def test_a_function_that_does_not_exist_yet_is_waited_for() -> None:
    world = World()
    world.function = None
    world.look()
    world.write("a")
    world.go(5)
    world.function = FUNCTION
    world.look()
    assert world.tries == [["a"]]


def test_old_records_may_be_gone() -> None:
    """As where the stream has kept as many as it keeps."""
    world = World()
    world.look()
    world.write("a", "b", "c")
    del world.shard.items[:2]
    world.shard.starting_sequence_number += 2
    world.look()
    assert world.tries == [["c"]]


def test_records_get_lost_doubled_and_late_as_a_test_says() -> None:
    world = World(batch_size=1)
    world.look()
    world.luck.set_faults(EventFaults(doubled=1.0, delay_seconds=(3.0, 3.0)))
    world.write("a", "b")
    world.go(2)
    assert world.tries == []
    world.go(10)
    assert world.tries == [["a"], ["a"], ["b"], ["b"]]
    world.luck.set_faults(EventFaults(lost=1.0))
    world.write("c")
    world.go(5)
    assert world.reader.size() == 0


def test_one_batch_at_a_time() -> None:
    world = World(batch_size=1)
    world.look()
    waits = True

    def answer(_: list[str]) -> Answer:
        until(lambda: not waits, "released")
        return DONE

    world.answer = answer
    world.write("a", "b")
    for _ in range(3):
        world.reader.look(world.now, world.settings, FUNCTION, world.shard)
    until(lambda: world.tries == [["a"]], "the first")
    waits = False
    world.look()
    world.look()
    assert world.tries == [["a"], ["b"]]
