"""Every stack of the repository: planned, deployed to the sandbox, found unchanged, destroyed."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from homeport.project import stack_names
from sandbox.brought import create_zones
from sandbox.session import Sandbox
from tests.engine.stack_project import ROOT, StackProject

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    """An account of the test's own: it looks whether the account is empty at the end."""
    with Sandbox() as running:
        yield running


def _project(sandbox: Sandbox, folder: Path, stack: str) -> StackProject:
    project = StackProject(sandbox, folder, stack=stack)
    shutil.copytree(ROOT / "stacks", folder / "stacks", dirs_exist_ok=True)
    create_zones(sandbox, folder)
    project.init()
    return project


@pytest.mark.parametrize("stack", stack_names(ROOT))
def test_a_stack_of_the_repository(own_sandbox: Sandbox, tmp_path: Path, stack: str) -> None:
    project = _project(own_sandbox, tmp_path, stack)
    planned = project.homeport("plan", stack).stdout
    project.up()

    urls = {name: one["url"] for name, one in project.outputs()["endpoints"].items()}
    assert all(name in planned for name in urls)
    assert all(url == f"https://{name}.{_domain(project)}" for name, url in urls.items())

    project.up("--expect-no-changes")
    project.pulumi(
        "refresh", "--yes", "--skip-preview", "--non-interactive", "--expect-no-changes",
        "--stack", stack,
    )  # fmt: skip
    assert "nothing is left over" in project.homeport("leftovers", stack).stdout
    _is_shown(project, stack, set(urls))

    project.destroy()
    assert "no Auto Scaling group" in project.homeport("status", stack, check=False).stderr
    assert not [urn for urn in project.state() if "aws:" in urn.split("::")[-2]]
    assert "all 0 tagged resources" in project.homeport("leftovers", stack).stdout


def _is_shown(project: StackProject, stack: str, names: set[str]) -> None:
    """By the commands for a running stack: what the account holds, and nothing more."""
    seen = {
        one["endpoint"]: one
        for one in json.loads(project.homeport("status", stack, "--json").stdout)
    }
    assert set(seen) == names
    for one in seen.values():
        # The emulated account finds every machine healthy at once.
        assert one["state"] == ("ready" if one["wanted"] else "asleep")
        assert len(one["machines"]) == one["wanted"] >= one["minimum"]
        assert all(machine["current"] for machine in one["machines"])
        assert all(machine["report"] is None for machine in one["machines"])
    assert {
        one["endpoint"] for one in json.loads(project.homeport("events", stack, "--json").stdout)
    } <= names
    for name in names:
        assert project.homeport("logs", f"stacks/{stack}/{name}.yaml").stdout == ""


def _domain(project: StackProject) -> str:
    return yaml.safe_load(project.settings_file.read_text())["config"]["homeport:domain"]


def test_a_stack_outside_the_sandbox_is_refused_before_any_resource(
    own_sandbox: Sandbox, tmp_path: Path
) -> None:
    project = _project(own_sandbox, tmp_path, "demo")
    environment = project.environment()
    del environment["HOMEPORT_SANDBOX_AWS"]
    project.environment = lambda: environment  # type: ignore[method-assign]
    refused = project.up(check=False)
    assert refused.returncode != 0
    assert "no running sandbox" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stdout + refused.stderr
    assert not [urn for urn in project.state() if "aws:" in urn]
