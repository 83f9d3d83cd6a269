"""Every place where a replica could have written what it must not."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.live.replica import Replica

TOKEN = r"hf_[A-Za-z0-9]+_[A-Za-z0-9_]{8,}"
WRITTEN = (
    "envoy.log",
    "envoy.err",
    "agent.log",
    "reports.jsonl",
    "metrics.jsonl",
    "started.jsonl",
    "abandoned",
)


def leaks(one: Replica, secrets: Sequence[str]) -> list[str]:
    """Place of each token, and of each of the secrets, that was found."""
    pattern = re.compile("|".join([TOKEN, *map(re.escape, secrets)]))
    return [
        f"{place}: {found[0]}" for place, text in places(one) if (found := pattern.search(text))
    ]


def places(one: Replica) -> Iterator[tuple[str, str]]:
    """Logs, the table's reports, metrics, Envoy's statistics and configuration, and what `ps` shows of both."""
    for name in WRITTEN:
        if (one.folder / name).exists():
            yield name, (one.folder / name).read_text()
    for path in ("/stats", "/stats/prometheus", "/config_dump", "/clusters"):
        yield path, one.gateway.admin(path)
    for pid in (one.gateway.pid, one.agent_pid):
        for name in ("cmdline", "environ"):
            yield f"{name} of {pid}", Path(f"/proc/{pid}/{name}").read_bytes().decode("latin-1")
