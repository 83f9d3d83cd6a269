"""A load balancer on loopback for real clients: the gate while no replica has the route, then a small replica."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from dataplane.wake.aws.gate import request_of, response_of
from dataplane.wake.gate import Gate
from dataplane.wake.gate_cloud import FirstLook, Look
from dataplane.wake.model import ASLEEP, AWAKE, WAKING, State
from tests.unit.dataplane.wake.gate_world import HOST, WAY_IN, FakeCloud

TIME_SCALE = 50.0
LOOKS_UNTIL_AWAKE = 4
"""A wake takes so many looks at the state, whoever makes them."""


class WakingCloud(FakeCloud):
    """Wakes by being looked at, in real time, so that no test depends on how long anything takes."""

    def __init__(self) -> None:
        super().__init__(State(ASLEEP, time.time()))
        self._looks = 0

    def now(self) -> float:
        self.time = time.time()
        return self.time

    def sleep(self, seconds: float, /) -> None:
        time.sleep(seconds)

    def add_wake(self, endpoint: str, seen: int, now: float) -> None:
        assert (endpoint, seen) == (self.config.endpoint, 0)
        self.wakes += 1
        self.state = State(WAKING, now, wakes_seen=self.wakes)

    def first_look(self, endpoint: str, fingerprint: str) -> FirstLook:
        return super().first_look(endpoint, fingerprint)._replace(look=self.look(endpoint))

    def look(self, endpoint: str) -> Look:
        look = super().look(endpoint)
        if self.wakes:
            self._looks += 1
            if self._looks == LOOKS_UNTIL_AWAKE:
                self.state = State(AWAKE, time.time(), wakes_seen=self.wakes)
        return look


@dataclass
class Balancer:
    """One endpoint; `statuses` are what the client was answered, one by one."""

    cloud: WakingCloud
    gate: Gate
    url: str = ""
    rule_lags: int = 1
    """Requests that still come to the gate once the endpoint is awake."""
    statuses: list[int] = field(default_factory=list)
    at_the_gate: list[dict[str, Any]] = field(default_factory=list)
    """Events of the gate."""
    at_a_replica: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    """Headers, by their names in lower case, and bodies."""

    def points_to_replicas(self) -> bool:
        """Whether this request goes straight there."""
        if self.cloud.state is None or self.cloud.state.name != AWAKE:
            return False
        self.rule_lags -= 1
        return self.rule_lags < 0


@contextmanager
def running() -> Iterator[Balancer]:
    """Until the end of the block."""
    cloud = WakingCloud()
    found = Balancer(cloud, Gate(cloud, lambda _line: None, hold_slots=4, time_scale=TIME_SCALE))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(found))
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(balancer: Balancer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            if balancer.points_to_replicas():
                self._answer_as_a_replica(body)
            else:
                self._ask_the_gate(body)

        do_GET = do_POST

        def _ask_the_gate(self, body: bytes) -> None:
            event = _event(self.command, self.path, dict(self.headers.items()), body)
            balancer.at_the_gate.append(event)
            request = request_of(event)
            response = response_of(request.method, balancer.gate.answer(request))
            headers = {name: value for name, (value,) in response["multiValueHeaders"].items()}
            self._send(response["statusCode"], headers, response["body"].encode())

        def _answer_as_a_replica(self, body: bytes) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            balancer.at_a_replica.append((headers, body))
            if json.loads(body).get("stream"):
                chunks = "".join(
                    f"data: {json.dumps(_chunk(word))}\n\n" for word in ("Good ", "morning")
                )
                self._send(
                    200, {"content-type": "text/event-stream"}, f"{chunks}data: [DONE]\n\n".encode()
                )
                return
            answer = {**_chunk("Good morning"), "object": "chat.completion"}
            self._send(200, {"content-type": "application/json"}, json.dumps(answer).encode())

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            balancer.statuses.append(status)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            pass

    return Handler


def _event(method: str, target: str, headers: dict[str, str], body: bytes) -> dict[str, Any]:
    """As an application load balancer makes it; the name that DNS would have given stands in for loopback's."""
    path, _, query = target.partition("?")
    values: dict[str, list[str]] = {}
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        values.setdefault(name, []).append(value)
    lowered = {name.lower(): [value] for name, value in headers.items()}
    return {
        "requestContext": {"elb": {"targetGroupArn": WAY_IN}},
        "httpMethod": method,
        "path": path,
        "multiValueQueryStringParameters": values,
        "multiValueHeaders": {**lowered, "host": [HOST], "x-forwarded-for": ["203.0.113.7"]},
        "body": body.decode("utf-8", "replace"),
        "isBase64Encoded": False,
    }


def _chunk(words: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": words}
    choice = {"index": 0, "message": message, "delta": message, "finish_reason": None}
    return {
        "id": "1", "object": "chat.completion.chunk", "created": 0, "model": "llama", "choices": [choice],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}, "system_fingerprint": "",
    }  # fmt: skip
