"""docs/edit-table.md is what the engine does: each edit touches only what it names."""

import pytest

from sandbox.session import Sandbox
from tests.engine.edit_table import (
    GROUP,
    LOAD_BALANCER,
    TABLE_FILE,
    Row,
    run_edits,
    table,
)
from tests.engine.stack_project import StackProject

ROLLING_SECTIONS = ("model", "engine", "compute", "homeport:machineImages", "homeport:tokenSecret")
OWN_FILES = "(file)", "name"


@pytest.fixture(scope="module")
def rows(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    return list(run_edits(StackProject(sandbox, tmp_path_factory.mktemp("edits"))))


pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000), pytest.mark.xdist_group("edit-table")]


def test_the_checked_in_table_is_what_the_engine_did(rows: list[Row]) -> None:
    assert table(rows) == TABLE_FILE.read_text()


def test_up_does_what_the_preview_said(rows: list[Row]) -> None:
    for row in rows:
        done = [(step.operation, step.type, step.name) for step in row.done]
        assert done == [(s.operation, s.type, s.name) for s in row.previewed], row.edit


def test_no_edit_replaces_a_load_balancer_or_a_group(rows: list[Row]) -> None:
    for row in rows:
        replaced = {step.type for step in row.done if "replace" in step.operation}
        assert not replaced & {GROUP, LOAD_BALANCER}, row.edit


def test_no_edit_but_removing_a_file_deletes_a_group(rows: list[Row]) -> None:
    for row in rows:
        deleted = [step for step in row.done if (step.type, step.operation) == (GROUP, "delete")]
        assert not deleted or row.edit.field in OWN_FILES, row.edit


def test_machines_roll_for_model_engine_and_compute_only(rows: list[Row]) -> None:
    for row in rows:
        if row.machines_roll:
            assert row.edit.field.partition(".")[0] in ROLLING_SECTIONS, row.edit


def test_an_edit_of_one_endpoint_never_touches_another(rows: list[Row]) -> None:
    names = ("embed", "chat", "vault", "twin", "other")
    for row in rows:
        if row.edit.field.startswith("homeport:"):
            continue
        own = {name for name in names if name in row.edit.what}
        for step in row.done:
            others = {name for name in names if name in step.name.split("-")} - own
            assert not others, (row.edit, step)
