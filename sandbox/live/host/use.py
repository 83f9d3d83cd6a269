"""How busy a machine is: the share of its engine's places that are taken. Stands for CPU and GPU use alike."""

import json
import socket
from contextlib import suppress
from pathlib import Path

ACTIVE = "cluster.engine.upstream_rq_active"


def busy_percent(machine: Path) -> float | None:
    """None where no gateway runs yet."""
    places = 64.0
    with suppress(OSError, ValueError, KeyError):
        settings = json.loads((machine / "machine.json").read_text())
        engine = json.loads(Path(settings["engine_settings"]).read_text())
        places = float(engine["concurrency"])
    active = _active(machine / "r/run/homeport/gateway/admin.sock")
    return None if active is None else min(100.0, 100.0 * active / places)


def _active(admin: Path) -> int | None:
    """By hand: a machine asks this each second, and a client's library takes longer to load than to ask."""
    question = f"GET /stats?filter=^{ACTIVE}$ HTTP/1.0\r\nhost: admin\r\n\r\n"
    answer = b""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(2)
            connection.connect(str(admin))
            connection.sendall(question.encode())
            while part := connection.recv(1 << 16):
                answer += part
        return int(answer.decode().rpartition(":")[2] or 0)
    except (OSError, ValueError):
        return None
