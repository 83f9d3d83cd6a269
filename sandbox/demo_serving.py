"""The part of `make demo` in which the endpoints serve: answers, refusals, load, a lost machine, a rollout, calm."""

import json
import time
from collections.abc import Callable

from rich.console import Console

from sandbox.demo_record import Record
from sandbox.live.client import LiveSandbox
from sandbox.live.traffic import CHAT, Traffic

ENDPOINT, HOST = "llama-8b", "llama-8b.endpoints.example.com"
GROUP = f"homeport-demo.{ENDPOINT}"
MEMBER, STRANGER = "hf_jane_0123456789abcdef", "hf_joe_0123456789abcdef"
BUSY = {"concurrency": 8, "first_token_seconds": 0.3}
QUESTION = [{"role": "user", "content": "What is an endpoint?"}]
SECONDS_MAX, LOOK_SECONDS = 300.0, 0.3


class DemoError(Exception):
    """A step that did not come about; the text says what was there instead."""


class Serving:
    """Steps on a stack that is up, in order; each says what it saw."""

    def __init__(self, live: LiveSandbox, console: Console, record: Record) -> None:
        self._live, self._console, self._record = live, console, record

    def wait_for_service(self) -> None:
        """Until one machine of each endpoint is healthy behind its load balancer."""
        self._watch(lambda: all(self._serving(group) for group in self._live.describe()["groups"]))

    def answer(self) -> None:
        """One streamed answer, shown as it comes."""
        connection = self._live.connect("public", HOST)
        content = {"model": ENDPOINT, "messages": QUESTION, "max_tokens": 12, "stream": True}
        connection.request("POST", CHAT, json.dumps(content), _bearer(MEMBER))
        answer = connection.getresponse()
        self._console.print(f"  {answer.status} ", end="")
        while line := answer.readline().decode().strip() or answer.readline().decode().strip():
            event = line.removeprefix("data: ")
            if event == "[DONE]":
                break
            self._console.print(json.loads(event)["choices"][0]["delta"].get("content", ""), end="")
        self._console.print()
        connection.close()

    def refusals(self) -> None:
        """What a stranger, nobody, and an engine's administrator get."""
        for who, headers, path in (
            ("a member of another organization", _bearer(STRANGER), CHAT),
            ("no token", {}, CHAT),
            ("an engine's own page", _bearer(MEMBER), "/metrics"),
        ):
            connection = self._live.connect("public", HOST)
            connection.request("POST", path, "{}", headers)
            answer = connection.getresponse()
            message = json.loads(answer.read())["error"]["message"]
            self._console.print(f"  {who}: {answer.status} {message}")
            connection.close()

    def grow(self, replicas: int) -> None:
        """Load, until so many machines serve."""
        self._live.set_faults(engine=BUSY)
        traffic = self._traffic("grow")
        with traffic.running(short=24, streams=0, short_clients=24, stream_clients=1):
            self._watch(lambda: len(self._serving(GROUP)) >= replicas)
        self._live.set_faults()
        self._tell(traffic)

    def lose_a_machine(self) -> None:
        """In the middle of streams: those of that machine break, and say so; another machine takes its place."""
        replicas = len(self._serving(GROUP))
        lost = self._serving(GROUP)[0]["id"]
        traffic = self._traffic("lose")
        with traffic.running(short=48, streams=16, short_clients=8, stream_clients=8):
            self._live.do(lost, "lose")
            self._console.print(f"  {lost} is gone")
            self._watch(
                lambda: (
                    lost not in {one["id"] for one in self._live.machines(GROUP)}
                    and len(self._serving(GROUP)) >= replicas
                )
            )
        self._tell(traffic)

    def roll(self, update: Callable[[], None], has_ended: Callable[[], bool]) -> None:
        """Every machine is replaced under load, and nothing is lost."""
        traffic = self._traffic("roll")
        with traffic.running(short=800, streams=16, short_clients=8, stream_clients=8):
            update()
            self._watch(has_ended)
        self._tell(traffic)
        if traffic.short.lost or traffic.streams.lost:
            raise DemoError("the rolling update lost requests")

    def calm(self) -> None:
        """A quiet time, until no machine of the endpoint is left."""
        self._watch(lambda: not self._live.machines(GROUP))

    def _traffic(self, prefix: str) -> Traffic:
        return Traffic(
            lambda: self._live.connect("public", HOST),
            _bearer(MEMBER),
            model=ENDPOINT,
            prefix=prefix,
            answered=self._record.answered,
        )

    def _serving(self, group: str) -> list[dict[str, str]]:
        found = self._live.machines(group)
        return [one for one in found if (one["phase"], one["target"]) == ("InService", "healthy")]

    def _watch(self, holds: Callable[[], bool]) -> None:
        """Shows every change of the machines' states until it holds. Raises `DemoError` after minutes."""
        began, shown = time.monotonic(), ""
        while time.monotonic() - began < SECONDS_MAX:
            states = self._states()
            if states != shown:
                self._console.print(f"  {time.monotonic() - began:5.1f} s  {states}", style="dim")
                shown = states
            if holds():
                return
            time.sleep(LOOK_SECONDS)
        raise DemoError(f"not after {SECONDS_MAX:.0f} s; the machines are: {shown}")

    def _states(self) -> str:
        """Endpoint: state of each machine."""
        return ", ".join(
            f"{group.partition('.')[2]}: {' '.join(_state(one) for one in machines) or 'none'}"
            for group, machines in sorted(self._live.describe()["groups"].items())
        )

    def _tell(self, traffic: Traffic) -> None:
        for kind, outcome in (("short requests", traffic.short), ("streams", traffic.streams)):
            if outcome.sent:
                seen = ", ".join(f"{count} x {what}" for what, count in outcome.statuses.items())
                self._console.print(
                    f"  {outcome.sent} {kind}: {outcome.lost} without a whole answer ({seen})"
                )


def _bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def _state(machine: dict[str, str]) -> str:
    phase = machine["phase"]
    return machine["target"] if phase == "InService" else phase
