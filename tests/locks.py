"""Locks by the real code with the sandbox's Hub in this process, for tests that need no command."""

from pathlib import Path

from homeport.lock.hub import Hub
from homeport.lock.registry import Registry
from homeport.operations.locking import lock_endpoints
from homeport.project import load_stack
from sandbox.hub.server import HubTransport


def write_locks(root: Path, stack: str) -> tuple[Path, ...]:
    """Lock every endpoint of `stack`; no socket is opened."""
    endpoints = load_stack(root, stack, with_locks=False).endpoints
    hub, registry = Hub(transport=HubTransport()), Registry(transport=HubTransport())
    return lock_endpoints(endpoints, hub.resolve, registry.resolve, on_locked=lambda _: None)
