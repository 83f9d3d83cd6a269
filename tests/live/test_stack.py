"""What `pulumi up` makes, under load: every request passes the stack's own load balancers, gateways and agents.

The tests share one stack and go on from where the one before ended, in the order of this file.
"""

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from rich.console import Console

from sandbox.live.traffic import CHAT, Traffic
from tests.live.stack import DOMAIN, LiveStack, live_stack, wait

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]

JANE = {"authorization": "Bearer hf_jane_0123456789abcdef"}
JOE = {"authorization": "Bearer hf_joe_0123456789abcdef"}
CHAT_ENDPOINT, PRIVATE_ENDPOINT, CPU_ENDPOINT = "llama-8b", "qwen-32b", "bge-small"
SHORT, STREAMS = 10_008, 200


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with live_stack(tmp_path_factory.mktemp("live")) as running:
        running.edit(CHAT_ENDPOINT, "max: 2", "max: 3")
        running.edit(CHAT_ENDPOINT, "maxRequestSeconds: 900", "maxRequestSeconds: 60")
        running.project.up()
        yield running


def _connect(stack: LiveStack, endpoint: str) -> Callable[[], http.client.HTTPConnection]:
    side = PRIVATE_ENDPOINT if endpoint == PRIVATE_ENDPOINT else "public"
    return lambda: stack.live.connect(side, f"{endpoint}.{DOMAIN}")


def _ask(
    stack: LiveStack, endpoint: str, headers: dict[str, str], path: str = CHAT
) -> tuple[int, str]:
    connection = _connect(stack, endpoint)()
    content = {
        "model": endpoint,
        "stream": True,
        "max_tokens": 5,
        "messages": [{"role": "user", "content": "hello"}],
    }
    connection.request("POST", path, json.dumps(content), headers)
    answer = connection.getresponse()
    try:
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_every_endpoint_comes_into_service(stack: LiveStack) -> None:
    for endpoint in (CHAT_ENDPOINT, PRIVATE_ENDPOINT, CPU_ENDPOINT):
        wait(lambda name=endpoint: stack.has(name, 1), f"{endpoint} in service")


def test_who_is_let_in(stack: LiveStack) -> None:
    status, text = _ask(stack, CHAT_ENDPOINT, JANE)
    assert (status, text.count('"content"')) == (200, 5)
    assert text.endswith("data: [DONE]\n\n")
    status, text = _ask(stack, CHAT_ENDPOINT, JOE)
    error = json.loads(text)["error"]
    assert (status, error["code"]) == (403, 403)
    assert error["message"] == "this account is not on the endpoint's list"
    assert _ask(stack, CHAT_ENDPOINT, {})[0] == 401
    assert _ask(stack, CHAT_ENDPOINT, JANE, "/metrics")[0] == 404
    assert _ask(stack, PRIVATE_ENDPOINT, {})[0] == 200


def test_a_private_way_in_knows_no_other_host(stack: LiveStack) -> None:
    for load_balancer, endpoint in (
        (PRIVATE_ENDPOINT, CHAT_ENDPOINT),
        ("public", PRIVATE_ENDPOINT),
    ):
        connection = stack.live.connect(load_balancer, f"{endpoint}.{DOMAIN}")
        connection.request("GET", "/v1/models", headers=JANE)
        assert connection.getresponse().status == 404
        connection.close()


def test_a_live_edit_is_in_force_within_a_minute_and_rolls_nothing(stack: LiveStack) -> None:
    stack.edit(CHAT_ENDPOINT, "allow: [org/acme]", "allow: [org/acme, org/other]")
    stack.project.up()
    edited = stack.live.describe()["now"]
    wait(lambda: _ask(stack, CHAT_ENDPOINT, JOE)[0] == 200, "the new organization is let in")
    assert stack.live.describe()["now"] - edited < 60
    assert {one["version"] for one in stack.machines(CHAT_ENDPOINT)} == {"1"}
    assert stack.refresh_status(CHAT_ENDPOINT) == "none"


def _through(stack: LiveStack, prefix: str, change: Callable[[], None]) -> Traffic:
    """All the traffic, with the change in its middle; prints what became of it. Nothing runs twice."""
    traffic = Traffic(_connect(stack, CHAT_ENDPOINT), JANE, model=CHAT_ENDPOINT, prefix=prefix)
    with traffic.running(short=SHORT, streams=STREAMS):
        wait(lambda: traffic.short.sent > SHORT // 10, "some traffic")
        change()
    executed = stack.executed()
    doubled = [name for name, times in executed.items() if times > 1 and name != "-"]
    missing = (traffic.short.answered | traffic.streams.answered) - set(executed)
    Console().print(
        f"\n  {prefix}: {traffic.short.sent} short, {traffic.short.lost} lost {dict(traffic.short.statuses)};"
        f" {traffic.streams.sent} streams, {traffic.streams.lost} lost or cut {dict(traffic.streams.statuses)};"
        f" {len(doubled)} doubled {dict(traffic.short.refusals)}"
    )
    assert (doubled, missing) == ([], set())
    return traffic


def _nothing_was_lost(traffic: Traffic) -> None:
    assert (traffic.short.lost, traffic.streams.lost) == (0, 0)


def test_load_makes_it_grow_and_never_above_its_maximum(stack: LiveStack) -> None:
    stack.live.set_faults(engine={"first_token_seconds": 0.3})
    traffic = Traffic(_connect(stack, CHAT_ENDPOINT), JANE, model=CHAT_ENDPOINT, prefix="grow-")
    most = 0
    with traffic.running(short=24, streams=0, short_clients=24, stream_clients=1):
        while most < 3 or not stack.has(CHAT_ENDPOINT, 3):
            wait(lambda: len(stack.machines(CHAT_ENDPOINT)) > 1, "a second machine")
            most = max(most, len(stack.machines(CHAT_ENDPOINT)))
            assert most <= 3
    assert traffic.short.lost == 0
    stack.live.set_faults()


def test_an_agent_that_is_restarted(stack: LiveStack) -> None:
    """Callers wait a moment: Envoy asks again, and a token is never let in on a guess."""
    one = stack.serving(CHAT_ENDPOINT)[0]
    _nothing_was_lost(_through(stack, "agent", lambda: stack.live.do(one["id"], "restart-agent")))


def test_an_engine_that_is_killed(stack: LiveStack) -> None:
    """What it was answering is cut, and says so; the replica is out of rotation until it answers again."""

    def kill() -> None:
        one = stack.serving(CHAT_ENDPOINT)[0]
        stack.live.do(one["id"], "kill-engine")
        wait(lambda: not stack.has(CHAT_ENDPOINT, 3), "out of rotation")
        wait(lambda: stack.has(CHAT_ENDPOINT, 3), "all serve again")

    traffic = _through(stack, "engine", kill)
    assert set(traffic.short.statuses) <= {"200", "502", "503", "504"}
    assert traffic.short.lost < SHORT // 20
    # A stream that ended as streams do, and was not whole.
    assert traffic.streams.statuses["looks whole"] == 0


def test_a_gateway_that_is_restarted(stack: LiveStack) -> None:
    """By hand, without taking it out of the load balancer: it says so itself, and lets running answers end."""

    def restart() -> None:
        one = stack.serving(CHAT_ENDPOINT)[0]
        stack.live.do(one["id"], "restart-gateway")
        wait(lambda: not stack.has(CHAT_ENDPOINT, 3), "out of rotation")
        wait(lambda: stack.has(CHAT_ENDPOINT, 3), "all serve again")

    _nothing_was_lost(_through(stack, "gateway", restart))


def test_a_rolling_update_loses_nothing(stack: LiveStack) -> None:
    def roll() -> None:
        before = {one["id"] for one in stack.machines(CHAT_ENDPOINT)}
        stack.edit(CHAT_ENDPOINT, "VLLM_LOGGING_LEVEL: WARNING", "VLLM_LOGGING_LEVEL: INFO")
        stack.project.up()
        wait(lambda: stack.refresh_status(CHAT_ENDPOINT) == "Successful", "the rolling update")
        assert not before & {one["id"] for one in stack.machines(CHAT_ENDPOINT)}

    _nothing_was_lost(_through(stack, "roll", roll))


def test_a_spot_notice_drains_and_loses_nothing(stack: LiveStack) -> None:
    def notice() -> None:
        one = stack.serving(CHAT_ENDPOINT)[0]["id"]
        stack.live.do(one, "spot-notice")
        wait(
            lambda: any(
                machine["id"] == one and machine["target"] == "unhealthy"
                for machine in stack.machines(CHAT_ENDPOINT)
            ),
            "out of rotation",
        )
        wait(
            lambda: one not in {machine["id"] for machine in stack.machines(CHAT_ENDPOINT)},
            "another machine in its place",
        )

    _nothing_was_lost(_through(stack, "spot", notice))


def test_scale_in_loses_nothing(stack: LiveStack) -> None:
    wait(lambda: len(stack.serving(CHAT_ENDPOINT)) > 1, "a replica to spare")
    before = _ids(stack)
    autoscaling = stack.sandbox.boto3_client("autoscaling")

    def shrink() -> None:
        autoscaling.set_desired_capacity(
            AutoScalingGroupName="homeport-demo.llama-8b", DesiredCapacity=len(before) - 1
        )
        wait(lambda: not before <= _ids(stack), "one of them is gone")

    _nothing_was_lost(_through(stack, "scale-in", shrink))


def test_calm_makes_it_shrink_to_its_minimum_and_no_further(stack: LiveStack) -> None:
    wait(lambda: stack.has(CHAT_ENDPOINT, 1), "one replica again")
    calm = stack.live.describe()["now"]
    wait(lambda: stack.live.describe()["now"] > calm + 600, "ten more minutes of calm")
    assert Counter(one["phase"] for one in stack.machines(CHAT_ENDPOINT)) == {"InService": 1}


def test_a_machine_that_is_lost_is_replaced(stack: LiveStack) -> None:
    (machine,) = stack.machines(CHAT_ENDPOINT)
    stack.live.do(machine["id"], "lose")
    wait(lambda: machine["id"] not in _ids(stack) and stack.has(CHAT_ENDPOINT, 1), "another one")
    assert _ask(stack, CHAT_ENDPOINT, JANE)[0] == 200


def _ids(stack: LiveStack) -> set[str]:
    return {one["id"] for one in stack.machines(CHAT_ENDPOINT)}


def test_status_events_and_destroy(stack: LiveStack) -> None:
    stack.project.homeport("status", "demo", "--wait")
    events = json.loads(stack.project.homeport("events", "demo", "--json").stdout)
    assert any("Terminating EC2 instance" in event["what"] for event in events)
    stack.project.destroy()
    assert stack.live.describe()["groups"] == {}
