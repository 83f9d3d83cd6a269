"""Instance refreshes that take their time: new machines first, warm and healthy before old ones go, and the way back.

Auto Scaling user guide, "Instance refresh" and "Undo changes with a rollback" (read 2026-11): one that makes no way
for an hour fails; with `AutoRollback` it goes back to the version that the group had.
"""

from dataclasses import dataclass
from typing import Any

from moto.core.utils import utcnow

from sandbox.emulator.additions.autoscaling_refreshes import refreshes_of
from sandbox.live.aws.instances import IN_SERVICE, LiveInstance

NO_WAY_SECONDS = 3600.0
PENDING, FORWARD, BACK, CANCELLING = "Pending", "InProgress", "RollbackInProgress", "Cancelling"
RUNNING = (PENDING, FORWARD, BACK, CANCELLING)


@dataclass
class Rollout:
    """A refresh that is under way."""

    group: Any
    refresh: dict[str, Any]

    @property
    def version(self) -> str:
        """Of the template, that every machine shall have."""
        return self.refresh["live_from" if self.refresh["Status"] == BACK else "live_to"]

    def replaces(self, instance: LiveInstance) -> bool:
        """Whether this one is of another version, or older than a refresh that replaces everything."""
        if self.refresh["Preferences"].get("SkipMatching") or self.refresh["Status"] == BACK:
            return instance.state.version != self.version
        return instance.launched_at < self.refresh["live_began"]

    def serves(self, instance: LiveInstance, targets: Any, now: float) -> bool:
        """In service, warm and healthy: an old one may go for it."""
        if instance.phase != IN_SERVICE or targets.state(instance) != "healthy":
            return False
        assert instance.in_service_at is not None
        warmup = self.refresh["Preferences"].get("InstanceWarmup")
        if warmup is None:
            warmup = getattr(self.group, "default_instance_warmup", None) or 0
        return now - instance.in_service_at >= float(warmup)

    def follow(self, instances: list[LiveInstance], now: float) -> None:
        """How far it is, and whether it is over."""
        left = [one for one in instances if not one.is_leaving and self.replaces(one)]
        leaving = [one for one in instances if one.is_leaving and self.replaces(one)]
        new = [one for one in instances if not one.is_leaving and not self.replaces(one)]
        wanted = int(self.group.desired_capacity or 0)
        if len(left) != self.refresh["InstancesToUpdate"]:
            self.refresh["live_progress"] = now
        self.refresh["InstancesToUpdate"] = len(left)
        self.refresh["PercentageComplete"] = _percent(wanted - len(left), wanted)
        if (
            not left
            and not leaving
            and len([one for one in new if one.phase == IN_SERVICE]) >= wanted
        ):
            self._end("RollbackSuccessful" if self.refresh["Status"] == BACK else "Successful")
        elif now - self.refresh["live_progress"] > NO_WAY_SECONDS:
            self._give_up(now)

    def _give_up(self, now: float) -> None:
        if self.refresh["Status"] != BACK and self.refresh["Preferences"].get("AutoRollback"):
            self.refresh |= {
                "Status": BACK,
                "StatusReason": "replacements did not become healthy",
                "live_progress": now,
            }
            self.group.launch_template_version = self.refresh["live_from"]
        else:
            self._end("RollbackFailed" if self.refresh["Status"] == BACK else "Failed")

    def _end(self, status: str) -> None:
        self.refresh |= {"Status": status, "EndTime": utcnow(), "PercentageComplete": 100}


def current_rollout(group: Any, now: float) -> Rollout | None:
    """The group's running refresh; one that has just been asked for begins."""
    refresh = next((one for one in refreshes_of(group) if one["Status"] in RUNNING), None)
    if refresh is None:
        return None
    if refresh["Status"] == PENDING:
        refresh |= {"Status": FORWARD, "live_began": now, "live_progress": now}
    return Rollout(group, refresh)


def _percent(done: int, of: int) -> int:
    return 100 if of <= 0 else max(0, min(100, 100 * done // of))
