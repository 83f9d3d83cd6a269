"""The stop script against a real Envoy: a running answer ends, then the script does."""

import subprocess
import threading
from pathlib import Path

import dataplane
from tests.unit.dataplane.envoy_process import Seen, gateway_settings, running_engine, running_envoy

SCRIPT = Path(dataplane.__file__).parent / "bootstrap/scripts/gateway-stop.sh"


def test_a_running_answer_ends_before_the_gateway_does(tmp_path: Path) -> None:
    folder = tmp_path / "run/homeport/gateway"
    folder.mkdir(parents=True)
    tools = tmp_path / "tools"
    tools.mkdir()
    # `sleep` says that the script saw the running answer, and takes no time.
    waited = tmp_path / "waited"
    for name, body in (("docker", f"echo $* >{tmp_path}/docker"), ("sleep", f"echo >{waited}")):
        (tools / name).write_text(f"#!/bin/sh\n{body}\n")
        (tools / name).chmod(0o755)
    go_on = threading.Event()
    with running_engine(Seen(), go_on) as port:
        settings = gateway_settings(folder, engine_port=port, access_mode="public")
        with running_envoy(settings, folder) as gateway:
            client = gateway.connect()
            client.request("GET", "/stream")
            answer = client.getresponse()
            assert answer.read(9) == b"data: 1\n\n"
            environment = {"PATH": f"{tools}:/usr/bin:/bin", "HOMEPORT_ROOT": str(tmp_path)}
            stop = subprocess.Popen(["bash", str(SCRIPT)], env=environment)
            try:
                while not waited.exists():
                    assert stop.poll() is None
                go_on.set()
                assert answer.read() == b"data: 2\n\n"
                assert stop.wait(timeout=20) == 0
            finally:
                go_on.set()
                client.close()
                stop.kill()
                stop.wait()
    assert (tmp_path / "docker").read_text() == "stop --time 5 homeport-gateway\n"
