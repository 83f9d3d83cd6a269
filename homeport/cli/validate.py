"""`homeport validate`: are the specs and settings well-formed? Knows nothing of clouds or models."""

from typing import Annotated

import typer

from homeport.cli.output import out
from homeport.cli.targets import read_targets
from homeport.project import load_stack

Targets = Annotated[
    list[str] | None, typer.Argument(metavar="[STACK|FILES]...", help="A stack, or spec files.")
]


def validate(targets: Targets = None) -> None:
    """Check specs and stack settings; all errors of all files at once."""
    target = read_targets(targets or [])
    sources = load_stack(target.root, target.stack)
    for endpoint in sources.endpoints:
        if target.includes(endpoint.spec.name):
            out.print(f"{endpoint.path.name}: ok", highlight=False)
