"""Target groups' members and what is known of their health, by the states that DescribeTargetHealth shows.

ELB user guide, "Target health status" and "Deregistration delay" (read 2026-11): a new target is `initial` until its
first checks; a leaving one is `draining` for the delay, or shorter where nothing is under way on it.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.live.aws.instances import LiveInstance

INITIAL, HEALTHY, UNHEALTHY, DRAINING, UNUSED = (
    "initial",
    "healthy",
    "unhealthy",
    "draining",
    "unused",
)
REASONS = {
    INITIAL: ("Elb.RegistrationInProgress", "Target registration is in progress"),
    UNHEALTHY: ("Target.FailedHealthChecks", "Health checks failed"),
    DRAINING: ("Target.DeregistrationInProgress", "Target deregistration is in progress"),
}
INITIAL_SECONDS = 60.0
"""Of the account's clock: a target that passed no check by then is unhealthy, not new."""


@dataclass
class Target:
    """A machine in one target group; times are seconds of the account's clock."""

    instance: LiveInstance
    group_arn: str
    registered_at: float
    state: str = INITIAL
    drains_until: float | None = None


class TargetBoard:
    """Shared by the groups' loop and the balancers' thread."""

    def __init__(self, now: Callable[[], float], delay_seconds: Callable[[str], float]) -> None:
        """`delay_seconds` gives a target group's deregistration delay by its ARN."""
        self._now, self._delay = now, delay_seconds
        self._targets: dict[tuple[str, str], Target] = {}
        self._lock = threading.Lock()

    def register(self, instance: LiveInstance, target_groups: list[str]) -> None:
        """It is a target of these groups and of no other."""
        with self._lock:
            for arn in target_groups:
                found = self._targets.get((arn, instance.id))
                if found is None or found.state == DRAINING:
                    self._targets[arn, instance.id] = Target(instance, arn, self._now())
            for target in self._of(instance):
                if target.group_arn not in target_groups:
                    self._drain(target)

    def deregister(self, instance: LiveInstance) -> None:
        """From all groups; at once where the machine is gone."""
        with self._lock:
            for target in self._of(instance):
                if instance.machine.is_on():
                    self._drain(target)
                else:
                    del self._targets[target.group_arn, instance.id]

    def has_drained(self, instance: LiveInstance) -> bool:
        """Whether no deregistration of it is under way."""
        with self._lock:
            targets = self._of(instance)
            now = self._now()
            over = all(one.drains_until is not None and now >= one.drains_until for one in targets)
            if over:
                for target in targets:
                    del self._targets[target.group_arn, instance.id]
            return over

    def nothing_under_way(self, instance: LiveInstance) -> None:
        """Its deregistration needs no more time."""
        with self._lock:
            for target in self._of(instance):
                if target.state == DRAINING:
                    target.drains_until = self._now()

    def state(self, instance: LiveInstance) -> str:
        """Unhealthy where one group finds it so; healthy where all do. A machine without a group is healthy."""
        with self._lock:
            states = {target.state for target in self._of(instance)}
        for state in (UNHEALTHY, DRAINING, INITIAL):
            if state in states:
                return state
        return HEALTHY

    def of_group(self, arn: str) -> list[Target]:
        """Members and those that leave."""
        with self._lock:
            return [target for target in self._targets.values() if target.group_arn == arn]

    def draining(self) -> list[LiveInstance]:
        """Machines that some group waits for."""
        with self._lock:
            found = [one.instance for one in self._targets.values() if one.state == DRAINING]
        return list({one.id: one for one in found}.values())

    def found(self, arn: str, address: str, *, healthy: bool) -> None:
        """What the load balancer's checks say of a machine."""
        with self._lock:
            for target in self._targets.values():
                if target.group_arn != arn or target.instance.machine.address != address:
                    continue
                if target.state == DRAINING:
                    continue
                young = self._now() - target.registered_at < INITIAL_SECONDS
                if healthy:
                    target.state = HEALTHY
                elif target.state == HEALTHY or not young:
                    target.state = UNHEALTHY

    def _of(self, instance: LiveInstance) -> list[Target]:
        return [one for one in self._targets.values() if one.instance.id == instance.id]

    def _drain(self, target: Target) -> None:
        if target.state != DRAINING:
            target.state = DRAINING
            target.drains_until = self._now() + self._delay(target.group_arn)
