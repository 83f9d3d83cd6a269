"""The reconciler's calls, against moto: from a wake to a route, and back to nothing."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from dataplane.wake.aws import reconciler
from dataplane.wake.aws.account import Account
from dataplane.wake.aws.reconciler import AwsCloud
from dataplane.wake.aws.table import Table, command_key, config_key, state_key, wake_key
from dataplane.wake.model import ASLEEP, AWAKE, DRAINING, GATE, PAUSED, REPLICAS, WAKING
from dataplane.wake.observe import route_of
from dataplane.wake.plain_item import Item
from dataplane.wake.reconcile import MACHINE_WATCH_SECONDS, run
from dataplane.wake.state_item import state_of

REGION, TABLE, GROUP = "us-east-1", "homeport-demo", "homeport-demo.chat"


class Clock:
    """Virtual: whoever sleeps moves it."""

    def __init__(self) -> None:
        self.at = 1_800_000_000.0


class Cloud(AwsCloud):
    """By a clock of its own."""

    def __init__(self, account: Account, table: Table, clock: Clock) -> None:
        super().__init__(account, table)
        self._clock = clock

    def now(self) -> float:
        return self._clock.at

    def sleep(self, seconds: float) -> None:
        self._clock.at += seconds


class Stack:
    """One endpoint in moto's account."""

    def __init__(self) -> None:
        self.clients: dict[str, Any] = {}
        sdk: Any = boto3
        for service in ("ec2", "elbv2", "autoscaling", "dynamodb"):
            self.clients[service] = sdk.client(service, region_name=REGION)
        self._add_rule()
        template = self._add_group()
        self.clients["dynamodb"].create_table(
            TableName=TABLE, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        )  # fmt: skip
        self.clock = Clock()
        self.table = Table(self.clients["dynamodb"], TABLE)
        self.cloud = Cloud(Account("demo"), self.table, self.clock)
        self.config: dict[str, Any] = {
            "min_replicas": 0, "max_replicas": 2, "scale_to_zero_after_seconds": 3600, "startup_seconds": 600,
            "max_request_seconds": 900, "wanted_template_id": template, "wanted_template_version": "1",
            "rule_arn": self.rule, "target_group_arn": self.replicas, "gate_target_group_arn": self.gate,
        }  # fmt: skip
        self.table.put(config_key("chat"), self.config)

    def _add_rule(self) -> None:
        """A rule that points at the gate, on a load balancer of two subnets."""
        ec2, elb = self.clients["ec2"], self.clients["elbv2"]
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.subnets: list[str] = []
        for number, zone in enumerate("ab"):
            subnet = ec2.create_subnet(
                VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}"
            )
            self.subnets.append(subnet["Subnet"]["SubnetId"])
        arns: list[str] = []
        for name in ("replicas", "gate"):
            made = elb.create_target_group(Name=name, Protocol="HTTPS", Port=8443, VpcId=vpc)
            arns.append(made["TargetGroups"][0]["TargetGroupArn"])
        self.replicas, self.gate = arns
        balancer = elb.create_load_balancer(Name="lb", Subnets=self.subnets)["LoadBalancers"][0]
        listener = elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}],
        )["Listeners"][0]  # fmt: skip
        weighted = [
            {"TargetGroupArn": self.replicas, "Weight": 0},
            {"TargetGroupArn": self.gate, "Weight": 1},
        ]
        self.rule = elb.create_rule(
            ListenerArn=listener["ListenerArn"], Priority=1,
            Conditions=[{"Field": "host-header", "Values": ["chat.example.com"]}],
            Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": weighted}}],
        )["Rules"][0]["RuleArn"]  # fmt: skip

    def _add_group(self) -> str:
        """Of no machine yet; its template."""
        ec2 = self.clients["ec2"]
        data = {
            "ImageId": ec2.describe_images()["Images"][0]["ImageId"],
            "InstanceType": "m7i.large",
        }
        made = ec2.create_launch_template(LaunchTemplateName="t", LaunchTemplateData=data)
        template = made["LaunchTemplate"]["LaunchTemplateId"]
        tags = {"homeport:stack": "demo", "homeport:endpoint": "chat"}
        self.clients["autoscaling"].create_auto_scaling_group(
            AutoScalingGroupName=GROUP, MinSize=0, MaxSize=2, DesiredCapacity=0,
            VPCZoneIdentifier=",".join(self.subnets), TargetGroupARNs=[self.replicas],
            LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
            Tags=[
                {"Key": key, "Value": value, "PropagateAtLaunch": True, "ResourceId": GROUP,
                 "ResourceType": "auto-scaling-group"}
                for key, value in tags.items()
            ],
        )  # fmt: skip
        return template

    def run(self) -> None:
        run(self.cloud, watch_seconds=0)

    def state(self) -> str:
        item = self.table.get(state_key("chat"))
        assert item is not None
        return state_of(item).name

    def route(self) -> str:
        rules = self.clients["elbv2"].describe_rules(RuleArns=[self.rule])["Rules"]
        return route_of(rules[0]["Actions"], self.replicas, self.gate)

    def sizes(self) -> tuple[int, int]:
        group = self._group()
        return group["MinSize"], group["DesiredCapacity"]

    def machine(self) -> str:
        return self._group()["Instances"][0]["InstanceId"]

    def _group(self) -> dict[str, Any]:
        client = self.clients["autoscaling"]
        answer = client.describe_auto_scaling_groups(AutoScalingGroupNames=[GROUP])
        return answer["AutoScalingGroups"][0]

    def report(self, **fields: Any) -> None:
        at = self.clock.at
        row = {
            "phase": "ready",
            "in_flight": 0,
            "pending": 0,
            "last_request_end": at - 10,
            "counts_at": at - 1,
            "at": at,
            **fields,
        }
        self.table.put(
            config_key("chat")._replace(partition="chat#replica", sort=self.machine()), row
        )

    def ask(self) -> None:
        values: Item = {"one": 1, "now": self.clock.at}
        self.table.update(wake_key("chat"), "ADD #count :one SET #at = :now", values)

    def wake(self) -> None:
        self.ask()
        self.run()
        self.clock.at += 120
        self.run()


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setattr(Account, "refresh", lambda *_: "")  # moto knows no refreshes
    with mock_aws():
        yield Stack()


def test_it_sleeps_until_asked(stack: Stack) -> None:
    stack.run()
    stack.run()
    assert (stack.state(), stack.route(), stack.sizes()) == (ASLEEP, GATE, (0, 0))


def test_a_wake_asks_for_a_machine_and_a_healthy_one_gets_the_route(stack: Stack) -> None:
    stack.ask()
    stack.run()
    assert (stack.state(), stack.route(), stack.sizes()) == (WAKING, GATE, (1, 1))
    stack.clock.at += 120
    stack.run()
    assert (stack.state(), stack.route(), stack.sizes()) == (AWAKE, REPLICAS, (1, 1))


def test_an_idle_endpoint_goes_to_zero_by_way_of_the_gate(stack: Stack) -> None:
    stack.wake()
    stack.clock.at += 3590
    stack.report()
    stack.run()
    assert stack.state() == AWAKE
    stack.clock.at += 3600
    stack.report(last_request_end=stack.clock.at - 3601)
    stack.run()
    assert (stack.state(), stack.route(), stack.sizes()) == (DRAINING, GATE, (1, 1))
    stack.run()
    stack.clock.at += 30
    stack.report(last_request_end=stack.clock.at - 3631)
    stack.run()
    assert (stack.state(), stack.route(), stack.sizes()) == (ASLEEP, GATE, (0, 0))


@pytest.mark.parametrize("counts_at", [9.0, None])
def test_counts_from_before_the_last_request_could_come_end_nothing(
    stack: Stack, counts_at: float | None
) -> None:
    """However young the report is that they came with; counts of which nobody knows the age say nothing."""
    stack.wake()
    stack.clock.at += 3600
    stack.report(last_request_end=stack.clock.at - 3601)
    stack.run()
    stack.run()
    turned = stack.clock.at
    stack.clock.at += 30
    stack.report(
        last_request_end=turned - 3601, counts_at=None if counts_at is None else turned + counts_at
    )
    stack.run()
    assert (stack.state(), stack.sizes()) == (DRAINING, (1, 1))
    stack.report(last_request_end=turned - 3601)
    stack.run()
    assert (stack.state(), stack.sizes()) == (ASLEEP, (0, 0))


def test_without_a_young_report_nothing_sleeps(stack: Stack) -> None:
    stack.wake()
    stack.clock.at += 3600
    stack.report(last_request_end=stack.clock.at - 3601)
    stack.clock.at += 90
    stack.run()
    assert stack.state() == AWAKE


def test_a_paused_endpoint_drains_and_stays_at_zero(stack: Stack) -> None:
    stack.wake()
    stack.table.put(command_key("chat"), {"paused": True})
    stack.run()
    assert (stack.state(), stack.route()) == (DRAINING, GATE)
    stack.run()
    stack.clock.at += 30
    stack.report()
    stack.run()
    assert (stack.state(), stack.sizes()) == (PAUSED, (0, 0))
    stack.ask()
    stack.run()
    assert (stack.state(), stack.sizes()) == (PAUSED, (0, 0))


def test_who_writes_second_does_nothing(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    stack.run()
    stack.ask()
    looks = stack.cloud.look(None)
    late = looks["chat"]()
    stack.run()
    monkeypatch.setattr(stack.cloud, "look", lambda _only: {"chat": lambda: late})
    monkeypatch.setattr(stack.cloud, "act", lambda *_: pytest.fail("it must not act"))
    stack.run()
    assert stack.state() == WAKING


def test_the_record_of_a_wake_has_its_phases(stack: Stack) -> None:
    stack.ask()
    stack.run()
    asked = stack.clock.at
    phases = {
        name: asked + second
        for second, name in enumerate(("machine", "image", "weights", "engine", "answered"), 1)
    }
    stack.clock.at += 120
    stack.report(phases=phases)
    stack.run()
    stack.clock.at += 5
    stack.report(phases=phases, first_request_end=stack.clock.at)
    stack.run()
    (record,) = stack.table.query("chat#wake-record")
    assert record["phases"] == {**phases, "in_service": asked + 120, "first_answer": asked + 125}
    assert record["outcome"] == "served"


def test_a_group_that_was_read_a_moment_earlier_hides_no_phase(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its machine is healthy by the time that its target is asked about."""
    stack.ask()
    stack.run()
    asked = stack.clock.at
    stack.clock.at += 120
    stack.report(phases={"machine": asked + 1, "answered": asked + 100})
    groups = Account.groups

    def earlier(account: Account) -> dict[str, Any]:
        found = {name: dict(group) for name, group in groups(account).items()}
        for group in found.values():
            group["Instances"] = [
                {**one, "LifecycleState": "Pending:Wait"} for one in group["Instances"]
            ]
        return found

    monkeypatch.setattr(Account, "groups", earlier)
    stack.run()
    (record,) = stack.table.query("chat#wake-record")
    assert record["phases"]["answered"] == asked + 100


def test_a_missing_rule_or_item_hides_no_other_endpoint(stack: Stack) -> None:
    stack.table.put(config_key("chat"), {**stack.config, "rule_arn": stack.rule[:-4] + "0000"})
    stack.run()
    assert stack.table.get(state_key("chat")) is None


def test_a_call_of_the_stream_looks_once(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciler, "_cloud", lambda: stack.cloud)
    stack.ask()
    before = stack.clock.at
    reconciler.handler({"Records": [{"eventSource": "aws:dynamodb"}]}, None)
    assert (stack.state(), stack.clock.at) == (WAKING, before)
    reconciler.handler({"source": "aws.autoscaling"}, None)  # a machine that is healthy at once
    assert (stack.state(), stack.clock.at <= before + MACHINE_WATCH_SECONDS) == (AWAKE, True)


def test_a_minutes_run_watches_until_the_next_has_begun(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciler, "_cloud", lambda: stack.cloud)
    monkeypatch.setattr(stack.cloud._account, "healthy", lambda _group: 0)
    stack.ask()
    for source, seconds in (("aws.events", 60.0), ("aws.autoscaling", 15.0), ("", 0.0)):
        before = stack.clock.at
        reconciler.handler({"source": source}, None)
        assert seconds <= stack.clock.at - before <= seconds + 10
        assert stack.state() == WAKING
