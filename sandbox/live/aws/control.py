"""The live tier's own addresses on the emulator's port, below `/_sandbox`: what runs where, faults, metadata.

GET  /_sandbox/live                            load balancers, groups, machines, functions, as JSON
POST /_sandbox/faults {"engine": {...}, ...}   what goes wrong from now on: `sandbox.live.aws.faults`
POST /_sandbox/machines/ID {"do": "lose"}      lose | kill-engine | kill-gateway | restart-agent | ... | spot-notice
*    /_sandbox/metadata/ID/latest/...          the metadata service of one machine
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from sandbox.live.aws.account import LiveAccount, describe
from sandbox.live.aws.instances import LiveInstance
from sandbox.live.host.docker import ENGINE, GATEWAY

PREFIX = "/_sandbox/"
BODY_BYTES_MAX = 1 << 20
Answer = tuple[str, str]
"""Status line and text."""
NOT_FOUND: Answer = ("404 Not Found", "")
DEEDS: dict[str, Callable[[LiveInstance], None]] = {
    "lose": lambda one: one.machine.lose(),
    "kill-engine": lambda one: one.machine.kill_container(ENGINE),
    "kill-gateway": lambda one: one.machine.kill_container(GATEWAY),
    "restart-engine": lambda one: one.machine.restart_unit("homeport-engine.service"),
    "restart-gateway": lambda one: one.machine.restart_unit("homeport-gateway.service"),
    "restart-agent": lambda one: one.machine.restart_unit("homeport-agent.service"),
}


def with_control(account: LiveAccount, application: Any) -> Any:
    """The application, behind these addresses. Called one request at a time, as the application is."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if not path.startswith(PREFIX):
            return application(environ, start_response)
        status, text = _answer(account, environ, path.removeprefix(PREFIX))
        body = text.encode()
        headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
        start_response(status, headers)
        return [body]

    return answer


def _answer(account: LiveAccount, environ: dict[str, Any], path: str) -> Answer:
    if path == "live":
        return "200 OK", describe(account)
    kind, _, rest = path.partition("/")
    if kind == "metadata":
        return _metadata(account, environ["REQUEST_METHOD"], *rest.split("/", 1))
    if environ["REQUEST_METHOD"] == "POST":
        length = min(int(environ.get("CONTENT_LENGTH") or 0), BODY_BYTES_MAX)
        try:
            content = json.loads(environ["wsgi.input"].read(length))
            if kind == "faults":
                account.set_faults(content)
                return "200 OK", "{}"
        except (ValueError, TypeError) as error:
            return "400 Bad Request", str(error)
        if kind == "machines":
            return _do(account, rest, content.get("do", ""))
    return NOT_FOUND


def _do(account: LiveAccount, instance_id: str, deed: str) -> Answer:
    found = account.find(instance_id)
    if found is None:
        return NOT_FOUND
    if deed == "spot-notice":
        account.notices.add(instance_id)
    elif deed in DEEDS:
        DEEDS[deed](found[1])
    else:
        return "400 Bad Request", f"do: found {deed!r}, must be spot-notice, {', '.join(DEEDS)}"
    return "200 OK", "{}"


def _metadata(account: LiveAccount, method: str, instance_id: str, path: str = "") -> Answer:
    """IMDSv2 as far as a machine of homeport asks."""
    found = account.find(instance_id)
    if path == "latest/api/token" and method == "PUT":
        return "200 OK", "sandbox"
    if found is None:
        return NOT_FOUND
    answers = {
        "latest/meta-data/autoscaling/target-lifecycle-state": found[1].target_lifecycle_state
    }
    if instance_id in account.notices:
        answers["latest/meta-data/spot/instance-action"] = '{"action": "terminate"}'
    return ("200 OK", answers[path]) if path in answers else NOT_FOUND
