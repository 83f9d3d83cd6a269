"""The agent in a process of its own, as on a machine but for AWS: `python -m ... BOOT ITEM FOLDER HUB`.

Intervals are the machine's own. Its calls to AWS, a handful every 20 s, are answered in memory.
"""

import json
import signal
import sys
from pathlib import Path

from dataplane.gateway.agent.agent import Agent, Place
from dataplane.gateway.agent.whoami import hub_asker
from sandbox.live.cloud import MachineCloud


def main(boot_path: str, item_path: str, folder: str, hub: str) -> None:
    """Until SIGTERM."""
    boot, item = (json.loads(Path(path).read_text()) for path in (boot_path, item_path))
    place = Place(Path(folder), Path(folder) / "agent.sock", f"{folder}/admin.sock")
    agent = Agent(boot, place, MachineCloud(item), hub_asker(hub))
    signal.signal(signal.SIGTERM, lambda *_: agent.stop())
    agent.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
