"""So many requests at a time, the others in their order; who leaves gives the place back."""

import http.client
import json
from pathlib import Path

from tests.unit.sandbox.engine_process import CHAT, HOUR, Engine, in_background, running_engine
from tests.until import until

RUNNING, WAITING = "vllm:num_requests_running", "vllm:num_requests_waiting"


def _until_gauges(one: Engine, running: int, waiting: int) -> None:
    def now() -> bool:
        return (one.gauge(RUNNING), one.gauge(WAITING)) == (running, waiting)

    until(now, f"{running} running, {waiting} waiting")


def test_the_rest_waits_in_its_order(tmp_path: Path) -> None:
    with running_engine(tmp_path, concurrency=2, first_token_seconds=HOUR) as one:
        asked = []
        for number in range(5):
            asked.append(in_background(one, f"r{number}", stream=number % 2 == 0))
            _until_gauges(one, min(number + 1, 2), max(0, number - 1))
        # Those that wait are not executed: they could still be sent elsewhere.
        assert one.executed() == ["r0", "r1"]

        one.set(concurrency=2)
        assert [each.answer()[0] for each in asked] == [200] * 5
        assert one.executed() == ["r0", "r1", "r2", "r3", "r4"]
        _until_gauges(one, 0, 0)
        assert one.gauge("vllm:request_queue_time_seconds_count") == 5


def test_a_client_that_leaves_gives_its_place_back(tmp_path: Path) -> None:
    with running_engine(tmp_path, concurrency=1, first_token_seconds=HOUR) as one:
        clients = []
        for number in range(3):
            client = http.client.HTTPConnection("127.0.0.1", one.port, timeout=60)
            body = json.dumps({"messages": "x", "max_tokens": 1})
            client.request("POST", CHAT, body, {"x-test-id": f"r{number}"})
            _until_gauges(one, 1, number)
            clients.append(client)
        clients[1].close()  # from the queue
        _until_gauges(one, 1, 1)
        clients[0].close()  # from the batch
        _until_gauges(one, 1, 0)
        assert one.executed() == ["r0", "r2"]
        one.set(concurrency=1)
        assert clients[2].getresponse().status == 200
        clients[2].close()
        assert one.gauge("vllm:request_success_total") == 1


def test_tgi_refuses_what_is_too_much(tmp_path: Path) -> None:
    command = ("--model-id", "/repository", "--max-concurrent-requests", "1")
    with running_engine(tmp_path, "tgi", command, first_token_seconds=HOUR) as one:
        first = in_background(one, "r0")
        until(lambda: one.gauge("tgi_batch_current_size") == 1, "one runs")
        status, body = one.chat("r1")
        assert (status, json.loads(body)["error_type"]) == (429, "overloaded")
        one.set()
        assert first.answer()[0] == 200
        assert one.executed() == ["r0"]


def test_requests_follow_each_other_on_a_connection(tmp_path: Path) -> None:
    with running_engine(tmp_path) as one:
        client = http.client.HTTPConnection("127.0.0.1", one.port, timeout=60)
        for number in range(20):
            body = json.dumps({"prompt": "x", "max_tokens": 1}).encode()
            # Every second body comes in chunks, as a gateway sends those of unknown length.
            pieces = iter([body[:5], body[5:]]) if number % 2 else body
            headers = {"x-test-id": f"r{number}"}
            client.request(
                "POST", "/v1/completions", pieces, headers, encode_chunked=bool(number % 2)
            )
            answer = client.getresponse()
            assert answer.status == 200, answer.read()
            answer.read()
        client.close()
        assert one.executed() == [f"r{number}" for number in range(20)]
