"""`homeport lock`: pin models, images and machine images.

Reading the Hub and the registries is not built yet; a stack of the sandbox is locked with the
sandbox's stand-ins, which are marked as such and refused everywhere else.
"""

import subprocess
import sys
from typing import Annotated

import typer

from homeport.cli.targets import read_targets
from homeport.errors import LockError
from homeport.project import load_stack


def lock(stack: Annotated[str, typer.Argument(help="The stack to lock.")]) -> None:
    """Write the lock files of a stack."""
    target = read_targets([stack])
    settings = load_stack(target.root, target.stack).settings
    if not settings.sandbox:
        raise LockError(
            path=f"stacks/{stack}",
            found="a stack outside the sandbox",
            allowed="a stack with `homeport:sandbox: true`",
            fix="reading the Hub is not built yet; to try the stack, set homeport:sandbox: true",
        )
    done = subprocess.run(
        [sys.executable, "-m", "sandbox.locks", stack], cwd=target.root, check=False
    )
    if done.returncode != 0:
        raise typer.Exit(done.returncode)
