"""The functions run from the files that they are packed with, and nothing else of the project."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dataplane.wake.aws import SHARED_MODULES

ROOT = Path(__file__).resolve().parents[4]
PROGRAM = """
import json, pathlib, sys
root = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(root))
import {module} as function
response = function.handler({{"path": "/"}}, None) if {calls} else None
ours = [module for name, module in sys.modules.items() if name.split(".")[0] == "dataplane"]
files = [str(pathlib.Path(module.__file__).resolve().relative_to(root / "dataplane")) for module in ours]
print(json.dumps({{"files": files, "response": response}}))
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("function")
    wake = ROOT / "dataplane" / "wake"
    names = [str(path.relative_to(wake.parent)) for path in wake.rglob("*.py")]
    for name in (*SHARED_MODULES, *names):
        target = folder / "dataplane" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(wake.parent / name, target)
    return folder


def _run(folder: Path, module: str, *, calls: bool) -> dict[str, object]:
    program = PROGRAM.format(module=module, calls=calls)
    command = [sys.executable, "-I", "-c", program, str(folder)]
    done = subprocess.run(command, cwd=folder, env={}, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_the_gate_needs_what_is_packed_and_all_of_it(unpacked: Path) -> None:
    """Without an environment it has no table to ask, and says so to the client."""
    seen = _run(unpacked, "dataplane.wake.aws.gate", calls=True)
    loaded = seen["files"]
    assert isinstance(loaded, list)
    assert {name for name in loaded if not name.startswith("wake/")} == set(SHARED_MODULES)
    response = seen["response"]
    assert isinstance(response, dict)
    assert response["statusCode"] == 503


def test_the_reconciler_needs_no_more(unpacked: Path) -> None:
    loaded = _run(unpacked, "dataplane.wake.aws.reconciler", calls=False)["files"]
    assert isinstance(loaded, list)
    assert {name for name in loaded if not name.startswith("wake/")} <= set(SHARED_MODULES)
