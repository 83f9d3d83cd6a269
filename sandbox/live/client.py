"""A client's view of a live sandbox: where its load balancers listen, what runs, and what can be done to it."""

import http.client
import json
import socket
import ssl
import urllib.request
from collections.abc import Callable
from typing import Any

TIMEOUT_SECONDS = 60.0


class LiveSandbox:
    """`address` is the emulated account's, as `Sandbox.address` says it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._context: ssl.SSLContext | None = None

    def describe(self) -> dict[str, Any]:
        """Load balancers, groups and machines: see `sandbox.live.aws.account.describe`."""
        return json.loads(self._ask("live"))

    def machines(self, group: str) -> list[dict[str, Any]]:
        """Of the group with this name; none where there is no such group."""
        return self.describe()["groups"].get(group, [])

    def functions(self) -> dict[str, dict[str, Any]]:
        """Function -> `invocations`, `errors`, `timeouts`, `throttles`, `running`, `peak`, `calls` since the sandbox
        began (`sandbox.live.functions.concurrency.Counts`), and `log`, the file of what it prints."""
        return self.describe()["functions"]

    def pending_events(self) -> int:
        """Events that no function is done with."""
        return self.describe()["pending_events"]

    def set_faults(self, **faults: Any) -> None:
        """From now on these, and no others: see `sandbox.live.aws.faults`."""
        self._ask("faults", faults)

    def do(self, machine: str, deed: str) -> None:
        """To the machine with this id: `lose`, `kill-engine`, `spot-notice`, ... (`sandbox.live.aws.control`)."""
        self._ask(f"machines/{machine}", {"do": deed})

    def connect(self, load_balancer: str, host: str) -> http.client.HTTPConnection:
        """A connection to the one load balancer whose name holds this text, as if DNS had named it for `host`."""
        return self.door(load_balancer, host)()

    def door(self, load_balancer: str, host: str) -> Callable[[], http.client.HTTPConnection]:
        """Makes connections as `connect` does, with one look at where the load balancer listens."""
        described = self.describe()
        found = [one for one in described["listeners"] if load_balancer in one["load_balancer"]]
        if not found:
            raise LookupError(f"no load balancer whose name holds {load_balancer!r} listens yet")
        if self._context is None:
            self._context = ssl.create_default_context(cafile=described["authority"])
        context, port = self._context, found[0]["live_port"]
        return lambda: _Connection(host, port, context)

    def _ask(self, path: str, content: dict[str, Any] | None = None) -> str:
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(f"{self._address}/_sandbox/{path}", body)  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return answer.read().decode()


class _Connection(http.client.HTTPSConnection):
    """To a port of the loopback, with another host's name in TLS and in the request."""

    def __init__(self, host: str, live_port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, context=context, timeout=TIMEOUT_SECONDS)
        self._live_port, self._tls = live_port, context

    def connect(self) -> None:
        """As the base does, to the loopback."""
        plain = socket.create_connection(("127.0.0.1", self._live_port), self.timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
