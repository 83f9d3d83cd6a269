"""Functions as clients of AWS know them: Invoke, its errors, updates, counts."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sandbox.session import Sandbox
from tests.unit.sandbox.live.function_account import FunctionAccount, zipped
from tests.until import until

QUICK = "def handler(e, c): return {'got': e}"
HOLDS = """
import os, time
def handler(event, context):
    while not os.path.exists(event):
        time.sleep(0.01)
"""


def test_a_function_is_invoked_and_calls_the_account(account: FunctionAccount) -> None:
    """It calls the emulator while the emulator answers its own invocation."""
    code = """
import boto3
lambda_ = boto3.client("lambda")
def handler(event, context):
    found = lambda_.get_function_configuration(FunctionName=context.function_name)
    return [event, found["MemorySize"]]
"""
    account.function("api-calls", code, MemorySize=512)
    assert account.invoke("api-calls", {"x": 1}) == ([{"x": 1}, 512], None)
    assert account.counts("api-calls")["calls"] == 1


def test_a_function_may_invoke_itself(account: FunctionAccount) -> None:
    code = """
import boto3, json
lambda_ = boto3.client("lambda")
def handler(event, context):
    if event == 0:
        return "bottom"
    name = context.function_name
    answer = lambda_.invoke(FunctionName=name, Payload=json.dumps(event - 1))
    return json.loads(answer["Payload"].read())
"""
    account.function("api-recursive", code)
    assert account.invoke("api-recursive", 3) == ("bottom", None)
    assert account.counts("api-recursive")["peak"] == 4


def test_an_error_is_an_answer(account: FunctionAccount) -> None:
    account.function("api-fails", "def handler(e, c): raise KeyError('x')")
    error, kind = account.invoke("api-fails")
    assert (error["errorType"], kind) == ("KeyError", "Unhandled")


def test_what_cannot_be_invoked(account: FunctionAccount) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        account.invoke("api-nowhere")
    account.function("api-quick", QUICK)
    with pytest.raises(ClientError, match="InvalidRequestContentException"):
        account.lambda_.invoke(FunctionName="api-quick", Payload=b"{")
    dry = account.lambda_.invoke(FunctionName="api-quick", InvocationType="DryRun")
    assert dry["StatusCode"] == 204
    assert account.counts("api-quick")["invocations"] == 0


def test_a_version_is_what_it_was_and_the_newest_code_is_the_name(account: FunctionAccount) -> None:
    account.function("api-versions", "def handler(e, c): return [1, c.function_version]")
    account.lambda_.publish_version(FunctionName="api-versions")
    account.lambda_.update_function_code(
        FunctionName="api-versions",
        ZipFile=zipped("def handler(e, c): return [2, c.function_version]"),
    )
    assert account.invoke("api-versions") == ([2, "$LATEST"], None)
    assert account.invoke("api-versions", Qualifier="1") == ([1, "1"], None)


def test_new_variables_reach_the_next_invocation(account: FunctionAccount) -> None:
    account.function("api-variables", "import os\ndef handler(e, c): return os.environ.get('A')")
    assert account.invoke("api-variables") == (None, None)
    account.lambda_.update_function_configuration(
        FunctionName="api-variables", Environment={"Variables": {"A": "b"}}
    )
    assert account.invoke("api-variables") == ("b", None)


def test_too_many_at_a_time_are_refused(account: FunctionAccount) -> None:
    """Also while the rest of the account answers: nobody waits for a function but its caller."""
    account.function("api-holds", HOLDS)
    account.function("api-refused", QUICK)
    account.live.set_faults(functions={"concurrency": 10})
    go = account.folder / "go"
    with ThreadPoolExecutor(10) as pool:
        held = [pool.submit(account.invoke, "api-holds", str(go)) for _ in range(10)]
        until(lambda: account.counts("api-holds")["running"] == 10, "ten run")
        with pytest.raises(ClientError, match="TooManyRequestsException") as refused:
            account.invoke("api-refused")
        response: Any = refused.value.response
        assert response["ResponseMetadata"]["HTTPStatusCode"] == 429
        account.live.set_faults(functions={"concurrency": 100})
        assert account.invoke("api-refused", 1) == ({"got": 1}, None)
        go.touch()
        assert [one.result() for one in held] == [(None, None)] * 10
    counts = account.counts("api-refused")
    assert (counts["throttles"], counts["invocations"]) == (1, 1)


def test_a_reserved_share_of_none_switches_a_function_off(account: FunctionAccount) -> None:
    account.function("api-off", QUICK)
    account.lambda_.put_function_concurrency(FunctionName="api-off", ReservedConcurrentExecutions=0)
    until(lambda: _is_refused(account, "api-off"), "it is off")
    account.lambda_.delete_function_concurrency(FunctionName="api-off")
    until(lambda: not _is_refused(account, "api-off"), "it is on")


def _is_refused(account: FunctionAccount, name: str) -> bool:
    try:
        account.invoke(name)
    except account.lambda_.exceptions.TooManyRequestsException:
        return True
    return False


def test_an_asynchronous_invocation_is_tried_again(account: FunctionAccount) -> None:
    """After one minute, then two, of the account's clock: nine seconds here."""
    arn = account.recorder("api-async")
    account.let_fail("api-async", fail=True)
    answer = account.lambda_.invoke(FunctionName=arn, InvocationType="Event", Payload=b'{"n": 1}')
    assert answer["StatusCode"] == 202
    until(lambda: len(account.recorded("api-async")) == 1, "the first try")
    account.let_fail("api-async", fail=False)
    until(lambda: account.live.pending_events() == 0, "another try")
    tries = account.recorded("api-async")
    assert len(tries) in (2, 3)
    assert {one["n"] for one in tries} == {1}


def test_what_a_function_prints_is_in_its_log_group_where_there_is_one(
    account: FunctionAccount,
) -> None:
    logs = account.client("logs")
    group = "/aws/lambda/api-prints"
    account.function("api-prints", "def handler(e, c):\n    print('one\\ntwo')\n    return 1 / 0")
    account.invoke("api-prints")
    assert "ZeroDivisionError" in Path(account.counts("api-prints")["log"]).read_text()
    logs.create_log_group(logGroupName=group)

    def lines() -> list[str]:
        found = logs.filter_log_events(logGroupName=group)["events"]
        return [one["message"] for one in found]

    until(lambda: lines()[:2] == ["one", "two"], "its lines")
    until(lambda: "ZeroDivisionError: division by zero" in lines(), "its error")
    account.invoke("api-prints")
    until(lambda: lines().count("one") == 2, "those of the second invocation, and no line twice")


def test_processes_end_with_their_account_even_where_it_is_killed() -> None:
    sandbox = Sandbox(time_scale=20)
    with sandbox:
        own = FunctionAccount(sandbox, sandbox.folder)
        own.function("pid", "import os\ndef handler(e, c): return os.getpid()")
        process = Path(f"/proc/{own.invoke('pid')[0]}/cmdline")
        assert sandbox._emulator is not None
        sandbox._emulator.kill()
        until(lambda: not process.exists(), "it ends by itself")
