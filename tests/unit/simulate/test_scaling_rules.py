"""The plan's scaling in virtual time: bounds, calm, cooldown and missing data, whatever the load does."""

import dataclasses
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from homeport.planner.scaling import Measure, scaling_plan
from homeport.simulate import (
    AwsRule,
    Fleet,
    HorizontalPodAutoscaler,
    HuggingFaceRule,
    Rule,
    Service,
    simulate,
)
from homeport.simulate.alarms import Alarm, AlarmSettings

SERVICE = Service(startup_seconds=300, slots=16, request_seconds=6)


@dataclass
class Watched:
    """A rule, with what it did at which second."""

    rule: Rule
    sizes: list[int] = field(default_factory=list[int])
    measured: list[float | None] = field(default_factory=list[float | None])
    draining: list[bool] = field(default_factory=list[bool])
    starting: list[bool] = field(default_factory=list[bool])

    def look(self, fleet: Fleet) -> None:
        self.measured.append(fleet.pending_per_replica())
        self.draining.append(bool(fleet.draining()))
        self.starting.append(bool(fleet.starting()))
        self.rule.look(fleet)
        self.sizes.append(fleet.desired)

    def removals(self) -> list[int]:
        """Seconds at which the fleet was asked to become smaller."""
        pairs = zip(self.sizes, self.sizes[1:], strict=False)
        return [at + 1 for at, (before, after) in enumerate(pairs) if after < before]


def _ours(measure: Measure = "pending", threshold: float = 1.5, most: int = 8) -> AwsRule:
    return AwsRule(
        scaling_plan(
            min_replicas=1, max_replicas=most, measure=measure, threshold=threshold,
            scale_to_zero_after_seconds=None,
        )
    )  # fmt: skip


def _run(rule: Rule, load: Sequence[float], *, most: int = 8, seconds: int = 7200) -> Watched:
    """`load` is requests a second, each entry for five minutes, over and over."""
    watched = Watched(rule)
    fleet = Fleet(service=SERVICE, min_replicas=1, max_replicas=most)
    simulate(fleet, watched, lambda now: load[now // 300 % len(load)], seconds=seconds)
    return watched


loads = st.lists(st.floats(0, 40), min_size=1, max_size=24)


@settings(max_examples=60)
@given(load=loads, most=st.integers(1, 10), measure=st.sampled_from(["pending", "gpu"]))
def test_no_load_leads_out_of_the_bounds(load: list[float], most: int, measure: Measure) -> None:
    threshold = 1.5 if measure == "pending" else 80
    watched = _run(_ours(measure, threshold, most), load, most=most)
    assert min(watched.sizes) >= 1
    assert max(watched.sizes) <= most


@settings(max_examples=60)
@given(load=loads)
def test_never_down_sooner_than_the_rules_allow(load: list[float]) -> None:
    watched = _run(_ours(), load)
    removals = watched.removals()
    for at in removals:
        assert watched.sizes[at - 1] - watched.sizes[at] == 1  # one at a time
        assert not any(
            watched.draining[max(0, at - 119) : at + 1]
        )  # two minutes after the last left
        assert not any(watched.starting[max(0, at - 119) : at + 1])
        five_minutes = watched.measured[max(0, at - 299) : at + 1]
        known = [one for one in five_minutes if one is not None]
        assert len(known) == 300
        # Each of the five minutes by itself, on one replica less.
        for minute in range(5):
            part = known[60 * minute : 60 * minute + 60]
            assert sum(part) / 60 < 1.5


@settings(max_examples=30)
@given(load=loads, since=st.integers(0, 5000))
def test_never_down_on_missing_data(load: list[float], since: int) -> None:
    rule = _ours()
    watched = Watched(rule)
    fleet = Fleet(service=SERVICE, min_replicas=1, max_replicas=8)

    def arriving(now: int) -> float:
        rule.blind = now >= since
        return load[now // 300 % len(load)]

    simulate(fleet, watched, arriving, seconds=7200)
    # Up to a minute and more may still be on its way when the reports stop; after that, nothing moves.
    last = max([at for at in watched.removals() if at >= since + 60], default=None)
    assert last is None
    assert watched.sizes[min(since + 60, 7199) :] == [watched.sizes[min(since + 60, 7199)]] * (
        7200 - min(since + 60, 7199)
    )


def test_a_saw_tooth_removes_at_most_one_replica_in_each_cooldown() -> None:
    removals = _run(_ours(), [2.0, 12.0]).removals()
    apart = [later - earlier for earlier, later in itertools.pairwise(removals)]
    assert len(removals) > 5
    assert min(apart) >= 120 + SERVICE.drain_seconds


@pytest.mark.parametrize(
    ("half_period_seconds", "removals_an_hour"), [(10, 1), (60, 1), (120, 1), (300, 12), (600, 12)]
)
def test_load_that_flaps_around_the_threshold_moves_the_fleet_at_most_so_often(
    half_period_seconds: int, removals_an_hour: int
) -> None:
    """What is shorter than the five calm minutes never counts as calm; what is longer is followed."""
    watched = Watched(_ours())
    fleet = Fleet(service=SERVICE, min_replicas=1, max_replicas=8)
    # One replica of 16 slots takes 2.7 requests of 6 s a second.
    load = (2.5, 3.2)
    hours = 3
    simulate(fleet, watched, lambda now: load[now // half_period_seconds % 2], seconds=hours * 3600)
    assert max(watched.sizes) > 1
    assert len(watched.removals()) <= hours * removals_an_hour


@pytest.mark.parametrize("rule", [_ours(), HuggingFaceRule(), HorizontalPodAutoscaler()])
def test_every_rule_follows_a_rise_and_a_fall(rule: Rule) -> None:
    watched = _run(
        rule, [1, 1, 20, 20, 20, 20, 20, 20, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], seconds=6000
    )
    assert watched.sizes[500] == 1
    assert max(watched.sizes) >= 7
    assert watched.sizes[-1] < max(watched.sizes)


def test_one_step_is_absorbed_until_the_machine_serves() -> None:
    """Why steps grow with the breach: with +1 alone a second machine waits for the first."""
    rule = _ours()
    one_step = dataclasses.replace(rule.scaling, up_steps=rule.scaling.up_steps[:1])
    alone = _run(AwsRule(one_step), [7.0], seconds=1200).sizes
    first = alone.index(2)
    absorbed = alone[first : first + SERVICE.startup_seconds + one_step.warmup_seconds]
    assert set(absorbed) == {2}
    assert max(alone) > 2
    grown = _run(rule, [7.0], seconds=1200).sizes
    assert grown[first + 60] > 2


@pytest.mark.parametrize(
    ("samples", "acts"),
    [
        ([2.0] * 20, [19]),
        ([1.0] * 20, []),
        ([2.0] * 100, [19, 79]),  # again each minute while it lasts
        ([None] * 40, []),
        ([2.0] * 20 + [None] * 40 + [2.0] * 20, [19, 79]),
    ],
)
def test_an_alarm_of_twenty_seconds(samples: list[float | None], acts: list[int]) -> None:
    alarm = Alarm(
        AlarmSettings(period_seconds=20, evaluation_periods=1, breaches=lambda value: value > 1.5)
    )
    acted: list[int] = []
    for now, value in enumerate(samples):
        alarm.sample(value)
        if alarm.acts(now):
            acted.append(now)
    assert acted == acts


def test_five_calm_minutes_are_five_and_one_gap_begins_anew() -> None:
    alarm = Alarm(
        AlarmSettings(period_seconds=60, evaluation_periods=5, breaches=lambda value: value < 1)
    )
    acted: list[int] = []
    for now in range(900):
        alarm.sample(None if 180 <= now < 240 else 0.5)
        if alarm.acts(now):
            acted.append(now)
    assert acted[0] == 539
