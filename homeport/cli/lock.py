"""`homeport lock`: pin models and images of a stack, and its machine images.

The only command that asks the Hub and the registries. A stack of the sandbox is locked by the same code
with the sandbox's Hub in the real one's place, unless the environment names a Hub already.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from homeport.cli.output import note
from homeport.cli.targets import Target, read_targets
from homeport.operations import operations
from homeport.operations.locking import lock_endpoints
from homeport.planner.sources import StackSources
from homeport.project import load_stack
from homeport.project.settings_edit import write_machine_images
from homeport.spec import MachineImage

HUB_VARIABLE = "HF_ENDPOINT"


def lock(
    targets: Annotated[
        list[str] | None, typer.Argument(help="A stack, or spec files of one stack.")
    ] = None,
    *,
    machine_images: Annotated[
        bool,
        typer.Option(
            "--machine-images", help="Pin the newest machine images in the stack's settings too."
        ),
    ] = False,
) -> None:
    """Write the lock files of a stack: commits, files, digests."""
    target = read_targets(targets or [])
    sources = load_stack(target.root, target.stack, with_locks=False)
    if sources.settings.sandbox and HUB_VARIABLE not in os.environ:
        _again_with_sandbox_hub(
            [*(targets or []), *(["--machine-images"] if machine_images else [])]
        )
    if machine_images:
        _lock_machine_images(sources)
    _lock_endpoints(sources, target)


def _again_with_sandbox_hub(arguments: Sequence[str]) -> None:
    """The same command in a child process that finds the sandbox's Hub in its environment."""
    again = [sys.executable, "-m", "homeport.cli", "lock", *arguments]
    done = subprocess.run([sys.executable, "-m", "sandbox.hub", *again], check=False)
    raise typer.Exit(done.returncode)


def _lock_endpoints(sources: StackSources, target: Target) -> None:
    # Here, not above: huggingface_hub takes as long to load as everything else together.
    from homeport.lock.hub import Hub
    from homeport.lock.registry import Registry

    chosen = [one for one in sources.endpoints if target.includes(one.spec.name)]
    written = lock_endpoints(
        chosen,
        Hub().resolve,
        Registry().resolve,
        on_locked=lambda name: note(f"{name}: resolved"),
    )
    for path in written:
        note(f"{path.relative_to(target.root)}: written")


def _lock_machine_images(sources: StackSources) -> None:
    settings = sources.settings
    found = operations(settings.cloud).newest_machine_images(
        region=settings.region, account=settings.account
    )
    # What the sandbox's account answers looks real and is not.
    origin = "sandbox" if settings.sandbox else "cloud"
    images = {
        role: MachineImage(id=one.identifier, date=one.date, origin=origin)
        for role, one in found.items()
    }
    write_machine_images(sources.path, images)
    for role, image in images.items():
        note(f"{sources.path.name}: {role} {image.id} of {image.date}")
