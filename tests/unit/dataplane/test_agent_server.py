"""The agent's socket, asked byte by byte."""

import socket
import threading
from pathlib import Path

import pytest

from dataplane.gateway.agent.readiness import READY
from dataplane.gateway.agent.server import AgentServer, Answers
from dataplane.gateway.agent.token_gate import Answer
from tests.until import until


@pytest.mark.parametrize("head", ["content-length: 5", "transfer-encoding: chunked"])
def test_what_follows_a_question_with_a_body_is_no_question(head: str, tmp_path: Path) -> None:
    path = tmp_path / "agent.sock"
    answers = Answers(lambda _authorization: Answer(401), lambda: READY)
    with AgentServer(path, answers) as server, socket.socket(socket.AF_UNIX) as envoy:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        envoy.connect(str(path))
        ready = b"GET /_homeport/ready HTTP/1.1\r\n"
        envoy.sendall(ready + head.encode() + b"\r\n\r\n" + ready + b"\r\n")
        said = b"".join(iter(lambda: envoy.recv(4096), b""))
        server.shutdown()
        thread.join()
    assert said.count(b"HTTP/1.1 200") == 1
    assert b"connection: close" in said


def test_an_agent_that_ends_answers_what_it_was_asked(tmp_path: Path) -> None:
    path, asked, go_on = tmp_path / "agent.sock", threading.Event(), threading.Event()

    def check(_authorization: str | None) -> Answer:
        asked.set()
        go_on.wait(20)
        return Answer(200)

    server = AgentServer(path, Answers(check, lambda: READY))
    serving = threading.Thread(target=server.serve_forever, args=(0.05,))
    serving.start()
    with socket.socket(socket.AF_UNIX) as envoy:
        envoy.connect(str(path))
        envoy.sendall(b"GET /authorize/v1/models HTTP/1.1\r\n\r\n")
        asked.wait(20)
        ending = threading.Thread(target=server.end)
        ending.start()
        until(lambda: not path.exists(), "nobody new finds it")
        go_on.set()
        said = b"".join(iter(lambda: envoy.recv(4096), b""))
    ending.join()
    serving.join()
    assert said.startswith(b"HTTP/1.1 200")
