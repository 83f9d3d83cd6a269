"""`homeport lock --machine-images` in the sandbox's account: the settings change in one place only."""

from pathlib import Path

from sandbox.session import Sandbox
from tests.engine.edits import write_base
from tests.engine.stack_project import StackProject

SETTINGS_HEAD = "# Of the search team; ask them first.\n"


def test_machine_images_are_pinned_and_nothing_else_changes(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    project = StackProject(sandbox, tmp_path)
    write_base(project)
    text = SETTINGS_HEAD + project.settings_file.read_text().replace(
        "  homeport:region: us-east-1\n", "  homeport:region: us-east-1   # near the data\n"
    )
    old = text.replace("ami-0d0d0d0d0d0d0d0d0", "ami-01010101010101010")
    project.settings_file.write_text(old)
    finished = project.homeport("lock", "test", "--machine-images")
    written = project.settings_file.read_text()
    assert "nvidia ami-0d0d0d0d0d0d0d0d0 of 2026-11-01" in finished.stderr
    assert written.startswith(SETTINGS_HEAD)
    assert "# near the data" in written
    unchanged = [line for line in old.splitlines() if "ami-" not in line]
    assert [line for line in written.splitlines() if line in unchanged] == unchanged
    for image in ("ami-0c0c0c0c0c0c0c0c0", "ami-0d0d0d0d0d0d0d0d0", "ami-0e0e0e0e0e0e0e0e0"):
        assert image in written
    assert written.count("origin: sandbox") == 3
    project.homeport("plan", "test", "--no-policies")
    again = project.homeport("lock", "test", "--machine-images")
    assert again.returncode == 0
    assert project.settings_file.read_text() == written


def test_another_accounts_images_are_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    project = StackProject(sandbox, tmp_path)
    write_base(project)
    text = project.settings_file.read_text().replace('"123456789012"', '"210987654321"')
    project.settings_file.write_text(text)
    refused = project.homeport("lock", "test", "--machine-images", check=False)
    assert refused.returncode == 1
    assert "found credentials of account 123456789012, must be 210987654321" in refused.stderr
    assert project.settings_file.read_text() == text
