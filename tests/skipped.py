"""A skipped test is a check that did not run: allowed with a reason in `allowed-skips.toml`, else CI fails."""

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

LIST_FILE = Path(__file__).with_name("allowed-skips.toml")


@dataclass(frozen=True, kw_only=True)
class AllowedSkip:
    """`test` is the start of a node id."""

    test: str
    reason: str


def read_allowed_skips(text: str) -> tuple[AllowedSkip, ...]:
    """Raises ValueError for an entry without a test or without a reason, or with anything else."""
    entries: list[dict[str, str]] = tomllib.loads(text).get("skip", [])
    for entry in entries:
        if set(entry) != {"test", "reason"} or not all(value.strip() for value in entry.values()):
            raise ValueError(
                f"allowed skip {entry}: found {sorted(entry)}, needs a test and a reason"
            )
    return tuple(AllowedSkip(**entry) for entry in entries)


class SkipReport:
    """Collects what was skipped, in the process that reports (with xdist the controller, not its workers)."""

    def __init__(self, allowed: tuple[AllowedSkip, ...]) -> None:
        self._allowed = allowed
        self._skipped: dict[str, str] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self._skipped[report.nodeid] = getattr(report, "wasxfail", None) or _reason(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._skipped[report.nodeid] = _reason(report)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if (
            self._unexplained()
            and os.environ.get("CI")
            and session.exitstatus == pytest.ExitCode.OK
        ):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        unexplained = self._unexplained()
        if unexplained:
            verdict = "this fails CI" if os.environ.get("CI") else "this would fail in CI"
            terminalreporter.section(f"skipped without an entry in {LIST_FILE.name}: {verdict}")
            for test in unexplained:
                terminalreporter.line(f"{test}: {self._skipped[test]}")

    def _unexplained(self) -> list[str]:
        return [
            test
            for test in sorted(self._skipped)
            if not any(test.startswith(entry.test) for entry in self._allowed)
        ]


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    """A skip's report carries (file, line, reason)."""
    return str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
