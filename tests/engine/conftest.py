"""One sandbox a test session (a worker); each test has a project, and so a stack, of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.session import Sandbox
from tests.engine.sandbox_project import Project


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def project(sandbox: Sandbox, tmp_path: Path) -> Project:
    return Project(sandbox, tmp_path / tmp_path.parent.name / tmp_path.name)
