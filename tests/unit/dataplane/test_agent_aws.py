"""What the agent does with AWS's answers, over a socket."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast
from urllib.parse import parse_qs

import pytest

from dataplane.gateway.agent.aws.calls import CallError
from dataplane.gateway.agent.aws.cloud import AwsCloud
from dataplane.gateway.agent.aws.metadata import Metadata
from dataplane.gateway.agent.aws.signature import Credentials

BOOT = {
    "stack": {
        "region": "us-east-1",
        "group": "demo-llama",
        "table": "demo",
        "table_prefix": "llama#",
    }
}
NOT_WAITING = "No active Lifecycle Action found with instance ID i-1"


class AutoScaling(ThreadingHTTPServer):
    """Answers with an error's text where it has one."""

    def __init__(self) -> None:
        self.error, self.asked = "", list[dict[str, list[str]]]()
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: AutoScaling  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.asked.append(parse_qs(body))
        text = (
            f"<ErrorResponse><Error><Message>{self.server.error}</Message></Error></ErrorResponse>"
        )
        self.send_response(400 if self.server.error else 200)
        self.end_headers()
        self.wfile.write(text.encode() if self.server.error else b"")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing."""


class _NoMetadata:
    def credentials(self) -> Credentials:
        return Credentials("AKIDEXAMPLE", "secret", "session")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[AutoScaling]:
    with AutoScaling() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        yield server
        server.shutdown()
        thread.join()


def _cloud() -> AwsCloud:
    return AwsCloud(BOOT, "i-1", cast("Metadata", _NoMetadata()))


@pytest.mark.parametrize(("ok", "result"), [(True, "CONTINUE"), (False, "ABANDON")])
def test_the_launch_hook_hears_how_the_start_went(
    service: AutoScaling, ok: bool, result: str
) -> None:
    _cloud().started(ok=ok)
    asked = {name: values[0] for name, values in service.asked[0].items()}
    assert asked == {
        "Action": "CompleteLifecycleAction",
        "Version": "2011-01-01",
        "AutoScalingGroupName": "demo-llama",
        "LifecycleHookName": "homeport-launch",
        "InstanceId": "i-1",
        "LifecycleActionResult": result,
    }


def test_an_agent_that_was_restarted_says_it_again_and_goes_on(service: AutoScaling) -> None:
    service.error = NOT_WAITING
    _cloud().started(ok=True)
    _cloud().heartbeat()
    assert len(service.asked) == 2


def test_another_refusal_is_an_error(service: AutoScaling) -> None:
    service.error = "Rate exceeded"
    with pytest.raises(CallError, match="Rate exceeded"):
        _cloud().started(ok=True)
    with pytest.raises(CallError, match="Rate exceeded"):
        _cloud().heartbeat()


def test_a_machine_asks_to_be_replaced(service: AutoScaling) -> None:
    _cloud().replace()
    asked = {name: values[0] for name, values in service.asked[0].items()}
    assert asked == {
        "Action": "SetInstanceHealth",
        "Version": "2011-01-01",
        "InstanceId": "i-1",
        "HealthStatus": "Unhealthy",
        "ShouldRespectGracePeriod": "false",
    }


def test_the_termination_hook_goes_on_once_it_waits(service: AutoScaling) -> None:
    service.error = NOT_WAITING
    assert not _cloud().left()
    _cloud().still_leaving()
    service.error = ""
    assert _cloud().left()
    asked = [{name: values[0] for name, values in one.items()} for one in service.asked]
    assert {one["LifecycleHookName"] for one in asked} == {"homeport-terminate"}
    assert [one["Action"] for one in asked] == [
        "CompleteLifecycleAction",
        "RecordLifecycleActionHeartbeat",
        "CompleteLifecycleAction",
    ]
    assert asked[-1]["LifecycleActionResult"] == "CONTINUE"
