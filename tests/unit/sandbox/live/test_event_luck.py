"""What happens to events on their way, by the faults that a test sets."""

import pytest

from sandbox.live.aws.events.luck import Luck
from sandbox.live.aws.faults import EventFaults, read_faults


def _arrivals(faults: EventFaults, count: int = 1000) -> list[list[float]]:
    luck = Luck("stream")
    luck.set_faults(faults)
    return [luck.arrivals(float(second)) for second in range(count)]


def test_without_faults_each_arrives_once_and_at_once() -> None:
    assert _arrivals(EventFaults()) == [[float(second)] for second in range(1000)]


def test_shares_are_kept_and_repeat_with_the_seed() -> None:
    faults = EventFaults(lost=0.3, doubled=0.2, seed=7)
    found = _arrivals(faults)
    lost, doubled = (sum(len(one) == count for one in found) for count in (0, 2))
    assert 250 < lost < 350
    assert 100 < doubled < 180, "a fifth of those that are not lost"
    assert _arrivals(faults) == found
    assert _arrivals(EventFaults(lost=0.3, doubled=0.2, seed=8)) != found


def test_late_ones_keep_their_order_unless_they_are_reordered() -> None:
    late = [one for found in _arrivals(EventFaults(delay_seconds=(2, 9))) for one in found]
    assert late == sorted(late)
    assert all(at - second >= 2 for second, at in enumerate(late))
    mixed = [one for found in _arrivals(EventFaults(reordered=True)) for one in found]
    assert mixed != sorted(mixed)


def test_faults_of_another_source_leave_it_alone() -> None:
    faults = EventFaults(lost=1.0, sources=("schedule",))
    assert _arrivals(faults, 3) == [[0.0], [1.0], [2.0]]


def test_faults_are_read_from_json() -> None:
    given = {
        "events": {"lost": 0.1, "delay_seconds": [1, 2], "sources": ["group"]},
        "functions": {"concurrency": 10, "crash": {"function": "f", "after_calls": 3}},
        "throttled": 0.5,
    }
    found = read_faults(given)
    assert found.events == EventFaults(lost=0.1, delay_seconds=(1.0, 2.0), sources=("group",))
    assert found.functions.concurrency == 10
    assert found.functions.crash is not None
    assert found.functions.crash.after_calls == 3


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"weather": "bad"}, "faults: found"),
        ({"events": {"late": 1}}, "events: found"),
        ({"events": {"lost": 2}}, "events.lost: found 2"),
        ({"events": {"delay_seconds": [5, 1]}}, "delay_seconds"),
        ({"events": {"sources": ["mail"]}}, "events.sources"),
        ({"functions": {"memory": 1}}, "functions: found"),
        ({"functions": {"crash": {"function": "f", "after_calls": 0}}}, "after_calls: found 0"),
        ({"functions": {"crash": {"function": "f"}}}, "must be function and after_calls"),
        ({"throttled": "often"}, "throttled: found 'often'"),
    ],
    ids=str,
)
def test_what_is_not_known_or_cannot_be_is_refused(given: dict[str, object], text: str) -> None:
    with pytest.raises(ValueError, match=text):
        read_faults(given)
