"""The agent's cloud on AWS: one table, one metric namespace, one lifecycle hook."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, cast

from ..figures import GPU_MEMORY, GPU_USE, PENDING, Figures, single
from .calls import Aws, NobodyWaitsError
from .metadata import Metadata
from .verdict_table import AwsVerdicts

LAUNCH_HOOK, TERMINATE_HOOK = "homeport-launch", "homeport-terminate"
"""Names of the group's hooks, as `components/aws/compute.py` has them."""
HIGH_RESOLUTION = (PENDING,)
"""The alarm on pending requests has a period of 20 s, below CloudWatch's minute."""
GPU_COMMAND = (
    "nvidia-smi", "--query-gpu=utilization.gpu,memory.used,memory.total",
    "--format=csv,noheader,nounits",
)  # fmt: skip
GPU_SECONDS_MAX = 5


class AwsCloud:
    """For one machine."""

    def __init__(self, boot: Mapping[str, Any], instance: str, metadata: Metadata) -> None:
        self._boot, self._stack = boot, boot["stack"]
        self._instance, self._metadata = instance, metadata
        self._aws = Aws(self._stack["region"], metadata)
        self.verdicts = AwsVerdicts(self._aws, self._stack["table"], self._stack["table_prefix"])

    def read_item(self) -> dict[str, Any]:
        """The configuration item in DynamoDB's own spelling."""
        key = json.loads(self._stack["configuration_key"])
        return self._aws.get_item(self._stack["table"], key)

    def report(self, values: Mapping[str, Any]) -> None:
        """This replica's item, under the endpoint's prefix."""
        item = {"pk": f"{self._stack['table_prefix']}replica", "sk": self._instance, **values}
        self._aws.put_item(
            self._stack["table"], {name: _typed(value) for name, value in item.items()}
        )

    def publish(self, figures: Figures) -> None:
        """Into the endpoint's namespace. The mean over machines is CloudWatch's."""
        self._aws.put_metrics(self._stack["metric_namespace"], figures, HIGH_RESOLUTION)

    def gpu_figures(self) -> Figures:
        """Of this moment; empty where there is no NVIDIA GPU."""
        if self._boot["machine"]["accelerator_kind"] != "nvidia":
            return {}
        return single(gpu_use(_nvidia_smi()))

    def interruption(self) -> bool:
        """A spot notice, or the group's own."""
        return self._metadata.interruption()

    def heartbeat(self) -> None:
        """More time for the launch hook."""
        self._heartbeat(LAUNCH_HOOK)

    def started(self, *, ok: bool) -> None:
        """Into service, or given up. A restarted agent says it again, and nobody waits."""
        with suppress(NobodyWaitsError):
            self._aws.complete_hook(self._stack["group"], LAUNCH_HOOK, self._instance, ok=ok)

    def still_leaving(self) -> None:
        """More time for the termination hook."""
        self._heartbeat(TERMINATE_HOOK)

    def left(self) -> bool:
        """The group may end the machine."""
        try:
            self._aws.complete_hook(self._stack["group"], TERMINATE_HOOK, self._instance, ok=True)
        except NobodyWaitsError:
            return False
        return True

    def _heartbeat(self, hook: str) -> None:
        with suppress(NobodyWaitsError):
            self._aws.heartbeat(self._stack["group"], hook, self._instance)

    def replace(self) -> None:
        """The group's maintenance policy has it start another one first."""
        self._aws.set_unhealthy(self._instance)


def gpu_use(text: str) -> dict[str, float]:
    """Mean over the machine's GPUs, in percent, of `nvidia-smi`'s three columns. Raises `ValueError`."""
    rows = [[float(cell) for cell in line.split(",")] for line in text.strip().splitlines()]
    if not rows:
        raise ValueError("no GPU")
    return {
        GPU_USE: sum(row[0] for row in rows) / len(rows),
        GPU_MEMORY: 100 * sum(row[1] / row[2] for row in rows) / len(rows),
    }


def _nvidia_smi() -> str:
    try:
        done = subprocess.run(
            GPU_COMMAND, capture_output=True, text=True, timeout=GPU_SECONDS_MAX, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise OSError(f"nvidia-smi: {type(error).__name__}") from None
    return done.stdout


def _typed(value: Any) -> dict[str, Any]:
    """A value in DynamoDB's spelling."""
    if isinstance(value, Mapping):
        parts = cast("Mapping[str, Any]", value)
        return {"M": {name: _typed(part) for name, part in parts.items()}}
    if isinstance(value, (int, float)):
        return {"N": repr(value)}
    return {"S": str(value)}
