"""Auto Scaling groups that act: as many machines as wanted, hooks, health, one after the other.

Auto Scaling user guide (read 2026-11). Instance maintenance policy 100/200, the one that homeport sets: a
replacement is in service before what it replaces leaves.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from sandbox.live.aws.activities import begin_activity, end_activity
from sandbox.live.aws.events.group_events import LAUNCHED, NOT_LAUNCHED, TERMINATED
from sandbox.live.aws.instances import (
    ABANDON,
    CONTINUE,
    IN_SERVICE,
    LAUNCHING,
    LEAVING,
    LEAVING_PROCEED,
    LEAVING_WAIT,
    PENDING_WAIT,
    TERMINATING,
    LiveInstance,
)
from sandbox.live.aws.refreshes import Rollout, current_rollout

GROWTH_MAX = 2
"""`MaxHealthyPercentage` 200."""
UNHEALTHY = "Unhealthy"
SHUTDOWN_SECONDS_MAX = 300.0
"""EC2 ends a machine by force "after a few minutes" (EC2 guide, "Terminate your instance", 2026-11)."""
RETRY_SECONDS = 30.0
"""After a launch that failed; AWS waits longer each time and says no numbers."""


class Targets(Protocol):
    """What a group asks of the load balancers."""

    def register(self, instance: LiveInstance, target_groups: list[str]) -> None:
        """It is a target of these groups and of no other; a new one gets requests once it is healthy."""
        ...

    def deregister(self, instance: LiveInstance) -> None:
        """No new request; what is under way goes on."""
        ...

    def has_drained(self, instance: LiveInstance) -> bool:
        """Nothing under way any more, or the deregistration delay is over."""
        ...

    def state(self, instance: LiveInstance) -> str:
        """`healthy`, `unhealthy`, `initial`, `draining`, `unused`."""
        ...


Launch = Callable[[Any, str], LiveInstance]
"""moto's group, template version -> an instance that starts. Raises `NoCapacityError`."""
Terminate = Callable[[Any, LiveInstance], None]
Announce = Callable[[str, Any, dict[str, Any], str], None]
"""Kind of an event (`group_events`), moto's group, the activity, the instance's id, which may be empty."""


def _to_nobody(*_: Any) -> None:
    """A group of which nobody wants to know."""


class NoCapacityError(Exception):
    """The cloud has no such machine now; the text is EC2's."""


@dataclass
class GroupKeeper:
    """Keeps one group: `look` at it many times a second."""

    group: Any
    """moto's."""
    targets: Targets
    launch: Launch
    forget: Terminate
    announce: Announce = _to_nobody
    instances: list[LiveInstance] = field(default_factory=list[LiveInstance])
    quiet_since: float = 0.0
    """When the last activity ended."""
    _next_launch: float = 0.0

    def look(self, now: float) -> None:
        """Everything that is due."""
        for instance in list(self.instances):
            self._advance(instance, now)
        for instance in self.in_service():
            self.targets.register(instance, list(self.group.target_group_arns))
        self._find_unhealthy(now)
        rollout = current_rollout(self.group, now)
        self._match(rollout, now)
        if rollout:
            rollout.follow(self.instances, now)
        if self.is_busy():
            self.quiet_since = now

    def is_busy(self) -> bool:
        """Whether an activity is under way."""
        return any(one.is_pending or one.is_leaving for one in self.instances)

    def in_service(self) -> list[LiveInstance]:
        """Those that serve."""
        return [one for one in self.instances if one.phase == IN_SERVICE]

    def find(self, instance_id: str) -> LiveInstance | None:
        """By EC2's id."""
        return next((one for one in self.instances if one.id == instance_id), None)

    def remove(self, instance: LiveInstance, cause: str, now: float) -> None:
        """It leaves, whatever it is doing."""
        if instance.is_leaving:
            return
        never_served = instance.in_service_at is None
        instance.wait = None
        instance.phase = LEAVING
        instance.activity = begin_activity(
            self.group, f"Terminating EC2 instance: {instance.id}", cause
        )
        if never_served:
            self._leave_hook(instance, now)
        else:
            self.targets.deregister(instance)

    def _advance(self, instance: LiveInstance, now: float) -> None:
        if not instance.machine.is_on():
            if instance.phase == LEAVING_PROCEED or instance.is_leaving:
                self._gone(instance, now)
            else:
                self.remove(instance, "an EC2 health check indicated it has been terminated", now)
        elif instance.is_pending:
            self._come(instance, now)
        elif instance.phase == LEAVING and self.targets.has_drained(instance):
            self._leave_hook(instance, now)
        elif instance.phase == LEAVING_WAIT and instance.wait_result(now) is not None:
            self._switch_off(instance, now)
        elif instance.off_since is not None and now - instance.off_since > SHUTDOWN_SECONDS_MAX:
            instance.machine.lose()

    def _come(self, instance: LiveInstance, now: float) -> None:
        if instance.phase != PENDING_WAIT:
            hook = self._hook(LAUNCHING)
            instance.phase = PENDING_WAIT
            if hook is not None:
                instance.begin_wait(hook, now)
        result = instance.wait_result(now)
        if result == CONTINUE:
            instance.wait = None
            instance.phase, instance.in_service_at = IN_SERVICE, now
            end_activity(instance.activity, "Successful")
            self._announce(LAUNCHED, instance)
        elif result == ABANDON:
            reason = "a lifecycle hook was abandoned"
            end_activity(instance.activity, "Cancelled", f"Instance failed to launch: {reason}")
            self._announce(NOT_LAUNCHED, instance)
            instance.abandoned = True
            self._next_launch = now + RETRY_SECONDS
            self.remove(instance, reason, now)

    def _leave_hook(self, instance: LiveInstance, now: float) -> None:
        hook = self._hook(TERMINATING)
        if hook is None:
            self._switch_off(instance, now)
            return
        instance.phase = LEAVING_WAIT
        instance.begin_wait(hook, now)

    def _switch_off(self, instance: LiveInstance, now: float) -> None:
        instance.phase, instance.off_since = LEAVING_PROCEED, now
        instance.machine.shut_down()

    def _gone(self, instance: LiveInstance, now: float) -> None:
        self.targets.deregister(instance)
        self.instances.remove(instance)
        self.forget(self.group, instance)
        end_activity(instance.activity, "Successful")
        self._announce(TERMINATED, instance)
        self.quiet_since = now

    def _announce(self, kind: str, instance: LiveInstance) -> None:
        self.announce(kind, self.group, instance.activity, instance.id)

    def _hook(self, transition: str) -> Any:
        hooks = self.group.autoscaling_backend.lifecycle_hooks.values()
        return next(
            (
                hook
                for hook in hooks
                if hook.auto_scaling_group_name == self.group.name
                and hook.lifecycle_transition == transition
            ),
            None,
        )

    def _find_unhealthy(self, now: float) -> None:
        """By the load balancer, after the grace period."""
        grace = float(self.group.health_check_grace_period or 0)
        for one in self.in_service():
            assert one.in_service_at is not None
            asked = self.group.health_check_type == "ELB" and now - one.in_service_at > grace
            said = one.state.health_status == UNHEALTHY  # by SetInstanceHealth
            if said or (asked and self.targets.state(one) == "unhealthy"):
                one.replaced, one.state.health_status = True, UNHEALTHY

    def _match(self, rollout: Rollout | None, now: float) -> None:
        """As many keepers as wanted; what is to be replaced leaves when it can be spared."""
        wanted = int(self.group.desired_capacity or 0)
        staying = [one for one in self.instances if not one.is_leaving]
        to_replace = [one for one in staying if one.replaced or (rollout and rollout.replaces(one))]
        keepers = [one for one in staying if one not in to_replace]
        for _ in range(wanted - len(keepers)):
            if len(staying) < max(GROWTH_MAX * wanted, 1) and not self._launch_one(rollout, now):
                break
            staying = [one for one in self.instances if not one.is_leaving]
        for one in _first_to_go(keepers, len(keepers) - wanted):
            self.remove(one, "the group was asked to be smaller", now)
        serving = (
            [one for one in keepers if rollout.serves(one, self.targets, now)]
            if rollout
            else [
                one
                for one in keepers
                if one.phase == IN_SERVICE and self.targets.state(one) == "healthy"
            ]
        )
        spare = len(serving) + len([one for one in to_replace if one.phase == IN_SERVICE]) - wanted
        for one in to_replace:
            if one.is_pending or spare > 0:
                spare -= one.phase == IN_SERVICE
                self.remove(one, "it was replaced", now)

    def _launch_one(self, rollout: Rollout | None, now: float) -> bool:
        if now < self._next_launch or "Launch" in self.group._suspended_processes:
            return False
        version = rollout.version if rollout else None
        activity = begin_activity(
            self.group, "Launching a new EC2 instance", "the group was asked to be larger"
        )
        try:
            instance = self.launch(self.group, version or "")
        except NoCapacityError as error:
            end_activity(activity, "Failed", str(error))
            self.announce(NOT_LAUNCHED, self.group, activity, "")
            self._next_launch = now + RETRY_SECONDS
            return False
        activity["Description"] = f"Launching a new EC2 instance: {instance.id}"
        instance.activity, instance.launched_at = activity, now
        self.instances.append(instance)
        return True


def _first_to_go(instances: list[LiveInstance], count: int) -> list[LiveInstance]:
    """Termination policy `OldestLaunchTemplate`, then the oldest; those that do not serve yet before all."""
    if count <= 0:
        return []
    ordered = sorted(
        instances,
        key=lambda one: (not one.is_pending, int(one.state.version or 0), one.launched_at),
    )
    return ordered[:count]
