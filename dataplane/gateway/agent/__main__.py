"""`python3 -m gateway.agent BOOT GATEWAY_FOLDER AGENT_FOLDER INSTANCE`: the agent's process on a machine."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from .agent import Agent, Place
from .aws.cloud import AwsCloud
from .aws.metadata import Metadata
from .whoami import hub_asker


def main(boot_path: str, gateway_folder: str, agent_folder: str, instance: str) -> None:
    """Run until systemd ends it."""
    boot: dict[str, Any] = json.loads(Path(boot_path).read_text("utf-8"))
    place = Place(
        live_folder=Path(gateway_folder),
        agent_socket=Path(agent_folder) / "agent.sock",
        admin_socket=f"{gateway_folder}/admin.sock",
        instance=instance,
    )
    agent = Agent(
        boot,
        place,
        AwsCloud(boot, instance, Metadata()),
        hub_asker(os.environ.get("HF_ENDPOINT") or boot["hub"]["endpoint"]),
        time_scale=float(os.environ.get("HOMEPORT_TIME_SCALE") or 1),
    )

    def stop(_number: int, _frame: FrameType | None) -> None:
        agent.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    agent.run()


if __name__ == "__main__":
    main(*sys.argv[1:])
