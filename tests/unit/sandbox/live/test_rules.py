"""Rules of the event bus, in time that the test moves."""

import json
from typing import Any

import pytest
from moto.events.models import Rule

from sandbox.live.aws.events.luck import Luck
from sandbox.live.aws.events.rules import RuleBoard, rate_seconds
from sandbox.live.aws.faults import EventFaults

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:f"
LAUNCHED = {
    "detail-type": "EC2 Instance Launch Successful",
    "source": "aws.autoscaling",
    "resources": [],
    "detail": {"AutoScalingGroupName": "homeport-demo.chat"},
}


class World:
    """A bus with the rules that a test puts; `sent` is what reaches the function's queue, and when."""

    def __init__(self) -> None:
        self.now = 0.0
        self.rules: dict[str, Any] = {}
        self.sent: list[tuple[float, Any]] = []
        self.permitted = True
        self.luck = {source: Luck(source) for source in ("schedule", "group")}
        here: Any = self
        self.board = RuleBoard("eu-west-1", here, here, self.luck)

    def permits(self, arn: str, service: str, source: str) -> bool:
        assert (arn, service) == (FUNCTION, "events.amazonaws.com")
        assert source in {one.arn for one in self.rules.values()}
        return self.permitted

    def put(self, arn: str, event: str, at: float) -> None:
        assert arn == FUNCTION
        self.sent.append((at, json.loads(event)))

    def rule(self, name: str, *, rate: str | None = None, pattern: Any = None, **more: Any) -> Any:
        text = None if pattern is None else json.dumps(pattern)
        rule: Any = Rule(name, "123456789012", "eu-west-1", None, text, rate, None, "default", None)
        rule.put_targets([{"Id": "f", "Arn": FUNCTION, **more}])
        self.rules[name] = rule
        return rule

    def go(self, seconds: int) -> None:
        for _ in range(seconds):
            self.now += 1
            self.board.look(self.now, self.rules)

    def times(self) -> list[float]:
        return [at for at, _ in self.sent]


def test_a_schedule_is_due_a_period_after_it_was_made_and_then_each_period() -> None:
    world = World()
    rule = world.rule("tick", rate="rate(1 minute)")
    world.go(200)
    assert world.times() == [61, 121, 181]
    event = world.sent[0][1]
    assert {**event, "id": "", "time": ""} == {
        "version": "0",
        "id": "",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "",
        "region": "eu-west-1",
        "resources": [rule.arn],
        "detail": {},
    }


def test_a_loop_that_was_late_does_not_make_up_for_it() -> None:
    world = World()
    world.rule("tick", rate="rate(1 minute)")
    world.go(1)
    world.now = 300
    world.go(60)
    assert world.times() == [301]
    world.go(120)
    assert world.times() == [301, 361, 421]


def test_a_disabled_schedule_begins_anew() -> None:
    world = World()
    rule = world.rule("tick", rate="rate(1 minute)")
    world.go(30)
    rule.disable()
    world.go(100)
    rule.enable()
    world.go(59)
    assert world.sent == []
    world.go(2)
    assert len(world.sent) == 1


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(1 hour)", 3600)],
)
def test_periods(expression: str, seconds: float) -> None:
    assert rate_seconds(World().rule("tick", rate=expression)) == seconds


def test_other_expressions_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"rule noon: found cron"):
        rate_seconds(World().rule("noon", rate="cron(0 12 * * ? *)"))


def test_an_event_goes_to_the_rules_whose_pattern_it_fits() -> None:
    world = World()
    names = [{"prefix": "homeport-demo."}], [{"prefix": "homeport-other."}]
    for number, name in enumerate(names):
        pattern = {"source": ["aws.autoscaling"], "detail": {"AutoScalingGroupName": name}}
        world.rule(str(number), pattern=pattern)
    world.rule("off", pattern={"source": ["aws.autoscaling"]}).disable()
    world.rule("schedule", rate="rate(1 minute)")
    world.board.publish(5.0, world.rules, LAUNCHED)
    assert world.times() == [5.0]
    assert world.sent[0][1]["detail"] == LAUNCHED["detail"]
    assert world.sent[0][1]["region"] == "eu-west-1"


def test_a_constant_takes_the_events_place() -> None:
    world = World()
    world.rule("tick", rate="rate(1 minute)", Input='{"tick": true}')
    world.go(61)
    assert world.sent == [(61.0, {"tick": True})]


def test_a_function_that_does_not_let_it_gets_nothing() -> None:
    world = World()
    world.permitted = False
    world.rule("group", pattern={"source": ["aws.autoscaling"]})
    world.board.publish(5.0, world.rules, LAUNCHED)
    assert (world.sent, world.board.refused) == ([], 1)


def test_each_source_has_its_own_luck() -> None:
    world = World()
    world.rule("tick", rate="rate(1 minute)")
    world.rule("group", pattern={"source": ["aws.autoscaling"]})
    faults = EventFaults(doubled=1.0, delay_seconds=(7, 7), sources=("group",))
    for luck in world.luck.values():
        luck.set_faults(faults)
    world.go(61)
    world.board.publish(70.0, world.rules, LAUNCHED)
    assert world.times() == [61.0, 77.0, 77.0]
