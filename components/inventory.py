"""The translators under Pulumi's mocks: what a plan registers, as data, without an engine.

    python -m components.inventory < plan.json

prints a JSON list, sorted by URN. `homeport plan` runs it in a child process; policy rules, lists
of changed resources and benchmarks read it too.
"""

import asyncio
import hashlib
import json
import sys
from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import mocks, rpc, settings
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.stack import run_in_stack

from components.deploy import deploy
from components.garbage import collect_rarely
from components.recorded_outputs import recorded_outputs
from homeport.planner.plan import StackPlan
from homeport.planner.plan_json import read_plan

PROJECT = "homeport"


def inventory(plan: StackPlan) -> list[dict[str, Any]]:
    """Every resource that `deploy` registers for the plan, components among them, sorted by URN.

    Each entry has `urn`, `type`, `name`, `custom`, `parents` (URNs, the root component first),
    `inputs` as the engine sees them (camelCase), `dependencies` (URNs) and `options`. Outputs are
    made up, the same every time. Raises `ValueError` where two resources would have one URN.
    """
    recorder = _Recorder()
    _start_runtime(recorder, plan.stack)
    asyncio.run(run_in_stack(lambda: _run(plan)))
    return recorder.entries()


def _start_runtime(recorder: "_Recorder", stack: str) -> None:
    """Points the SDK at the recorder. A clean slate each time: it keeps what ran before."""
    settings.reset_options(project=PROJECT, stack=stack)
    settings.configure(
        mocks.MockSettings(
            monitor=recorder,
            monitor_features=set(recorder.GetDeploymentInfo(None).supportedFeatures),
            engine=mocks.MockEngine(None),
            project=PROJECT,
            stack=stack,
            dry_run=False,
            organization=None,
        )
    )


async def _run(plan: StackPlan) -> None:
    deploy(plan)
    # The SDK waits for one output at a time, over and over: quadratic, minutes for a full stack.
    runtime: Any = settings.SETTINGS
    while runtime.outputs:
        outstanding = list(runtime.outputs)
        runtime.outputs.clear()
        await asyncio.gather(*outstanding, return_exceptions=True)


class _NothingToCall(mocks.Mocks):
    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        raise ValueError(f"{args.name}: components read no resource that is not theirs")

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        raise ValueError(f"{args.token}: components look nothing up")


class _Recorder(mocks.MockMonitor):
    """Pulumi's mock engine, which also keeps what it was told about each resource.

    Registration is our own: the SDK's starts an event loop in each thread and never closes it.
    """

    def __init__(self) -> None:
        super().__init__(_NothingToCall())
        self._requests: dict[str, Any] = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - the wire's name
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == "pulumi:pulumi:Stack":
            return resource_pb2.RegisterResourceResponse(urn=urn)
        if urn in self._requests:
            raise ValueError(f"two resources have the URN {urn}")
        self._requests[urn] = request
        given: dict[str, Any] = rpc.deserialize_properties(request.object)
        inputs = {
            key: value for key, value in given.items() if not isinstance(value, pulumi.Archive)
        }
        identity, outputs = recorded_outputs(request.type, request.name, inputs)
        found = type(request.object)()  # a protobuf Struct, as the engine answers with
        found.update(outputs)
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identity, object=found)

    def entries(self) -> list[dict[str, Any]]:
        """What was registered, sorted by URN."""
        return [self._entry(urn, self._requests[urn]) for urn in sorted(self._requests)]

    def _entry(self, urn: str, request: Any) -> dict[str, Any]:
        return {
            "urn": urn,
            "type": request.type,
            "name": request.name,
            "custom": bool(request.custom),
            "parents": self._parents(request),
            "inputs": _plain(rpc.deserialize_properties(request.object)),
            "dependencies": sorted(request.dependencies),
            "options": _options(request),
        }

    def _parents(self, request: Any) -> list[str]:
        parents: list[str] = []
        while (parent := self._requests.get(request.parent)) is not None:
            parents.insert(0, request.parent)
            request = parent
        return parents


def _plain(value: Any) -> Any:
    """The same value with keys in order and whole numbers as such: the wire has floats only."""
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, pulumi.AssetArchive):
        return {"archive": _digest(value)}
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _digest(archive: pulumi.AssetArchive) -> str:
    """SHA-256 in hexadecimal over paths and texts: what a reviewer can compare."""
    digest = hashlib.sha256()
    for path, asset in sorted(archive.assets.items()):
        assert isinstance(asset, pulumi.StringAsset), f"{path}: an archive is made of texts"
        digest.update(f"{path}\0{asset.text}\0".encode())
    return digest.hexdigest()


def _options(request: Any) -> dict[str, Any]:
    """Only what was set."""
    timeouts = {
        name: getattr(request.customTimeouts, name) for name in ("create", "update", "delete")
    }
    options = {
        "ignoreChanges": list(request.ignoreChanges),
        "protect": bool(request.protect),
        "retainOnDelete": bool(request.retainOnDelete),
        "customTimeouts": {name: text for name, text in timeouts.items() if text},
    }
    return {name: value for name, value in options.items() if value}


def main() -> None:
    """Reads a plan from standard input and prints its inventory."""
    collect_rarely()
    found = inventory(read_plan(sys.stdin.buffer.read()))
    json.dump(found, sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
