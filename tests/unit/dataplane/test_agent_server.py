"""The agent's socket, asked byte by byte."""

import socket
import threading
from pathlib import Path

import pytest

from dataplane.gateway.agent.readiness import READY
from dataplane.gateway.agent.server import AgentServer, Answers
from dataplane.gateway.agent.token_gate import Answer


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
