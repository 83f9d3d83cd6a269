"""Everything of the account that runs functions: who invokes them, and when."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.elbv2.models import elbv2_backends
from moto.events.models import events_backends

from sandbox.emulator import ACCOUNT_ID
from sandbox.live.aws.events.group_events import group_event
from sandbox.live.aws.events.luck import Luck
from sandbox.live.aws.events.queue import EventQueue
from sandbox.live.aws.events.rules import RuleBoard
from sandbox.live.aws.events.streams import StreamReader, settings_of
from sandbox.live.aws.faults import SOURCES, Faults
from sandbox.live.aws.function_calls import FunctionCalls
from sandbox.live.aws.function_logs import FunctionLogs
from sandbox.live.aws.function_store import BALANCER, FunctionStore
from sandbox.live.aws.function_targets import FunctionTarget, FunctionTargets
from sandbox.live.clock import Clock
from sandbox.live.functions.runner import FunctionRunner

MULTI_VALUE = "lambda.multi_value_headers.enabled"


class AccountFunctions:
    """Of one region; `look` many times a second, in a turn of the emulator."""

    def __init__(self, folder: Path, *, region: str, clock: Clock, account: str, hub: str) -> None:
        """`account` and `hub` are addresses."""
        self._region, self._clock = region, clock
        environment = _environment(region, account, hub, clock.scale)
        self.runner = FunctionRunner(folder, environment, time_scale=clock.scale)
        self.store = FunctionStore(region)
        self.queue = EventQueue(self.store, self.runner.invoke, clock.now)
        self.targets = FunctionTargets(self.runner.invoke)
        self.calls = FunctionCalls(self.runner)
        self._luck = {source: Luck(source) for source in SOURCES}
        self._rules = RuleBoard(region, self.store, self.queue, self._luck)
        self._logs = FunctionLogs(region)
        self._readers: dict[str, StreamReader] = {}

    def look(self, now: float) -> None:
        """Everything that is due."""
        functions = list(self.store.all())
        self.runner.keep_only(functions)
        for function in functions:
            self._logs.follow(self.runner.log_of(function.name), function.log_group)
        self.targets.follow(self._targets_now())
        self._read_streams(now)
        self._rules.look(now, self._rules_now())
        self.queue.look(now)

    def announce(self, kind: str, group: Any, activity: Mapping[str, Any], instance: str) -> None:
        """Something has happened to a machine of a group: see `group_events`."""
        event = group_event(kind, group, activity, instance)
        self._rules.publish(self._clock.now(), self._rules_now(), event)

    def set_faults(self, faults: Faults) -> None:
        """From now on these and no others."""
        self.runner.concurrency.limit = faults.functions.concurrency
        self.calls.set_faults(faults)
        for luck in self._luck.values():
            luck.set_faults(faults.events)

    def describe(self) -> dict[str, Any]:
        """Counts; `pending_events` are those that no function is done with, `refused_events` those not permitted."""
        concurrency = self.runner.concurrency
        records = sum(reader.size() for reader in self._readers.values())
        return {
            "functions": self.runner.describe(),
            "concurrency": {"limit": concurrency.limit, "peak": concurrency.peak},
            "crashes": self.calls.crashes,
            "pending_events": self.queue.size() + records,
            "refused_events": self._rules.refused,
        }

    def close(self) -> None:
        """No function runs any more."""
        self.targets.close()
        self.runner.close()

    def _read_streams(self, now: float) -> None:
        mappings = self.store.mappings()
        for gone in set(self._readers) - set(mappings):
            del self._readers[gone]
        tables = dynamodb_backends[ACCOUNT_ID][self._region].tables
        for identifier, mapping in mappings.items():
            table_arn, _, label = mapping.event_source_arn.partition("/stream/")
            table = tables.get(table_arn.rpartition("/")[2])
            if table is None or table.stream_shard is None or table.latest_stream_label != label:
                continue
            reader = self._readers.get(identifier)
            if reader is None:
                reader = StreamReader(self.runner.invoke, self._luck["stream"])
                self._readers[identifier] = reader
            function = self.store.find(mapping.function_arn)
            reader.look(now, settings_of(mapping), function, table.stream_shard)

    def _targets_now(self) -> dict[str, FunctionTarget]:
        groups = elbv2_backends[ACCOUNT_ID][self._region].target_groups
        found = {arn: group for arn, group in groups.items() if group.target_type == "lambda"}
        return {arn: self._target(arn, group) for arn, group in found.items()}

    def _target(self, arn: str, group: Any) -> FunctionTarget:
        registered = next(iter(group.targets), "")
        return FunctionTarget(
            group_arn=arn,
            multi_value=str(group.attributes.get(MULTI_VALUE)).lower() == "true",
            function=self.store.find(registered) if registered else None,
            permitted=self.store.permits(registered, BALANCER, arn),
        )

    def _rules_now(self) -> Mapping[str, Any]:
        return events_backends[ACCOUNT_ID][self._region].event_buses["default"].rules


def _environment(region: str, account: str, hub: str, time_scale: float) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": account,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "HOMEPORT_HUB": hub,
        "HOMEPORT_TIME_SCALE": f"{time_scale:g}",
    }
