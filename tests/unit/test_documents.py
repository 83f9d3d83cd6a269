"""Documents made from data are as fresh as the data."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def test_made_documents_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "tools/documents.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


FAULTS = (*range(1, 12), *range(14, 19), 20, 21, *range(24, 29), 30, 31, 32)


@pytest.mark.parametrize("document", ["faults.md", "abuse.md"])
def test_every_test_that_a_document_names_exists(document: str) -> None:
    named = set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", (ROOT / "docs" / document).read_text()))
    assert len(named) > 5
    missing: list[str] = []
    for path, name in sorted(named):
        files = [
            one for one in (ROOT / "tests").rglob("test_*.py") if f"{one}".endswith(f"/{path}")
        ]
        if [f"\ndef {name}(" in file.read_text() for file in files] != [True]:
            missing.append(f"{path}::{name}")
    assert missing == []


def test_every_fault_has_its_row() -> None:
    """With a test, or with the reason why there is none."""
    rows = re.findall(r"(?m)^\| F(\d+): .*\|$", (ROOT / "docs/faults.md").read_text())
    assert tuple(map(int, rows)) == FAULTS
    text = (ROOT / "docs/faults.md").read_text().splitlines()
    bare = [row for row in text if row.startswith("| F") and "::test_" not in row]
    assert all("cannot be tested here" in row.lower() for row in bare)
