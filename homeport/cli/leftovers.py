"""`homeport leftovers`: what a deployment that was killed left in the account."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from homeport.cli.output import out, print_json
from homeport.cli.targets import read_targets
from homeport.errors import HomeportError
from homeport.operations import operations
from homeport.operations.account import leftovers as leftovers_of
from homeport.project import load_stack


def leftovers(
    stack: Annotated[str, typer.Argument(help="The stack to look for.")],
    json_output: Annotated[bool, typer.Option("--json", help="As data, for programs.")] = False,
) -> None:
    """List resources that carry the stack's tag and are not in its state. Changes nothing."""
    target = read_targets([stack])
    settings = load_stack(target.root, target.stack).settings
    found = operations(settings.cloud).tagged_resources(
        region=settings.region, account=settings.account, stack=stack
    )
    left = leftovers_of(found, _state_identifiers(target.root, stack))
    if json_output:
        print_json(json.dumps([{"kind": one.kind, "id": one.identifier} for one in left]))
        return
    if not left:
        out.print(f"nothing is left over: all {len(found)} tagged resources are in the state")
    for one in left:
        out.print(f"{one.kind}  {one.identifier}\n    {one.delete_command}", highlight=False)


def _state_identifiers(root: Path, stack: str) -> Iterator[str]:
    """Ids, ARNs and names of every resource in the stack's state."""
    for resource in _exported_state(root, stack).get("deployment", {}).get("resources", []):
        yield resource.get("id", "")
        outputs = resource.get("outputs", {})
        for key in ("arn", "id", "name", "arnSuffix"):
            if isinstance(outputs.get(key), str):
                yield outputs[key]


def _exported_state(root: Path, stack: str) -> dict[str, Any]:
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        raise HomeportError(
            path="",
            found="no pulumi on PATH",
            allowed="the Pulumi CLI that deployed the stack",
            fix="run `make setup`, then put the engine's folder that it prints on PATH",
        )
    done = subprocess.run(
        [pulumi, "stack", "export", "--stack", stack],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise HomeportError(
            path="",
            found=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no state",
            allowed="a stack that this backend knows",
            fix="check PULUMI_BACKEND_URL and `pulumi stack ls`",
        )
    return json.loads(done.stdout)
