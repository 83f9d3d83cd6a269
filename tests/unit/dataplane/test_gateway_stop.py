"""The stop script against a real Envoy: a running answer ends, then the script does."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dataplane
from tests.unit.dataplane.envoy_process import (
    Gateway,
    Seen,
    gateway_settings,
    running_agent,
    running_engine,
    running_envoy,
)
from tests.until import until

BOOTSTRAP = Path(dataplane.__file__).parent / "bootstrap"
ITEM = '{"Item": {"agent_drain_seconds": {"N": "%s"}}}'


class Place:
    """A machine's folders, with stand-ins for docker and sleep that say what they were asked."""

    def __init__(self, root: Path, drain_seconds: int = 3600) -> None:
        self.root = root
        self.folder, self.agent = root / "run/homeport/gateway", root / "run/homeport/agent"
        self.tools = root / "tools"
        for folder in (self.folder, self.agent, self.tools):
            folder.mkdir(parents=True)
        (self.folder / "item.json").write_text(ITEM % drain_seconds)
        self.waited, self.gone, self.docker = root / "waited", root / "gone", root / "docker"
        self._tool(
            "docker", f"[ $1 = stop ] && echo $* >{self.docker}; [ -e {self.gone} ] || echo true"
        )
        # `sleep` says for how long, and takes no time.
        self._tool("sleep", f"echo $1 >>{self.waited}")
        self._tool("python3", f'exec "{sys.executable}" "$@"')

    def _tool(self, name: str, body: str) -> None:
        (self.tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (self.tools / name).chmod(0o755)

    @property
    def waits(self) -> list[str]:
        return self.waited.read_text().split() if self.waited.exists() else []

    @contextmanager
    def stopping(self) -> Iterator["subprocess.Popen[bytes]"]:
        environment = {"PATH": f"{self.tools}:/usr/bin:/bin", "HOMEPORT_ROOT": str(self.root)}
        script = BOOTSTRAP / "scripts/gateway-stop.sh"
        process = subprocess.Popen(["bash", str(script)], env=environment)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def _gateway(place: Place, go_on: threading.Event) -> Iterator[Gateway]:
    with running_engine(Seen(), go_on) as port:
        settings = gateway_settings(place.folder, engine_port=port, access_mode="public")
        with running_envoy(settings, place.folder) as gateway:
            try:
                yield gateway
            finally:
                go_on.set()


def test_a_running_answer_ends_before_the_gateway_does(tmp_path: Path) -> None:
    place, go_on = Place(tmp_path), threading.Event()
    with _gateway(place, go_on) as gateway:
        client = gateway.connect()
        client.request("GET", "/stream")
        answer = client.getresponse()
        assert answer.read(9) == b"data: 1\n\n"
        with place.stopping() as stop:
            until(lambda: "1" in place.waits, "it saw the running answer")
            assert stop.poll() is None
            go_on.set()
            assert answer.read() == b"data: 2\n\n"
            assert stop.wait(timeout=20) == 0
        client.close()
    assert place.docker.read_text() == "stop --time 5 homeport-gateway\n"
    assert place.waits[0] == "20"  # no agent said that it is not ready


def test_ready_turns_off_before_envoy_drains(tmp_path: Path) -> None:
    place, go_on = Place(tmp_path), threading.Event()
    go_on.set()
    with (
        running_agent(str(place.agent / "agent.sock"), Seen()),
        _gateway(place, go_on),
        place.stopping() as stop,
    ):
        assert stop.wait(timeout=20) == 0
    assert place.waits[0] == "20"
    assert (place.agent / "drain").exists()


def test_an_admin_error_is_not_idle(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with place.stopping() as stop:
        until(lambda: len(place.waits) > 5, "it looks again")
        assert stop.poll() is None
        assert not place.docker.exists()
        place.gone.touch()  # now it is known: there is no Envoy
        assert stop.wait(timeout=20) == 0


def test_the_plans_time_is_the_limit(tmp_path: Path) -> None:
    place = Place(tmp_path, drain_seconds=0)
    with place.stopping() as stop:
        assert stop.wait(timeout=20) == 0
    assert place.docker.read_text() == "stop --time 5 homeport-gateway\n"
