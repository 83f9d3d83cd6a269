"""What an agent asks of its cloud, in memory: one machine's view."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dataplane.gateway.agent.activity import Activity


@dataclass
class MachineCloud:
    """A test changes `item` and the switches, and reads the lists."""

    item: dict[str, Any]
    """Attributes of the configuration item, in DynamoDB's spelling; machines of an endpoint share it."""
    reports: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    measured: list[Activity] = field(default_factory=list[Activity])
    said: list[str] = field(default_factory=list[str])
    """To the launch hook: `heartbeat`, `continue`, `abandon`."""
    taken_away: bool = False
    silent: bool = False
    """True: the table does not answer."""

    def read_item(self) -> dict[str, Any]:
        """As DynamoDB answers."""
        if self.silent:
            raise OSError("no answer")
        return {"Item": self.item}

    def report(self, values: Mapping[str, Any]) -> None:
        """Keep all."""
        self.reports.append(dict(values))

    def measure(self, activity: Activity) -> None:
        """Keep all."""
        self.measured.append(activity)

    def interruption(self) -> bool:
        """As a test says."""
        return self.taken_away

    def heartbeat(self) -> None:
        """More time was asked for."""
        self.said.append("heartbeat")

    def started(self, *, ok: bool) -> None:
        """Into service, or given up."""
        self.said.append("continue" if ok else "abandon")

    def replace(self) -> None:
        """Another machine was asked for."""
        self.said.append("replace")
