"""Tables of bad files: the text, and every error that it must cause, compared field by field.

A table is YAML:

    base: |          the text that cases change
    cases:
      - title: what is wrong
        replace: {"  max: 2": "  max: 0"}     whole lines of the base, by their text; the new
                                              ones are a text, or a list of texts
        append: |                             lines after the base
        text: |                               or: the whole text
        repeat: {text: "a", times: 300000}    or: appended that often
        settings: private                     name of one of the table's `settings`; default: default
        errors:
          - {line: 11, path: replicas.max, found: "0", allowed: 1 or more, fix: ...}
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from homeport.errors import HomeportError, Problem


@dataclass(frozen=True, kw_only=True)
class Case:
    """One row of a table."""

    title: str
    text: bytes
    settings: str
    errors: tuple[dict[str, Any], ...]


def load_cases(table: Path) -> list[Case]:
    """The rows of a table, in order. Raises where a replaced line is not in the base."""
    content = yaml.safe_load(table.read_text())
    return [_case(row, content.get("base", "")) for row in content["cases"]]


def parametrized(table: Path) -> list[Any]:
    """The rows as parameters for `pytest.mark.parametrize`."""
    return [pytest.param(case, id=case.title) for case in load_cases(table)]


def errors_of(run: Callable[[], object]) -> list[dict[str, Any]]:
    """What `run` raises, as rows of a table; nothing else than a `HomeportError` may come."""
    with pytest.raises(HomeportError) as caught:
        run()
    return [_row(problem) for problem in caught.value.problems]


def _row(problem: Problem) -> dict[str, Any]:
    return {
        "line": problem.line,
        "path": problem.path,
        "found": problem.found,
        "allowed": problem.allowed,
        "fix": problem.fix,
    }


def _case(row: dict[str, Any], base: str) -> Case:
    text = row.get("text", base)
    for old, new in row.get("replace", {}).items():
        lines = text.split("\n")
        assert lines.count(old) == 1, f"{row['title']}: the base has no line {old!r}"
        at = lines.index(old)
        lines[at : at + 1] = [new] if isinstance(new, str) else new
        text = "\n".join(lines)
    text += row.get("append", "")
    repeat = row.get("repeat")
    if repeat:
        text += repeat["text"] * repeat["times"]
    return Case(
        title=row["title"],
        text=text.encode(row.get("encoding", "utf-8")),
        settings=row.get("settings", "default"),
        errors=tuple(row["errors"]),
    )
