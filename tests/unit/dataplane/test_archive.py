"""The start-up archive: the same bytes everywhere, exactly the listed files, fit for the machine."""

import ast
import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import dataplane
from dataplane.bootstrap.archive import FILES, build_archive
from tests.unit.dataplane.machine import HUB_TOKEN, host_python

DATAPLANE = Path(dataplane.__file__).parent
PYTHON_FILES = sorted(name for name in FILES if name.endswith(".py"))


def test_two_checkouts_give_one_hash(tmp_path: Path) -> None:
    copies: list[Path] = []
    for number, mask in enumerate((0o022, 0o077)):
        copy = tmp_path / str(number)
        before = os.umask(mask)
        try:
            shutil.copytree(DATAPLANE, copy, copy_function=shutil.copyfile)
        finally:
            os.umask(before)
        for path in copy.rglob("*"):
            os.utime(path, (number, number))
        copies.append(copy)
    cache = copies[1] / "gateway/__pycache__"
    cache.mkdir(exist_ok=True)
    (cache / "envoy.cpython-39.pyc").write_bytes(b"x")
    (copies[1] / "bootstrap/scripts/weights.sh~").write_text("an editor's copy")
    first, second = (build_archive(copy) for copy in copies)
    assert first == second == build_archive()
    assert len(first.sha256) == 64


def test_a_changed_file_gives_another_hash(tmp_path: Path) -> None:
    shutil.copytree(DATAPLANE, tmp_path / "copy")
    with (tmp_path / "copy/bootstrap/scripts/engine.sh").open("a") as file:
        file.write("# one more line\n")
    assert build_archive(tmp_path / "copy").sha256 != build_archive().sha256


def test_the_list_is_what_the_folders_hold() -> None:
    there = {
        str(path.relative_to(DATAPLANE)).removeprefix("bootstrap/")
        for folder in ("gateway", "bootstrap/host", "bootstrap/scripts", "bootstrap/units")
        for path in (DATAPLANE / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    # A package for the tests; on the machine each file of host/ is run by itself.
    assert there - {"host/__init__.py"} == FILES.keys()


def test_members_are_owned_by_root_and_undated() -> None:
    with tarfile.open(fileobj=io.BytesIO(build_archive().content)) as tar:
        members = tar.getmembers()
    assert [member.name for member in members] == sorted(FILES)
    for member in members:
        assert (member.uid, member.gid, member.mtime) == (0, 0, 0)
        assert member.mode == (0o755 if member.name.startswith("scripts/") else 0o644)
    assert HUB_TOKEN.encode() not in build_archive().content


@pytest.mark.parametrize("name", PYTHON_FILES)
def test_python_is_that_of_the_machine(name: str) -> None:
    tree = ast.parse((DATAPLANE / FILES[name]).read_text(), feature_version=(3, 9))
    imported: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            imported.add((node.module or "").split(".")[0])
        if isinstance(node, ast.ImportFrom):
            # Each folder is deployable alone.
            assert node.level <= name.count("/")
        if isinstance(node, ast.keyword):
            # Arguments that dataclass() and zip() learned in 3.10.
            assert node.arg not in ("kw_only", "slots", "strict")
    assert imported <= sys.stdlib_module_names - {"tomllib"}


def test_python_runs_alone_from_the_archive(tmp_path: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(build_archive().content)) as tar:
        tar.extractall(tmp_path, filter="data")
    modules = [name.removesuffix(".py").replace("/", ".") for name in PYTHON_FILES]
    program = "".join(f"import {module}\n" for module in modules if not module.endswith("__init__"))
    subprocess.run(
        [host_python(), "-B", "-S", "-E", "-c", program], cwd=tmp_path, check=True, timeout=60
    )


def test_folders_do_not_import_each_other() -> None:
    for folder in ("gateway", "bootstrap"):
        for path in (DATAPLANE / folder).rglob("*.py"):
            assert "import dataplane" not in path.read_text()
            assert "from dataplane" not in path.read_text()
