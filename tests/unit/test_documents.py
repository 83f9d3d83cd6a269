"""Documents made from data are as fresh as the data."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_made_documents_are_fresh() -> None:
    done = subprocess.run(
        [sys.executable, "tools/documents.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
