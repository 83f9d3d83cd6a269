"""`pulumi up` interrupted at every tenth resource, and run again."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.session import Sandbox
from tests.engine.edits import write_base
from tests.engine.interruption import comparable_state, up_interrupted
from tests.engine.stack_project import StackProject

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

EVERY = 10
LARGEST = 200
"""Above the number of resources; points beyond the last resource are not interrupted."""


def _project(sandbox: Sandbox, folder: Path) -> StackProject:
    project = StackProject(sandbox, folder)
    write_base(project)
    sandbox.create_hosted_zone("endpoints.example.com", "ZSANDBOX000000000001")
    project.lock()
    project.init()
    return project


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """State of an up that nothing interrupted."""
    with Sandbox() as sandbox:
        project = _project(sandbox, tmp_path_factory.mktemp("undisturbed"))
        project.up()
        yield comparable_state(project.state())


@pytest.mark.parametrize("after", range(EVERY, LARGEST, EVERY))
def test_interrupted_by_sigint_and_run_again(
    undisturbed: dict[str, Any], tmp_path: Path, after: int
) -> None:
    """The state of an undisturbed run, and nothing in the account that is not in it."""
    with Sandbox() as sandbox:
        project = _project(sandbox, tmp_path)
        up_interrupted(project, after_resources=after, kind=signal.SIGINT)
        project.up()
        assert comparable_state(project.state()) == undisturbed
        assert "nothing is left over" in project.homeport("leftovers", "test").stdout
        project.up("--expect-no-changes")


@pytest.mark.parametrize("after", range(EVERY, LARGEST, EVERY))
def test_killed_and_run_again(undisturbed: dict[str, Any], tmp_path: Path, after: int) -> None:
    """The next up ends green, or says what to do; what is left over is listed by its tags."""
    with Sandbox() as sandbox:
        project = _project(sandbox, tmp_path)
        up_interrupted(project, after_resources=after, kind=signal.SIGKILL)
        locked = project.up(check=False)
        if "failed to load checkpoint" in locked.stderr:
            # Killed while it wrote its state; the file backend keeps the last whole one beside it.
            refused = project.homeport("leftovers", "test", check=False)
            assert "test.json.bak" in refused.stderr
            _restore_state(sandbox)
            locked = project.up(check=False)
        if "failed to load checkpoint" in locked.stderr:
            # So was the copy; the account still knows what is the stack's.
            project.pulumi("stack", "rm", "--force", "--yes", "--preserve-config", "test")
            project.init()
            assert "aws " in project.homeport("leftovers", "test").stdout
            return
        if locked.returncode != 0:
            # The killed engine's lock on the state: one message, which names the command.
            assert "pulumi cancel" in locked.stdout + locked.stderr
            project.pulumi("cancel", "--yes", "--stack", "test")
        again = project.up(check=False)
        if again.returncode == 0:
            assert set(comparable_state(project.state())) == set(undisturbed)
            return
        # The cloud refused a second one of what the killed run had begun; the engine says so once.
        assert "interrupted while waiting" in again.stdout + again.stderr
        listed = project.homeport("leftovers", "test").stdout
        assert "nothing is left over" not in listed
        assert "pulumi refresh" in listed


def _restore_state(sandbox: Sandbox) -> None:
    (cut_off,) = (sandbox.folder / "state").rglob("stacks/**/test.json")
    cut_off.write_bytes(cut_off.with_name("test.json.bak").read_bytes())
