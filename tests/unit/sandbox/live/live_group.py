"""A group without a cloud: machines that a test starts, heals and ends, in time that it moves."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sandbox.live.aws.groups import GroupKeeper, NoCapacityError
from sandbox.live.aws.instances import LAUNCHING, TERMINATING, LiveInstance

HOOKS = {
    name: SimpleNamespace(
        name=name,
        auto_scaling_group_name="chat",
        lifecycle_transition=transition,
        heartbeat_timeout=timeout,
        default_result=result,
    )
    for name, transition, timeout, result in (
        ("launch", LAUNCHING, 600, "ABANDON"),
        ("terminate", TERMINATING, 120, "CONTINUE"),
    )
}


@dataclass
class FakeMachine:
    on: bool = True
    told_to_shut_down: bool = False

    def is_on(self) -> bool:
        return self.on

    def lose(self) -> None:
        self.on = False

    def shut_down(self) -> None:
        self.told_to_shut_down = True


@dataclass
class FakeTargets:
    """Everything that is registered is healthy unless a test says otherwise."""

    states: dict[str, str] = field(default_factory=dict[str, str])
    draining: set[str] = field(default_factory=set[str])

    def register(self, instance: LiveInstance, target_groups: list[str]) -> None:
        pass

    def deregister(self, instance: LiveInstance) -> None:
        self.draining.add(instance.id)

    def has_drained(self, instance: LiveInstance) -> bool:
        return instance.id not in self.draining

    def state(self, instance: LiveInstance) -> str:
        return self.states.get(instance.id, "healthy")


class World:
    """One group; `go` lets time pass in steps of a second."""

    def __init__(self, desired: int, *, warmup_seconds: int = 0, hooks: bool = True) -> None:
        self.now, self.capacity = 0.0, True
        self.targets = FakeTargets()
        self.group: Any = SimpleNamespace(
            name="chat",
            arn="arn:chat",
            min_size=1,
            max_size=4,
            desired_capacity=desired,
            target_group_arns=["arn:tg"],
            health_check_type="ELB",
            health_check_grace_period=120,
            default_instance_warmup=warmup_seconds,
            default_cooldown=300,
            launch_template_version="1",
            instance_refreshes=[],
            _suspended_processes=[],
            autoscaling_backend=SimpleNamespace(lifecycle_hooks=HOOKS if hooks else {}),
        )
        self.made = 0
        self.announced: list[tuple[str, str]] = []
        """Kinds of events, and whose."""
        self.keeper = GroupKeeper(
            self.group, self.targets, self._launch, lambda *_: None, self._announce
        )

    def go(self, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.now += 1
            self.keeper.look(self.now)

    def start_all(self) -> None:
        """Every machine that waits says that it is ready."""
        self.go(2)
        for one in self.keeper.instances:
            if one.is_pending and one.wait:
                one.wait.result = "CONTINUE"
        self.go()

    def leave_all(self) -> None:
        """Every machine that leaves has drained, ends its hook and is off."""
        for _ in range(4):
            for one in list(self.keeper.instances):
                self.targets.draining.discard(one.id)
                if one.is_leaving and one.wait:
                    one.wait.result = "CONTINUE"
                machine: Any = one.machine
                if machine.told_to_shut_down:
                    machine.on = False
            self.go()

    def phases(self) -> list[str]:
        return [one.phase for one in self.keeper.instances]

    def versions(self) -> list[str]:
        return sorted(one.state.version for one in self.keeper.in_service())

    def begin_refresh(self, version: str, **preferences: Any) -> dict[str, Any]:
        refresh: dict[str, Any] = {
            "Status": "Pending",
            "Preferences": {"SkipMatching": True, **preferences},
            "InstancesToUpdate": 0,
            "PercentageComplete": 0,
            "live_from": self.group.launch_template_version,
            "live_to": version,
        }
        self.group.instance_refreshes.insert(0, refresh)
        return refresh

    def _announce(self, kind: str, group: Any, activity: Any, instance_id: str) -> None:
        assert (group, activity["AutoScalingGroupName"]) == (self.group, "chat")
        self.announced.append((kind, instance_id))

    def _launch(self, group: Any, version: str) -> LiveInstance:
        if not self.capacity:
            raise NoCapacityError("no machine of this type")
        if version:
            group.launch_template_version = version
        self.made += 1
        state = SimpleNamespace(
            instance=SimpleNamespace(id=f"i-{self.made}"),
            lifecycle_state="Pending",
            health_status="Healthy",
            version=group.launch_template_version,
        )
        machine: Any = FakeMachine()
        return LiveInstance(state, machine, self.now)
