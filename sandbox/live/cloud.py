"""What an agent asks of its cloud, in memory: one machine's view."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dataplane.gateway.agent.figures import Figures
from dataplane.gateway.agent.shared_verdicts import Kept

TIME_SCALE = 50.0
"""By which an agent's intervals are shorter beside it than on a machine."""


class SharedTable:
    """Token verdicts of an endpoint's machines, by the rules of `gateway.agent.aws.verdict_table`."""

    def __init__(self) -> None:
        self.rows: dict[str, Kept] = {}
        self.silent = False

    def find_verdict(self, key: str) -> Kept | None:
        """As it was kept."""
        self._answer()
        return self.rows.get(key)

    def keep_verdict(self, key: str, kept: Kept, expires: int) -> None:  # noqa: ARG002
        """Unless it was ended since."""
        self._answer()
        ended_at = self.rows[key].ended_at if key in self.rows else None
        if ended_at is None or ended_at < (kept.ended_at or 0.0):
            self.rows[key] = kept._replace(ended_at=ended_at)

    def end_verdict(self, key: str, ended_at: float) -> None:
        """Where there is one."""
        self._answer()
        if key in self.rows and (self.rows[key].ended_at or 0.0) < ended_at:
            self.rows[key] = self.rows[key]._replace(ended_at=ended_at)

    def _answer(self) -> None:
        if self.silent:
            raise OSError("no answer")


@dataclass
class MachineCloud:
    """A test changes `item` and the switches, and reads the lists."""

    item: dict[str, Any]
    """Attributes of the configuration item, in DynamoDB's spelling; machines of an endpoint share it."""
    reports: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    published: list[Figures] = field(default_factory=list[Figures])
    said: list[str] = field(default_factory=list[str])
    """To the launch hook: `heartbeat`, `continue`, `abandon`. To the one of termination: `leaving`, `left`. To the
    group: `replace`."""
    hook_waits: bool = True
    """False: the termination hook does not wait yet."""
    taken_away: bool = False
    silent: bool = False
    """True: the table does not answer, nor the termination hook."""
    verdicts: SharedTable = field(default_factory=SharedTable)
    """Machines of an endpoint share it."""

    def read_item(self) -> dict[str, Any]:
        """As DynamoDB answers."""
        if self.silent:
            raise OSError("no answer")
        return {"Item": self.item}

    def report(self, values: Mapping[str, Any]) -> None:
        """Keep all."""
        self.reports.append(dict(values))

    def publish(self, figures: Figures) -> None:
        """Keep all."""
        self.published.append(figures)

    def gpu_figures(self) -> Figures:
        """None here."""
        return {}

    def interruption(self) -> bool:
        """As a test says."""
        return self.taken_away

    def heartbeat(self) -> None:
        """More time was asked for."""
        self.said.append("heartbeat")

    def started(self, *, ok: bool) -> None:
        """Into service, or given up."""
        self.said.append("continue" if ok else "abandon")

    def still_leaving(self) -> None:
        """More time was asked for."""
        if self.silent:
            raise OSError("no answer")
        self.said.append("leaving")

    def left(self) -> bool:
        """Nothing is in flight."""
        self.said.append("left")
        return self.hook_waits

    def replace(self) -> None:
        """Another machine was asked for."""
        self.said.append("replace")
