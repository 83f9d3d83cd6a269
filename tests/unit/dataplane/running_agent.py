"""An agent beside an engine, without an Envoy."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dataplane.bootstrap.boot_document import render_boot_document
from dataplane.gateway.agent.agent import Agent, Place
from dataplane.gateway.agent.whoami import hub_asker
from sandbox.live.cloud import TIME_SCALE, MachineCloud
from tests.unit.dataplane.envoy_process import Seen, running_engine
from tests.unit.dataplane.machine import boot_parts

NOBODY = "http://127.0.0.1:9"


@contextmanager
def running_alone(
    folder: Path, table: MachineCloud, *, hub: str = NOBODY, seen: Seen | None = None
) -> Iterator[Agent]:
    """Runs until the end of the block; a second one in the same folder is a restarted agent."""
    live = folder / "gateway"
    live.mkdir(exist_ok=True)
    with running_engine(seen or Seen()) as port:
        parts = boot_parts()
        parts["engine"] = {**parts["engine"], "port": port}
        boot = json.loads(render_boot_document(**parts))
        boot["network"]["engine_address"] = "127.0.0.1"
        place = Place(live, folder / "agent.sock", str(live / "admin.sock"))
        agent = Agent(boot, place, table, hub_asker(hub), time_scale=TIME_SCALE)
        thread = threading.Thread(target=agent.run)
        thread.start()
        try:
            yield agent
        finally:
            agent.stop()
            thread.join()
