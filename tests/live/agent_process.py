"""The agent as a process of its own, with a file in the table's place.

    python -m tests.live.agent_process BOOT FOLDER HUB

The item is `item.json` in the folder, in DynamoDB's spelling; reports are added to `reports.jsonl`.
"""

import json
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dataplane.gateway.agent.agent import Agent, Place
from dataplane.gateway.agent.whoami import hub_asker
from sandbox.live.cloud import TIME_SCALE, MachineCloud


class FileCloud(MachineCloud):
    """One machine's view of its cloud, in a folder; verdicts are shared with nobody."""

    def __init__(self, folder: Path) -> None:
        super().__init__(item={})
        self._folder = folder

    def read_item(self) -> dict[str, Any]:
        return {"Item": json.loads((self._folder / "item.json").read_text())}

    def report(self, values: Mapping[str, Any]) -> None:
        self._add("reports", dict(values))

    def started(self, *, ok: bool) -> None:
        self._add("started", {"ok": ok})

    def _add(self, name: str, values: Mapping[str, Any]) -> None:
        with (self._folder / f"{name}.jsonl").open("a") as lines:
            lines.write(json.dumps(values) + "\n")


def main(boot_path: str, folder_path: str, hub: str) -> None:
    folder = Path(folder_path)
    boot = json.loads(Path(boot_path).read_text())
    place = Place(folder, folder / "agent.sock", str(folder / "admin.sock"))
    agent = Agent(boot, place, FileCloud(folder), hub_asker(hub), time_scale=TIME_SCALE)
    signal.signal(signal.SIGTERM, lambda *_: agent.stop())
    agent.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
