"""The loop that makes one region of the emulated account act: a second of its clock at a time."""

import json
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from moto.acm.models import acm_backends
from moto.autoscaling.models import autoscaling_backends
from moto.cloudwatch.models import cloudwatch_backends
from moto.elbv2.models import elbv2_backends

from sandbox.emulator import ACCOUNT_ID
from sandbox.emulator.turns import Turns
from sandbox.live.aws.alarms import AlarmBoard
from sandbox.live.aws.balancers import Balancers
from sandbox.live.aws.faults import Faults, read_faults
from sandbox.live.aws.functions import AccountFunctions
from sandbox.live.aws.groups import GroupKeeper, NoCapacityError
from sandbox.live.aws.instances import LiveInstance
from sandbox.live.aws.machines import MachineRoom
from sandbox.live.aws.metrics import MetricStore, metric_key
from sandbox.live.aws.policies import execute_policy
from sandbox.live.aws.targets import TargetBoard
from sandbox.live.clock import Clock

LOOK_SECONDS = 0.05
DELAY = "deregistration_delay.timeout_seconds"
METRICS_SECONDS = 60
NO_CAPACITY = (
    "We currently do not have sufficient {type} capacity in the Availability Zone you requested. Our system will be"
    " working on provisioning additional capacity. Launching EC2 instance failed."
)


class LiveAccount:
    """Runs in the emulator's process; moto's objects are touched in a turn of the emulator only."""

    def __init__(
        self,
        folder: Path,
        *,
        region: str,
        turns: Turns,
        clock: Clock,
        room: MachineRoom,
        functions: AccountFunctions,
    ) -> None:
        self.clock, self.room, self.region, self.functions = clock, room, region, functions
        self.turns = turns
        self._metrics = MetricStore()
        self.targets = TargetBoard(clock.now, self._delay_seconds)
        self.balancers = Balancers(
            folder / "balancers", self.targets, clock, self._hosts, functions.targets.port_of
        )
        self._alarms = AlarmBoard(self._metrics, self._act)
        self._keepers: dict[str, GroupKeeper] = {}
        self._next_second = 0
        self.looked_at = 0.0
        """When the last look at everything began."""
        self._faults = Faults()
        self.notices: set[str] = set()
        """Machines that EC2 is about to take back (spot)."""
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live-account", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Machines, load balancers and functions end."""
        self._closed.set()
        self._thread.join()
        self.balancers.close()
        self.functions.close()
        self.room.close()

    def keepers(self) -> Iterator[GroupKeeper]:
        """Of the groups that exist, and of those whose machines still leave."""
        yield from self._keepers.values()

    def find(self, instance_id: str) -> tuple[GroupKeeper, LiveInstance] | None:
        """By EC2's id."""
        for keeper in self._keepers.values():
            found = keeper.find(instance_id)
            if found is not None:
                return keeper, found
        return None

    def set_faults(self, faults: dict[str, Any]) -> None:
        """From now on these and no others: see `faults`. Raises `ValueError` for one that is not known."""
        found = read_faults(faults)
        self.room.set_machine_faults(list(found.machine))
        self.room.set_engine(dict(found.engine))
        self.functions.set_faults(found)
        self.balancers.rule_changes.lag_seconds = found.rule_lag_seconds
        self._faults = found

    def publish(
        self,
        namespace: str,
        name: str,
        dimensions: dict[str, str],
        value: float,
        count: float = 1.0,
    ) -> None:
        """A value of a metric, seen so often."""
        if not (self._faults.blind and namespace.startswith("homeport/")):
            key = metric_key(namespace, name, dimensions)
            self._metrics.put(key, value, self.clock.now(), count)

    def _run(self) -> None:
        while not self._closed.wait(LOOK_SECONDS):
            try:
                with self.turns:
                    self._look()
            except Exception:  # noqa: BLE001 - the account goes on; the emulator's log says what was wrong
                traceback.print_exc()

    def _look(self) -> None:
        now = self.clock.now()
        self._follow_groups()
        for name, keeper in list(self._keepers.items()):
            keeper.look(now)
            if keeper.group.name not in self._groups() and not keeper.instances:
                del self._keepers[name]
        self.functions.look(now)
        self.balancers.write(self._backend(elbv2_backends))
        while self._next_second + 1 <= now:
            self._second(self._next_second)
            self._next_second += 1
        self.looked_at = now

    def _second(self, second: int) -> None:
        # In the middle of a minute: a loop that is late must not put it into the next one.
        if second % METRICS_SECONDS == METRICS_SECONDS // 2:
            self._publish_group_metrics()
        self._alarms.look(self._backend(cloudwatch_backends).alarms, second)

    def _publish_group_metrics(self) -> None:
        """A group's own metrics, each minute (Auto Scaling guide, group metrics)."""
        for keeper in self._keepers.values():
            dimensions = {"AutoScalingGroupName": keeper.group.name}
            counts = {
                "GroupDesiredCapacity": float(keeper.group.desired_capacity),
                "GroupInServiceInstances": float(len(keeper.in_service())),
                "GroupTotalInstances": float(len(keeper.instances)),
            }
            for name, value in counts.items():
                self.publish("AWS/AutoScaling", name, dimensions, value)
            for one in keeper.in_service():
                use = one.machine.busy_percent()
                if use is not None:
                    self.publish("AWS/EC2", "CPUUtilization", dimensions, use)

    def _groups(self) -> dict[str, Any]:
        return self._backend(autoscaling_backends).autoscaling_groups

    def _follow_groups(self) -> None:
        for name, group in self._groups().items():
            keeper = self._keepers.get(name)
            if keeper is None or keeper.group is not group:
                self._keepers[name] = GroupKeeper(
                    group, self.targets, self._launch, self._forget, self.functions.announce
                )

    def _launch(self, group: Any, version: str) -> LiveInstance:
        """Raises `NoCapacityError` where a test says that the cloud has none."""
        if self._faults.no_capacity:
            raise NoCapacityError(NO_CAPACITY.format(type=group.instance_type))
        if version:
            group.launch_template_version = version
        before = list(group.instance_states)
        group.replace_autoscaling_group_instances(1, group.get_propagated_tags())
        (state,) = [one for one in group.instance_states if one not in before]
        template = group.ec2_launch_template.get_version(state.version)
        machine = self.room.switch_on(state.instance.id, template.user_data.decode(), self.region)
        state.lifecycle_state = "Pending"
        return LiveInstance(state, machine, self.clock.now())

    def _forget(self, group: Any, instance: LiveInstance) -> None:
        """EC2 has terminated it."""
        group.instance_states = [one for one in group.instance_states if one is not instance.state]
        self.notices.discard(instance.id)
        with suppress(Exception):  # it may have been terminated by a call already
            group.ec2_backend.terminate_instances([instance.id])

    def _act(self, action: str, value: float) -> None:
        """An alarm's action: a scaling policy's ARN; others (mail) end here."""
        backend = self._backend(autoscaling_backends)
        for policy in backend.policies.values():
            keeper = self._keepers.get(policy.auto_scaling_group_name)
            if policy.arn == action and keeper is not None:
                threshold = self._threshold_of(action)
                execute_policy(
                    policy, keeper, over_threshold=value - threshold, now=self.clock.now()
                )

    def _threshold_of(self, action: str) -> float:
        alarms = self._backend(cloudwatch_backends).alarms.values()
        return next(float(one.threshold) for one in alarms if action in one.alarm_actions)

    def _delay_seconds(self, target_group_arn: str) -> float:
        group = self._backend(elbv2_backends).target_groups.get(target_group_arn)
        return float(group.attributes[DELAY]) if group else 0.0

    def _hosts(self, certificate_arn: str) -> tuple[str, ...]:
        certificate = self._backend(acm_backends)._certificates[certificate_arn]
        return tuple(sorted({certificate.common_name, *certificate.sans}))

    def _backend(self, backends: Any) -> Any:
        return backends[ACCOUNT_ID][self.region]


def describe(account: LiveAccount) -> str:
    """What a client of the sandbox needs to know, as JSON."""
    return json.dumps(
        {
            "time_scale": account.clock.scale,
            "now": account.clock.now(),
            "looked_at": account.looked_at,
            "authority": str(account.balancers.authority.path),
            "executed": str(account.room.executed),
            **account.functions.describe(),
            "listeners": [vars(one) for one in account.balancers.addresses.values()],
            "groups": {
                keeper.group.name: [
                    {
                        "id": one.id,
                        "phase": one.phase,
                        "target": account.targets.state(one) if one.in_service_at else "unused",
                        "version": one.state.version,
                        "folder": str(one.machine.folder),
                        "units": one.machine.unit_states(),
                    }
                    for one in keeper.instances
                ]
                for keeper in account.keepers()
            },
        }
    )
