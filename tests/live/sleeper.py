"""An endpoint that sleeps, in a live stack: how it stands, and a request that follows nothing."""

import http.client
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.live.traffic import CHAT
from tests.live.stack import DOMAIN, STACK, TIME_SCALE, LiveStack, live_stack, wait

ENDPOINT = "llama-8b"
SPEC = f"stacks/{STACK}/{ENDPOINT}.yaml"
JANE = {"authorization": "Bearer hf_jane_0123456789abcdef"}
GATE, RECONCILER = f"homeport-{STACK}-gate", f"homeport-{STACK}-reconciler"
GROUP = f"homeport-{STACK}.{ENDPOINT}"
QUESTION = {"model": ENDPOINT, "messages": [{"role": "user", "content": "hello"}]}
SLEEPS = "min: 0\n  scaleToZeroAfter: 5m"


class Answer(NamedTuple):
    """Of one request."""

    status: int
    headers: dict[str, str]
    text: str


class Sleeper:
    """`llama-8b` of a stack that is up."""

    def __init__(self, stack: LiveStack) -> None:
        self.stack, self.project, self.live = stack, stack.project, stack.live
        self.door: Callable[[], http.client.HTTPConnection] = stack.live.door(
            "public", f"{ENDPOINT}.{DOMAIN}"
        )

    def item(self, kind: str) -> dict[str, dict[str, Any]]:
        """Of the table, as DynamoDB writes it; empty where there is none."""
        key = {"pk": {"S": f"{ENDPOINT}#{kind}"}, "sk": {"S": kind}}
        client = self.stack.sandbox.boto3_client("dynamodb")
        return client.get_item(TableName=f"homeport-{STACK}", Key=key).get("Item", {})

    @property
    def state(self) -> str:
        """As the reconciler wrote it; empty before its first run."""
        return self.item("state").get("state", {"S": ""})["S"]

    def size(self) -> tuple[int, int]:
        """Smallest and wanted."""
        answer = self.stack.sandbox.boto3_client("autoscaling").describe_auto_scaling_groups(
            AutoScalingGroupNames=[GROUP]
        )
        found = answer["AutoScalingGroups"][0]
        return found["MinSize"], found["DesiredCapacity"]

    def route(self) -> list[int]:
        """Weights of the endpoint's rule."""
        client = self.stack.sandbox.boto3_client("elbv2")
        rule = self.item("config")["rule_arn"]["S"]
        (found,) = client.describe_rules(RuleArns=[rule])["Rules"]
        targets = found["Actions"][-1]["ForwardConfig"]["TargetGroups"]
        return [one["Weight"] for one in targets]

    def machines(self) -> list[dict[str, Any]]:
        return self.stack.machines(ENDPOINT)

    def wait_for(self, state: str) -> None:
        wait(lambda: self.state == state, state)

    def sleep_again(self) -> None:
        wait(lambda: self.state == "ASLEEP" and not self.machines(), "asleep again")

    def seconds_to_capacity(self) -> float | None:
        """From the newest wake that the gate wrote to the machine that was asked for; real seconds. None where none
        had to be."""
        answer = self.stack.sandbox.boto3_client("autoscaling").describe_scaling_activities(
            AutoScalingGroupName=GROUP
        )
        asked = float(self.item("wake")["at"]["N"])
        launches = [
            one["StartTime"].timestamp()
            for one in answer["Activities"]
            if one["Description"].startswith("Launch")
        ]
        return min((at - asked for at in launches if at >= asked), default=None)

    def acts(self) -> list[str]:
        """Calls that the reconciler has made so far."""
        log = Path(self.live.functions()[RECONCILER]["log"])
        lines = [line for line in log.read_text().splitlines() if line.startswith('{"endpoint"')]
        events = [json.loads(line) for line in lines]
        return [one["action"] for one in events if one["event"] == "act"]

    def ask(self, path: str = CHAT, method: str = "POST", **headers: str) -> Answer:
        """One request, one answer; nothing is followed."""
        connection = self.door()
        body = json.dumps(QUESTION) if method == "POST" else None
        sent = {"content-type": "application/json", **JANE, **headers}
        try:
            connection.request(
                method, path, body, {key: value for key, value in sent.items() if value}
            )
            answer = connection.getresponse()
            found = {key.lower(): value for key, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read().decode())
        finally:
            connection.close()


@contextmanager
def sleeper(folder: Path, *, time_scale: float = TIME_SCALE) -> Iterator[Sleeper]:
    """Asleep, alone in its stack; everything ends with the block."""
    with live_stack(folder, time_scale=time_scale) as running:
        for other in ("bge-small", "qwen-32b"):
            for file in running.project.spec_file(other).parent.glob(f"{other}.*"):
                file.unlink()
        running.edit(ENDPOINT, "min: 1", SLEEPS)
        running.project.up()
        found = Sleeper(running)
        found.wait_for("ASLEEP")
        yield found
        running.project.destroy()


def tell(text: str) -> None:
    """Among the tests' output."""
    sys.stdout.write(f"\n  {text}\n")
