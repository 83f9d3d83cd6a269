"""`homeport leftovers`: what a deployment that was killed left in the account."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from homeport.cli.output import out, print_json
from homeport.cli.targets import read_targets
from homeport.errors import HomeportError
from homeport.operations import operations
from homeport.operations.account import AccountResource
from homeport.operations.account import leftovers as leftovers_of
from homeport.project import load_stack


def leftovers(
    stack: Annotated[str, typer.Argument(help="The stack to look for.")],
    json_output: Annotated[bool, typer.Option("--json", help="As data, for programs.")] = False,
) -> None:
    """List resources that carry the stack's tag and are not in its state. Changes nothing.

    A deployment that was killed may also have begun what carries no tag: the state's own list of
    unfinished creations is shown beside them.
    """
    target = read_targets([stack])
    settings = load_stack(target.root, target.stack).settings
    found = operations(settings.cloud).tagged_resources(
        region=settings.region, account=settings.account, stack=stack
    )
    deployment = exported_state(target.root, stack).get("deployment", {})
    left = leftovers_of(found, state_identifiers(deployment))
    unfinished = _unfinished(deployment)
    if json_output:
        resources = [{"kind": one.kind, "id": one.identifier} for one in left]
        print_json(json.dumps({"resources": resources, "unfinished": unfinished}))
        return
    _show(left, unfinished, len(found))


def _show(left: Sequence[AccountResource], unfinished: Sequence[str], tagged: int) -> None:
    if not left and not unfinished:
        out.print(f"nothing is left over: all {tagged} tagged resources are in the state")
    for one in left:
        out.print(f"{one.kind}  {one.identifier}", highlight=False)
        out.print(f"    {one.delete_command}", highlight=False, soft_wrap=True)
    if unfinished:
        out.print("\nBegun by a deployment that was killed; whether they exist is not known:")
    for urn in unfinished:
        out.print(urn, highlight=False, soft_wrap=True)
    if unfinished:
        out.print(
            "Delete what exists of them, or give their ids to `pulumi refresh "
            "--import-pending-creates <urn> --import-pending-creates <id>`;\n"
            "then `pulumi refresh --clear-pending-creates` and `pulumi up`."
        )


def _unfinished(deployment: Mapping[str, Any]) -> list[str]:
    """URNs whose creation was begun and never reported."""
    pending: list[dict[str, Any]] = deployment.get("pending_operations") or []
    return sorted(one["resource"]["urn"] for one in pending if one.get("type") == "creating")


def state_identifiers(deployment: Mapping[str, Any]) -> Iterator[str]:
    """Ids, ARNs and names of every resource in the stack's state."""
    resources: list[dict[str, Any]] = deployment.get("resources") or []
    for resource in resources:
        yield resource.get("id", "")
        outputs: dict[str, Any] = resource.get("outputs", {})
        for key in ("arn", "id", "name", "arnSuffix"):
            if isinstance(outputs.get(key), str):
                yield outputs[key]


def exported_state(root: Path, stack: str) -> dict[str, Any]:
    """What the stack's backend holds. Raises `HomeportError` where it holds nothing that can be read."""
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
    if "failed to load checkpoint" in done.stderr:
        raise HomeportError(
            path="",
            found=f"a state file that was cut off ({done.stderr.strip().splitlines()[-1]})",
            allowed="a whole one; a file backend does not replace its file at once",
            fix=f"copy {stack}.json.bak over {stack}.json in the backend's .pulumi/stacks folder, "
            "run `pulumi cancel`, then this command again; if that file is cut off too, "
            "`pulumi stack rm --force` and `pulumi stack init`: then all that exists is listed here",
        )
    if done.returncode != 0:
        raise HomeportError(
            path="",
            found=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "no state",
            allowed="a stack that this backend knows",
            fix="check PULUMI_BACKEND_URL and `pulumi stack ls`",
        )
    return json.loads(done.stdout)
