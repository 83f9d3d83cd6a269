"""Functions as processes: what a handler sees and answers, and how it ends."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sandbox.live.functions.concurrency import OF_ACCOUNT, OF_FUNCTION
from sandbox.live.functions.function import Answer, Function, ThrottledError
from sandbox.live.functions.runner import FunctionRunner
from tests.unit.sandbox.live.function_account import zipped
from tests.until import until

MIB = 1024


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[FunctionRunner]:
    made = FunctionRunner(tmp_path, {"HOMEPORT_HUB": "hub"}, time_scale=1, timeout_seconds_min=0.5)
    yield made
    made.close()


def _function(code: str, name: str = "f", **settings: Any) -> Function:
    given: dict[str, Any] = {
        "name": name,
        "version": "$LATEST",
        "arn": f"arn:{name}",
        "handler": "main.handler",
        "environment": {"COLOUR": "red"},
        "timeout_seconds": 60.0,
        "memory_mib": 256,
        "log_group": "/aws/lambda/f",
        "code_sha256": code,
        "code": zipped(code),
    }
    return Function(**{**given, **settings})


def _error(answer: Answer) -> tuple[str, str]:
    assert answer.is_error
    found = json.loads(answer.payload)
    return found["errorType"], found["errorMessage"]


def test_a_handler_gets_its_event_its_context_and_its_environment(runner: FunctionRunner) -> None:
    code = """
import os
def handler(event, context):
    names = ("COLOUR", "HOMEPORT_HUB", "AWS_LAMBDA_FUNCTION_NAME", "AWS_ACCESS_KEY_ID", "HOME")
    found = [os.environ.get(name) for name in names]
    return [event, found, context.memory_limit_in_mb, 0 < context.get_remaining_time_in_millis()]
"""
    answer = runner.invoke(_function(code), '{"x": [1, "é"]}')
    environment = ["red", "hub", "f", "function-f", None]
    assert json.loads(answer.payload) == [{"x": [1, "é"]}, environment, "256", True]


def test_only_what_lambda_has_can_be_imported(runner: FunctionRunner) -> None:
    """An archive that forgets a module must fail here as it would there."""
    code = """
import importlib.util
def handler(event, context):
    return [name for name in event if importlib.util.find_spec(name)]
"""
    names = ["boto3", "botocore", "json", "sandbox", "homeport", "dataplane", "pydantic", "moto"]
    answer = runner.invoke(_function(code), json.dumps(names))
    assert json.loads(answer.payload) == ["boto3", "botocore", "json"]


@pytest.mark.parametrize(
    ("code", "kind", "text"),
    [
        ("def handler(e, c): raise ValueError('no')", "ValueError", "no"),
        ("def handler(e, c): return {1}", "Runtime.MarshalError", "not JSON serializable"),
        ("def handler(e, c): raise SystemExit(2)", "Runtime.ExitError", "exit status 2"),
        ("import os\ndef handler(e, c): os._exit(1)", "Runtime.ExitError", "Runtime exited"),
        ("import nowhere", "Runtime.ImportModuleError", "No module named 'nowhere'"),
        ("other = 1", "Runtime.HandlerNotFound", "has no attribute 'handler'"),
        ("((", "SyntaxError", "was never closed"),
    ],
    ids=["raises", "answers no JSON", "exits", "dies", "import", "no handler", "syntax"],
)
def test_what_goes_wrong_is_an_error_of_the_function(
    runner: FunctionRunner, code: str, kind: str, text: str
) -> None:
    found = _error(runner.invoke(_function(code), "{}"))
    assert found[0] == kind
    assert text in found[1]
    assert runner.describe()["f"]["errors"] == 1
    assert json.loads(runner.invoke(_function("def handler(e, c): return 7"), "{}").payload) == 7


def test_an_invocation_ends_with_its_time(runner: FunctionRunner, tmp_path: Path) -> None:
    """Its caller gets an error, and what it was doing stops."""
    code = f"""
import time
def handler(event, context):
    while True:
        time.sleep(0.01)
        with open({str(tmp_path / "steps")!r}, "a") as file:
            file.write(".")
"""
    found = _error(runner.invoke(_function(code, timeout_seconds=0.2), "{}"))
    assert found[0] == "Sandbox.Timedout"
    assert "Task timed out after 0.20 seconds" in found[1]
    assert runner.describe()["f"]["timeouts"] == 1
    steps = tmp_path / "steps"
    sizes = [0]

    def stands() -> bool:
        sizes.append(steps.stat().st_size)
        return sizes[-3:] == [sizes[-1]] * 3

    until(stands, "no more steps")


def test_a_thousand_run_at_a_time(runner: FunctionRunner) -> None:
    code = """
import threading
all_here = threading.Barrier(1000)
def handler(event, context):
    all_here.wait(60)
    return event
"""
    function = _function(code)
    with ThreadPoolExecutor(1000) as pool:
        answers = list(pool.map(lambda one: runner.invoke(function, str(one)), range(1000)))
    assert [int(one.payload) for one in answers] == list(range(1000))
    assert runner.describe()["f"]["peak"] == 1000


def test_the_memory_of_a_thousand_is_bounded(runner: FunctionRunner) -> None:
    code = """
import threading
all_here = threading.Barrier(1000)
def handler(event, context):
    all_here.wait(60)
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
"""
    function = _function(code)
    with ThreadPoolExecutor(1000) as pool:
        answers = list(pool.map(lambda _: runner.invoke(function, "{}"), range(1000)))
    assert max(int(one.payload) for one in answers) < 200 * MIB


def _hold(runner: FunctionRunner, function: Function, count: int) -> list[threading.Thread]:
    """So many invocations that run until the runner closes."""
    threads = [
        threading.Thread(target=lambda: runner.invoke(function, "{}"), daemon=True)
        for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    until(lambda: runner.describe()[function.name]["running"] == count, "all run")
    return threads


HOLDS = "import time\ndef handler(e, c): time.sleep(60)"
QUICK = "def handler(e, c): return 1"


def test_no_more_run_than_the_account_allows(runner: FunctionRunner) -> None:
    runner.concurrency.limit = 3
    holds, other = _function(HOLDS), _function(QUICK, "other")
    runner.keep_only([holds, other])
    threads = _hold(runner, holds, 3)
    with pytest.raises(ThrottledError, match=OF_ACCOUNT):
        runner.invoke(other, "{}")
    assert runner.describe()["other"]["throttles"] == 1
    runner.concurrency.limit = 4
    assert runner.invoke(other, "{}").payload == "1"
    runner.close()
    for thread in threads:
        thread.join()
    assert runner.concurrency.describe()["f"]["running"] == 0


def test_a_reservation_is_a_share_and_a_bound(runner: FunctionRunner) -> None:
    runner.concurrency.limit = 5
    reserved, other = _function(HOLDS, reserved=2), _function(HOLDS, "other")
    runner.keep_only([reserved, other])
    _hold(runner, other, 3)
    with pytest.raises(ThrottledError, match=OF_ACCOUNT):
        runner.invoke(other, "{}")
    _hold(runner, reserved, 2)
    with pytest.raises(ThrottledError, match=OF_FUNCTION):
        runner.invoke(reserved, "{}")


def test_other_code_takes_another_process_and_the_old_one_finishes(
    runner: FunctionRunner, tmp_path: Path
) -> None:
    code = """
import os, time
def handler(event, context):
    while event and not os.path.exists(event):
        time.sleep(0.01)
    return "OLD"
"""
    old, new = _function(code), _function(code.replace("OLD", "NEW"))
    signal = tmp_path / "go"
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(runner.invoke, old, json.dumps(str(signal)))
        until(lambda: runner.concurrency.describe().get("f", {}).get("running") == 1, "it runs")
        assert runner.invoke(new, "null").payload == '"NEW"'
        signal.touch()
        assert first.result().payload == '"OLD"'


def test_a_killed_function_is_an_error_and_then_as_new(
    runner: FunctionRunner, tmp_path: Path
) -> None:
    holds = _function(HOLDS.replace(":", f": open({str(tmp_path / 'runs')!r}, 'w').close();"))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(runner.invoke, holds, "{}")
        until((tmp_path / "runs").exists, "it runs")
        runner.kill("f")
        assert _error(first.result())[0] == "Runtime.ExitError"
    assert runner.invoke(_function(QUICK), "{}").payload == "1"


def test_processes_end_with_the_function_and_with_the_runner(runner: FunctionRunner) -> None:
    code = "import os\ndef handler(e, c): return os.getpid()"
    kept, gone = _function(code, "kept"), _function(code, "gone")
    pids = [int(runner.invoke(one, "{}").payload) for one in (kept, gone)]
    runner.keep_only([kept])
    assert [_runs(pid) for pid in pids] == [True, False]
    runner.close()
    assert not _runs(pids[0])


def _runs(pid: int) -> bool:
    return Path(f"/proc/{pid}/cmdline").exists()
