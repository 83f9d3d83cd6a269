"""Which deployed endpoints a command is about."""

from collections.abc import Sequence
from typing import Annotated

import typer

from homeport.cli.targets import read_targets
from homeport.operations.endpoint_status import EndpointKey
from homeport.planner.names import endpoint_names, stack_names
from homeport.project import load_stack
from homeport.spec import StackSettings

AsJson = Annotated[bool, typer.Option("--json", help="As data, for programs.")]
WaitMinutes = Annotated[
    float, typer.Option(min=0, max=1440, help="How long --wait waits at most.")
]  # fmt: skip


def read_endpoints(targets: Sequence[str]) -> tuple[StackSettings, tuple[EndpointKey, ...]]:
    """The stack's settings, and the endpoints that were named; locks and prices do not matter here."""
    target = read_targets(targets)
    sources = load_stack(target.root, target.stack, with_locks=False)
    table = stack_names(target.stack).table
    endpoints = [one.spec.name for one in sources.endpoints if target.includes(one.spec.name)]
    keys = [
        EndpointKey(endpoint=name, names=endpoint_names(target.stack, name), table=table)
        for name in endpoints
    ]
    return sources.settings, tuple(keys)
