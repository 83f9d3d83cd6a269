"""A skip without a reason in the list must fail CI, and only there. Run with the real pytest in a child process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.skipped import AllowedSkip, read_allowed_skips

ROOT = Path(__file__).resolve().parents[2]
CONFTEST = """
from tests.skipped import SkipReport, read_allowed_skips

def pytest_configure(config):
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(SkipReport(read_allowed_skips('''{allowed}''')))
"""
SKIPPED_TEST = """
import pytest

@pytest.mark.skip(reason="not today")
def test_quiet(): ...

def test_loud(): ...
"""
SKIPPED_MODULE = "import pytest; pytest.skip('no tool', allow_module_level=True)\n"
XFAIL = "import pytest\n\n@pytest.mark.xfail(reason='known')\ndef test_quiet(): assert False\n"
ENTRY = '[[skip]]\ntest = "test_it.py"\nreason = "shown by this test"'


@pytest.mark.parametrize(
    ("source", "allowed", "ci", "workers", "exit_code"),
    [
        pytest.param(SKIPPED_TEST, "", "true", "0", 1, id="skip-in-ci"),
        pytest.param(SKIPPED_TEST, "", "true", "2", 1, id="skip-in-a-worker"),
        pytest.param(SKIPPED_TEST, "", "", "0", 0, id="skip-at-home"),
        pytest.param(SKIPPED_TEST, ENTRY, "true", "0", 0, id="listed-skip-in-ci"),
        pytest.param(SKIPPED_MODULE, "", "true", "2", 1, id="skipped-module-in-a-worker"),
        pytest.param(XFAIL, "", "true", "0", 1, id="expected-failure-in-ci"),
    ],
)
def test_unlisted_skip_fails_ci(
    tmp_path: Path, source: str, allowed: str, ci: str, workers: str, exit_code: int
) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST.format(allowed=allowed), encoding="utf-8")
    (tmp_path / "test_it.py").write_text(source, encoding="utf-8")
    (tmp_path / "test_other.py").write_text("def test_runs(): ...\n", encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", workers, "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"CI": ci, "PYTHONPATH": str(ROOT), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == exit_code, result.stdout + result.stderr
    assert ("skipped without an entry" in result.stdout) == (not allowed)


def test_entry_without_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a test and a reason"):
        read_allowed_skips('[[skip]]\ntest = "tests/unit"\nreason = " "')


def test_reads_entries() -> None:
    assert read_allowed_skips(ENTRY) == (
        AllowedSkip(test="test_it.py", reason="shown by this test"),
    )
