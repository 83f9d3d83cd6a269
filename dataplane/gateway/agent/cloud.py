"""What the agent asks of its cloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from .figures import Figures
from .shared_verdicts import VerdictTable


class Cloud(Protocol):
    """`gateway.agent.aws` is one. Every call may raise `OSError`, and is bounded."""

    @property
    def verdicts(self) -> VerdictTable:
        """What the endpoint's replicas know of tokens."""
        ...

    def read_item(self) -> dict[str, Any]:
        """The endpoint's configuration item, as the table gives it."""
        ...

    def report(self, values: Mapping[str, Any]) -> None:
        """Write this replica's report."""
        ...

    def publish(self, figures: Figures) -> None:
        """Add to the endpoint's metrics."""
        ...

    def gpu_figures(self) -> Figures:
        """How busy and how full the machine's GPUs are now; empty where they cannot be measured."""
        ...

    def interruption(self) -> bool:
        """Whether the machine is about to be taken away."""
        ...

    def heartbeat(self) -> None:
        """Ask for more time to start."""
        ...

    def started(self, *, ok: bool) -> None:
        """Say that the replica may come into service, or never will; done where nobody waits to hear it."""
        ...

    def still_leaving(self) -> None:
        """Ask for more time to end; done where nobody waits yet."""
        ...

    def left(self) -> bool:
        """Say that nothing is in flight any more. False where nobody waits to hear it yet: say it again."""
        ...

    def replace(self) -> None:
        """Ask for another machine in this one's place, which serves until that one does."""
        ...
