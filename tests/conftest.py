"""Settings of every test: properties repeat exactly in CI, skips are accounted for."""

import os

import pytest
from hypothesis import settings

from tests.skipped import LIST_FILE, SkipReport, read_allowed_skips

# No deadline: the machine's load is not a property of the code. No database: nothing is kept between runs. In CI the
# examples are the same each time, so a red run means a change; a developer's runs look for new ones.
settings.register_profile("local", deadline=None, database=None)
settings.register_profile("ci", deadline=None, database=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # xdist's workers send their reports to the controller
        allowed = read_allowed_skips(LIST_FILE.read_text(encoding="utf-8"))
        config.pluginmanager.register(SkipReport(allowed), "skip-report")
