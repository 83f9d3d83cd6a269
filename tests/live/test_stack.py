"""What `pulumi up` makes, under load: every request passes the stack's own load balancers, gateways and agents.

The tests share one stack and go on from where the one before ended, in the order of this file.
"""

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

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
        running.live.set_faults(
            engine={"executed_folder": str(tmp_path_factory.mktemp("executed"))}
        )
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
    connection = stack.live.connect(PRIVATE_ENDPOINT, f"{CHAT_ENDPOINT}.{DOMAIN}")
    connection.request("GET", "/v1/models", headers=JANE)
    assert connection.getresponse().status == 404
    connection.close()
    connection = stack.live.connect("public", f"{PRIVATE_ENDPOINT}.{DOMAIN}")
    connection.request("GET", "/v1/models")
    assert connection.getresponse().status == 404
    connection.close()


def _through(stack: LiveStack, prefix: str, change: Callable[[], None]) -> Traffic:
    """All the traffic, with the change in its middle; prints what became of it."""
    traffic = Traffic(_connect(stack, CHAT_ENDPOINT), JANE, model=CHAT_ENDPOINT, prefix=prefix)
    with traffic.running(short=SHORT, streams=STREAMS):
        wait(lambda: traffic.short.sent > SHORT // 10, "some traffic")
        change()
    Console().print(
        f"\n  {prefix} short: {traffic.short.sent} sent, {traffic.short.lost} lost "
        f"{dict(traffic.short.statuses)}\n  streams: {traffic.streams.sent} sent, "
        f"{traffic.streams.lost} lost or cut {dict(traffic.streams.statuses)}"
    )
    return traffic


def test_load_makes_it_grow(stack: LiveStack) -> None:
    stack.live.set_faults(engine={"concurrency": 4, "first_token_seconds": 0.2})
    traffic = Traffic(_connect(stack, CHAT_ENDPOINT), JANE, model=CHAT_ENDPOINT, prefix="grow-")
    with traffic.running(short=24, streams=0, short_clients=24, stream_clients=1):
        wait(lambda: stack.has(CHAT_ENDPOINT, 3), "the maximum of replicas")
        assert all(len(stack.machines(CHAT_ENDPOINT)) <= 3 for _ in range(20))
    assert traffic.short.lost == 0
    stack.live.set_faults()


def test_a_rolling_update_loses_nothing(stack: LiveStack) -> None:
    def roll() -> None:
        before = {one["id"] for one in stack.machines(CHAT_ENDPOINT)}
        stack.edit(CHAT_ENDPOINT, "VLLM_LOGGING_LEVEL: WARNING", "VLLM_LOGGING_LEVEL: INFO")
        stack.project.up()
        wait(lambda: stack.refresh_status(CHAT_ENDPOINT) == "Successful", "the rolling update")
        assert not before & {one["id"] for one in stack.machines(CHAT_ENDPOINT)}

    traffic = _through(stack, "roll-", roll)
    assert (traffic.short.lost, traffic.streams.lost) == (0, 0)


def test_calm_makes_it_shrink_and_loses_nothing(stack: LiveStack) -> None:
    wait(lambda: len(stack.serving(CHAT_ENDPOINT)) >= 2, "replicas to spare")
    traffic = Traffic(_connect(stack, CHAT_ENDPOINT), JANE, model=CHAT_ENDPOINT, prefix="calm-")
    with traffic.running(short=100, streams=2, short_clients=1, stream_clients=1):
        wait(lambda: stack.has(CHAT_ENDPOINT, 1), "one replica again")
    assert (traffic.short.lost, traffic.streams.lost) == (0, 0)
    assert Counter(one["phase"] for one in stack.machines(CHAT_ENDPOINT)) == {"InService": 1}


def test_a_machine_that_is_lost_is_replaced(stack: LiveStack) -> None:
    (machine,) = stack.machines(CHAT_ENDPOINT)
    stack.live.do(machine["id"], "lose")
    wait(
        lambda: (
            stack.has(CHAT_ENDPOINT, 1) and stack.machines(CHAT_ENDPOINT)[0]["id"] != machine["id"]
        ),
        "another one",
    )
    assert _ask(stack, CHAT_ENDPOINT, JANE)[0] == 200


def test_status_events_and_destroy(stack: LiveStack, tmp_path: Path) -> None:
    stack.project.homeport("status", "demo", "--wait")
    events = json.loads(stack.project.homeport("events", "demo", "--json").stdout)
    assert any("Terminating EC2 instance" in event["what"] for event in events)
    stack.project.destroy()
    assert stack.live.describe()["groups"] == {}
