"""Each import contract can fail: one forbidden import at a time, the linter must name that contract."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]
CONTRACTS = [contract["id"] for contract in CONFIGURATION["contracts"]]

# (contract, module to write, what it imports)
FORBIDDEN_IMPORTS = [
    ("components-see-the-plan-only", "components/aws/wrong.py", "import homeport.spec.wrong"),
    ("components-see-the-plan-only", "components/aws/wrong.py", "import boto3"),
    ("components-see-the-plan-only", "components/azure/wrong.py", "import homeport.lock.wrong"),
    ("components-are-never-imported-back", "homeport/planner/wrong.py", "import components.deploy"),
    (
        "components-are-never-imported-back",
        "dataplane/gateway/wrong.py",
        "import components.deploy",
    ),
    ("clouds-are-independent", "components/azure/wrong.py", "import components.aws.wrong"),
    ("homeport-layers", "homeport/spec/wrong.py", "import homeport.planner.wrong"),
    ("homeport-layers", "homeport/operations/wrong.py", "import homeport.project.wrong"),
    ("homeport-layers", "homeport/unlayered.py", "import json"),
    ("no-pulumi-in-homeport", "homeport/cli/wrong.py", "import pulumi_aws"),
    ("cloud-sdk-in-operations", "homeport/operations/azure.py", "import boto3"),
    ("cloud-sdk-in-operations", "homeport/cli/wrong.py", "import google.cloud.compute"),
    ("network-in-three-places", "homeport/lock/wrong.py", "import huggingface_hub"),
    ("network-in-three-places", "homeport/planner/wrong.py", "from urllib.request import urlopen"),
    ("planning-is-pure", "homeport/planner/wrong.py", "import time"),
    ("dataplane-is-standard-library", "dataplane/gateway/wrong.py", "import pydantic"),
    ("dataplane-is-standard-library", "dataplane/wake/decide.py", "import boto3"),
    ("dataplane-is-standard-library", "dataplane/wake/wrong.py", "import homeport.errors"),
    ("policies-see-the-plan-only", "policies/rules/wrong.py", "import homeport.catalogue.wrong"),
    ("sandbox-sees-simulate-and-dataplane", "sandbox/wrong.py", "import homeport.planner.wrong"),
    ("sandbox-sees-simulate-and-dataplane", "sandbox/wrong.py", "import tools.setup"),
    ("sandbox-is-not-imported", "homeport/cli/wrong.py", "import sandbox.wrong"),
    ("tools-and-tests-are-not-imported", "homeport/cli/wrong.py", "import tools.setup"),
]
ALLOWED_IMPORTS = [
    (
        "components-see-the-plan-only",
        "components/aws/right.py",
        "import homeport.planner.wrong, pulumi_aws",
    ),
    ("cloud-sdk-in-operations", "homeport/operations/aws.py", "import boto3"),
    ("network-in-three-places", "homeport/lock/hub.py", "import huggingface_hub"),
    ("dataplane-is-standard-library", "dataplane/wake/aws/right.py", "import boto3"),
    (
        "sandbox-sees-simulate-and-dataplane",
        "sandbox/right.py",
        "import moto, dataplane.wake.wrong",
    ),
]


@pytest.mark.parametrize(("contract", "module", "statement"), FORBIDDEN_IMPORTS)
def test_forbidden_import_breaks_its_contract(
    tmp_path: Path, contract: str, module: str, statement: str
) -> None:
    exit_code, output = _lint(tmp_path, contract, module, statement)
    assert exit_code == 1, output
    assert "BROKEN" in output


@pytest.mark.parametrize(("contract", "module", "statement"), ALLOWED_IMPORTS)
def test_allowed_import_keeps_its_contract(
    tmp_path: Path, contract: str, module: str, statement: str
) -> None:
    exit_code, output = _lint(tmp_path, contract, module, statement)
    assert exit_code == 0, output


@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_contract_is_broken_once(contract: str) -> None:
    assert contract in {row[0] for row in FORBIDDEN_IMPORTS}


def test_command_line_starts_without_a_cloud_sdk() -> None:
    """Contract 3 says that an SDK is loaded when a command needs it; the import graph cannot see when."""
    heavy = "{'boto3', 'botocore', 'huggingface_hub', 'pulumi'}"
    program = f"import sys, homeport.cli; print(sorted({heavy} & {{*sys.modules}}))"
    result = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def _lint(tree: Path, contract: str, module: str, statement: str) -> tuple[int, str]:
    """Lint a skeleton of the real folders (names only, no code) with one module added, against one contract."""
    _write_skeleton(tree)
    target = tree / module
    _make_package(target.parent, tree)
    target.write_text(f"{statement}\n", encoding="utf-8")
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache", "--contract", contract]
    result = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    return result.returncode, result.stdout + result.stderr


def _write_skeleton(tree: Path) -> None:
    """The packages without their code: what breaks a contract here is the one import, nothing else."""
    shutil.copy(ROOT / "pyproject.toml", tree)
    (tree / "tools").mkdir()
    for name in ("__init__.py", "import_contracts.py"):
        shutil.copy(ROOT / "tools" / name, tree / "tools")
    folders = [
        "components/aws",
        "dataplane/gateway",
        "dataplane/wake",
        "sandbox",
        "policies",
        "homeport/cli",
    ]
    folders += [
        f"homeport/{layer}"
        for layer in ("operations", "planner", "spec", "catalogue", "lock", "project")
    ]
    for folder in folders:
        _make_package(tree / folder, tree)
        (tree / folder / "wrong.py").touch()
    (tree / "homeport" / "errors.py").touch()
    (tree / "components" / "deploy.py").touch()


def _make_package(folder: Path, tree: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    while folder != tree:
        (folder / "__init__.py").touch()
        folder = folder.parent
