"""One instance of a group on its way through life: Pending:Wait, InService, Terminating, Terminating:Wait, gone.

Auto Scaling user guide, "Instance lifecycle" and "Lifecycle hooks" (read 2026-11). A leaving instance is taken from
its target groups first, and its hook begins when their deregistration is over.
"""

from dataclasses import dataclass, field
from typing import Any

from sandbox.live.aws.machines import RunningMachine

LAUNCHING, TERMINATING = (
    "autoscaling:EC2_INSTANCE_LAUNCHING",
    "autoscaling:EC2_INSTANCE_TERMINATING",
)
PENDING, PENDING_WAIT, IN_SERVICE = "Pending", "Pending:Wait", "InService"
LEAVING, LEAVING_WAIT, LEAVING_PROCEED = "Terminating", "Terminating:Wait", "Terminating:Proceed"
CONTINUE, ABANDON = "CONTINUE", "ABANDON"


@dataclass
class Wait:
    """A lifecycle action that somebody has to complete."""

    hook: Any
    """moto's."""
    expires: float
    result: str | None = None


@dataclass
class LiveInstance:
    """Times are seconds of the account's clock."""

    state: Any
    """moto's; its `lifecycle_state` is what the API shows."""
    machine: RunningMachine
    launched_at: float
    wait: Wait | None = None
    in_service_at: float | None = None
    off_since: float | None = None
    """When it was told to shut down."""
    replaced: bool = False
    """Another one takes its place: it is unhealthy."""
    abandoned: bool = False
    activity: dict[str, Any] = field(default_factory=dict[str, Any])
    """The scaling activity that is under way for it."""

    @property
    def id(self) -> str:
        """EC2's."""
        return self.state.instance.id

    @property
    def phase(self) -> str:
        """The lifecycle state."""
        return self.state.lifecycle_state

    @phase.setter
    def phase(self, phase: str) -> None:
        self.state.lifecycle_state = phase

    @property
    def is_leaving(self) -> bool:
        """On its way out, for whatever reason."""
        return self.phase.startswith(LEAVING)

    @property
    def is_pending(self) -> bool:
        """On its way in."""
        return self.phase.startswith(PENDING)

    @property
    def target_lifecycle_state(self) -> str:
        """What the machine's metadata service says."""
        return "Terminated" if self.is_leaving else IN_SERVICE

    def begin_wait(self, hook: Any, now: float) -> None:
        """A hook holds it from now on."""
        self.wait = Wait(hook, now + float(hook.heartbeat_timeout))

    def wait_result(self, now: float) -> str | None:
        """What came of the hook; None while it is waited for."""
        if self.wait is None:
            return CONTINUE
        if self.wait.result is not None:
            return self.wait.result
        return str(self.wait.hook.default_result) if now >= self.wait.expires else None
