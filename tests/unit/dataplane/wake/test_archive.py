"""The functions' archive: the same everywhere, exactly what they run from, and able to run alone."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dataplane
from dataplane.wake.archive import build_archive
from dataplane.wake.aws import SHARED_MODULES

DATAPLANE = Path(dataplane.__file__).parent
FILES = build_archive().files


def test_two_checkouts_give_one_hash(tmp_path: Path) -> None:
    copies: list[Path] = []
    for number in (1, 2):
        copy = tmp_path / str(number)
        shutil.copytree(DATAPLANE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        for path in copy.rglob("*"):
            os.utime(path, (number, number))
        copies.append(copy)
    cache = copies[1] / "wake/__pycache__"
    cache.mkdir()
    (cache / "decide.cpython-313.pyc").write_bytes(b"x")
    for stray in ("wake/decide.py~", "wake/.#decide.py", "wake/notes.txt", "wake/decide.orig.py"):
        (copies[1] / stray).write_text("not ours")
    scratch = copies[1] / "wake/scratch"
    scratch.mkdir()
    (scratch / "try.py").write_text("a folder that is no package")
    first, second = (build_archive(copy) for copy in copies)
    assert first == second == build_archive()
    assert len(first.sha256) == 64


@pytest.mark.parametrize("name", ["wake/decide.py", SHARED_MODULES[-1]])
def test_a_changed_file_gives_another_hash(tmp_path: Path, name: str) -> None:
    shutil.copytree(DATAPLANE, tmp_path / "copy")
    with (tmp_path / "copy" / name).open("a") as file:
        file.write("# one more line\n")
    assert build_archive(tmp_path / "copy").sha256 != build_archive().sha256


def test_it_holds_the_wake_package_and_what_is_named() -> None:
    wake = {
        path.relative_to(DATAPLANE).as_posix()
        for path in (DATAPLANE / "wake").rglob("*.py")
        if "__pycache__" not in path.parts
    }
    assert list(FILES) == sorted(FILES)
    assert FILES.keys() == {
        f"dataplane/{name}" for name in {*wake, *SHARED_MODULES} - {"wake/archive.py"}
    }


def test_what_is_shared_is_what_the_gate_imports() -> None:
    """No less, or a function ends at its start; no more, or a change of a machine's file deploys functions."""
    wanted = {name for name in FILES if name.startswith("dataplane/wake/")}
    found: set[str] = set()
    while new := wanted - found:
        found |= new
        for name in new:
            wanted |= _imported(name)
    assert found == FILES.keys()


def test_python_runs_alone_from_the_archive(tmp_path: Path) -> None:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    modules = [
        name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in FILES
    ]
    program = "".join(f"import {module}\n" for module in modules)
    # With this environment's site-packages: the runtime of the functions has boto3 too.
    subprocess.run(
        [sys.executable, "-B", "-P", "-c", f"import sys; sys.path.insert(0, '.')\n{program}"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        | {"AWS_DEFAULT_REGION": "us-east-1", "HOMEPORT_TABLE": "t", "HOMEPORT_HOLD_SLOTS": "1"},
        check=True,
        timeout=60,
    )


def _imported(name: str) -> set[str]:
    """Files of the archive that a file imports, with the packages around them; fails where one is not there."""
    imported: set[str] = set()
    for node in ast.walk(ast.parse(FILES[name])):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        package = Path(*Path(name).parts[: -node.level], *(node.module or "").split("."))
        files = [package / f"{alias.name}.py" for alias in node.names]
        files = [one for one in files if one.as_posix() in FILES]
        if not files:
            module, init = package.with_suffix(".py"), package / "__init__.py"
            files = [init if init.as_posix() in FILES else module]
        for file in files:
            assert file.as_posix() in FILES, f"{name} imports {file}"
            imported.add(file.as_posix())
    for file in list(imported):
        imported |= {(p / "__init__.py").as_posix() for p in Path(file).parents if p.name}
    return imported
