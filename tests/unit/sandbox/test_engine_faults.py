"""What goes wrong when the settings say so: from the start, and while it runs."""

import http.client
import json
import signal
import socket
from contextlib import suppress
from pathlib import Path

import pytest

from tests.unit.sandbox.engine_process import CHAT, HOUR, in_background, running_engine
from tests.until import until

RUNNING = {
    "vllm": "vllm:num_requests_running",
    "sglang": "sglang:num_running_reqs",
    "tgi": "tgi_batch_current_size",
    "llamacpp": "llamacpp:requests_processing",
}


def test_killed_in_the_middle_of_a_stream(tmp_path: Path) -> None:
    with running_engine(tmp_path, faults={"crash_after_tokens": 3}) as one:
        with pytest.raises(http.client.IncompleteRead) as cut:
            one.chat("r0", max_tokens=10, stream=True)
        assert one.process.wait(timeout=20) == -signal.SIGKILL
        assert cut.value.partial.count(b"data: {") == 2
        assert one.executed() == ["r0"]
    with running_engine(tmp_path) as one:
        # Another process on the same folder: both are remembered.
        assert one.chat("r1")[0] == 200
        assert one.executed() == ["r0", "r1"]


def test_killed_from_outside_says_what_was_executed(tmp_path: Path) -> None:
    with running_engine(tmp_path, concurrency=1, first_token_seconds=HOUR) as one:
        asked = in_background(one, "r0")
        until(lambda: one.gauge(RUNNING["vllm"]) == 1, "one runs")
        one.process.kill()
        with pytest.raises((OSError, http.client.HTTPException)):
            asked.answer()
        assert one.executed() == ["r0"]


def test_killed_after_so_many_requests_since_the_change(tmp_path: Path) -> None:
    with running_engine(tmp_path) as one:
        for number in range(4):
            assert one.chat(f"before-{number}")[0] == 200
        one.set(faults={"crash_after_requests": 2})
        assert one.chat("r0")[0] == 200
        assert one.process.poll() is None
        # Its answer may be there before the process is not.
        with suppress(OSError, http.client.HTTPException):
            one.chat("r1")
        assert one.process.wait(timeout=20) == -signal.SIGKILL
        assert one.executed()[-2:] == ["r0", "r1"]


@pytest.mark.parametrize("engine", ["vllm", "sglang", "llamacpp", "tei", "tgi"])
def test_memory_that_does_not_suffice(engine: str, tmp_path: Path) -> None:
    with running_engine(tmp_path, engine, ready=False, faults={"crash_at_start": True}) as one:
        assert one.process.wait(timeout=60) == 1
        assert "memory" in one.errors().lower()


def test_own_words_and_code_at_the_end(tmp_path: Path) -> None:
    faults = {"crash_at_start": True, "exit_code": 137, "log_lines": ["no such model"]}
    with running_engine(tmp_path, ready=False, faults=faults) as one:
        assert one.process.wait(timeout=60) == 137
        assert one.errors() == "no such model\n"


def test_requests_hang_while_health_does_not(tmp_path: Path) -> None:
    with running_engine(tmp_path) as one:
        one.set(faults={"hang": "requests"})
        asked = in_background(one, "r0")
        body = {"prompt": "x"}
        with pytest.raises(TimeoutError):
            one.ask("POST", "/v1/completions", body, timeout=0.3)
        assert one.health() == 200
        assert one.executed() == []
        one.set()
        assert asked.answer()[0] == 200


def test_everything_hangs(tmp_path: Path) -> None:
    with running_engine(tmp_path) as one:
        one.set(faults={"hang": "all"})
        for path in ("/health", "/metrics"):
            with pytest.raises(TimeoutError):
                one.ask("GET", path, timeout=0.3)
        one.set()
        assert one.health() == 200


def test_answers_500(tmp_path: Path) -> None:
    with running_engine(tmp_path) as one:
        one.set(faults={"error_status": 500})
        status, body = one.chat("r0")
        assert (status, json.loads(body)["error"]["code"]) == (500, 500)
        assert one.ask("GET", "/v1/models")[0] == one.health() == 200
        one.set()
        assert one.chat("r1")[0] == 200
        assert one.executed() == ["r1"]


def test_slow_start_with_a_closed_port(tmp_path: Path) -> None:
    with running_engine(tmp_path, "vllm", ready=False, load_seconds=HOUR) as one:
        assert one.health() is None
        one.set()
        until(lambda: one.health() == 200, "loaded")


def test_slow_start_with_an_open_port(tmp_path: Path) -> None:
    with running_engine(tmp_path, "llamacpp", ready=False, load_seconds=HOUR) as one:
        until(lambda: one.health() == 503, "listens")
        status, body = one.chat("r0")
        assert (status, json.loads(body)["error"]["message"]) == (503, "Loading model")
        one.set()
        until(lambda: one.health() == 200, "loaded")
        assert one.executed() == []


@pytest.mark.parametrize("engine", ["tgi", "sglang"])
def test_running_answers_end_after_sigterm(engine: str, tmp_path: Path) -> None:
    with running_engine(tmp_path, engine, first_token_seconds=HOUR) as one:
        asked = in_background(one, "r0", stream=True)
        until(lambda: one.gauge(RUNNING[engine]) == 1, "one runs")
        one.process.terminate()
        # SGLang takes requests while it ends, and its health route warns.
        stopped = 503 if engine == "sglang" else None
        until(lambda: one.health() == stopped, "stopping")
        assert one.process.poll() is None
        one.set()
        status, body = asked.answer()
        assert (status, body.endswith(b"\n\n"), body.count(b"data: {")) == (200, True, 3)
        assert one.process.wait(timeout=20) == 0


@pytest.mark.parametrize("engine", ["vllm", "llamacpp"])
def test_running_answers_are_cut_by_sigterm(engine: str, tmp_path: Path) -> None:
    """Neither waits unless it is told to; vLLM can be told, by `--shutdown-timeout`."""
    with running_engine(tmp_path, engine, first_token_seconds=HOUR) as one:
        asked = in_background(one, "r0", stream=True)
        until(lambda: one.gauge(RUNNING[engine]) == 1, "one runs")
        one.process.terminate()
        with pytest.raises((OSError, http.client.HTTPException)):
            asked.answer()
        assert one.process.wait(timeout=20) == 0


def test_an_idle_connection_does_not_hold_the_end_up(tmp_path: Path) -> None:
    with running_engine(tmp_path, "tgi") as one, socket.create_connection(("127.0.0.1", one.port)):
        one.process.terminate()
        assert one.process.wait(timeout=20) == 0


def test_what_is_no_http_gets_400(tmp_path: Path) -> None:
    with running_engine(tmp_path) as one:
        with socket.create_connection(("127.0.0.1", one.port), timeout=20) as client:
            client.sendall(b"hello\r\n\r\n")
            assert client.makefile("rb").read().startswith(b"HTTP/1.1 400 ")
        assert one.ask("POST", CHAT, {"messages": "x"})[0] == 200
