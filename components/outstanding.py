"""Waits for all outstanding outputs of a program together.

The SDK waits for the first of them, over and over, and each time asks every other one to call back:
quadratic in the outputs of a stack (pulumi 3.258.0, `runtime/stack.py`, `wait_for_rpcs`; half of the
time of a preview of 50 endpoints). One task that stands for all of them makes it linear.
"""

import asyncio
from typing import Any

from pulumi.runtime import settings
from pulumi.runtime.stack import ResourceRegistrationFailed


def await_outputs_together() -> None:
    """Call once, after everything is registered, inside the program's event loop."""
    runtime: Any = settings.SETTINGS
    with runtime.lock:
        outstanding: list[asyncio.Task[Any]] = list(runtime.outputs)
        runtime.outputs.clear()
        # Now, not in the task: the SDK takes what it finds as soon as this program's module ends.
        runtime.outputs.add(asyncio.ensure_future(_all_of(runtime, outstanding)))


async def _all_of(runtime: Any, outstanding: "list[asyncio.Task[Any]]") -> None:
    """Raises the first failure that the SDK itself would raise."""
    while outstanding:
        for result in await asyncio.gather(*outstanding, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(
                result, ResourceRegistrationFailed
            ):
                raise result
        # What their callbacks have begun since; done ones are the SDK's to await.
        with runtime.lock:
            outstanding = [
                task
                for task in runtime.outputs
                if task is not asyncio.current_task() and not task.done()
            ]
            runtime.outputs.difference_update(outstanding)
