"""One endpoint that lives: made by the real engine, started by the files that ship, asked through its load balancer.

What it does under load is in tests/live; here it is seen that the parts are joined.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.live.traffic import CHAT
from tests.live.stack import DOMAIN, LiveStack, live_stack, wait

pytestmark = pytest.mark.timeout(420)

ENDPOINT = "llama-8b"
JANE = {"authorization": "Bearer hf_jane_0123456789abcdef"}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveStack]:
    with live_stack(tmp_path_factory.mktemp("live")) as running:
        for other in ("bge-small", "qwen-32b"):
            for file in running.project.spec_file(other).parent.glob(f"{other}.*"):
                file.unlink()
        yield running


def _ask(stack: LiveStack, headers: dict[str, str]) -> tuple[int, str]:
    connection = stack.live.connect("public", f"{ENDPOINT}.{DOMAIN}")
    question = {"model": ENDPOINT, "messages": [{"role": "user", "content": "hello"}]}
    try:
        connection.request("POST", CHAT, json.dumps({**question, "stream": True}), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_machine_that_cannot_start_says_why_and_another_one_is_tried(stack: LiveStack) -> None:
    """The Hub is down for its weights: the unit fails, the launch is given up, the reason is in the log group."""
    stack.live.set_faults(machine=["hub-down"])
    stack.project.up()
    wait(lambda: bool(stack.machines(ENDPOINT)), "a machine")
    first = stack.machines(ENDPOINT)[0]["id"]
    wait(lambda: first not in {one["id"] for one in stack.machines(ENDPOINT)}, "given up")
    stack.live.set_faults()
    logs = stack.project.homeport("logs", f"stacks/demo/{ENDPOINT}.yaml").stdout
    assert "weights: three attempts did not give the locked files" in logs


def test_it_answers_whom_it_should(stack: LiveStack) -> None:
    wait(lambda: stack.has(ENDPOINT, 1), "in service")
    # Until the reconciler has turned the rule the gate answers, and redirects.
    wait(lambda: _ask(stack, JANE)[0] == 200, "the replica answers")
    status, text = _ask(stack, JANE)
    assert status == 200
    assert text.endswith("data: [DONE]\n\n")
    assert _ask(stack, {})[0] == 401
    stack.project.homeport("status", "demo", "--wait")


def test_a_second_up_changes_nothing_of_what_lives(stack: LiveStack) -> None:
    stack.project.up("--expect-no-changes")


def test_it_ends_without_a_trace(stack: LiveStack) -> None:
    folders = [Path(one["folder"]) for one in stack.machines(ENDPOINT)]
    stack.project.destroy()
    assert stack.live.describe()["groups"] == {}
    assert stack.live.describe()["listeners"] == []
    assert all(folder.exists() for folder in folders), "their journals stay until the sandbox ends"
