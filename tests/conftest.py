"""Settings of every test: properties repeat exactly in CI, skips are accounted for."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from tests.skipped import LIST_FILE, SkipReport, read_allowed_skips

# No deadline: the machine's load is not a property of the code. No database: nothing is kept between runs. In CI the
# examples are the same each time, so a red run means a change; a developer's runs look for new ones.
settings.register_profile("local", deadline=None, database=None)
settings.register_profile("ci", deadline=None, database=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")

# huggingface_hub keeps files for a day in its home, and asks the Hub for one more where it has none (1.x,
# `utils/_detect_agent.py`, 2026-11): tests neither write into the user's nor depend on what is there.
_HUB_HOME = Path(tempfile.mkdtemp(prefix="homeport-hub-home-"))
atexit.register(shutil.rmtree, _HUB_HOME, ignore_errors=True)
(_HUB_HOME / ".agent_harnesses.json").write_text('{"harnesses": []}')
os.environ["HF_HOME"] = str(_HUB_HOME)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # xdist's workers send their reports to the controller
        allowed = read_allowed_skips(LIST_FILE.read_text(encoding="utf-8"))
        config.pluginmanager.register(SkipReport(allowed), "skip-report")
