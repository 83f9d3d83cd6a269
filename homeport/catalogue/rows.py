"""The catalogue's files: one row a line, each row pointing at the source that it was read in."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).parent / "data"


@cache
def load_rows(file: str, key: str) -> tuple[dict[str, Any], ...]:
    """The rows under `key` of `data/<file>.json`, with their source's text, date and marks.

    A source is `{"text": ..., "date": "YYYY-MM-DD"}`, for prices also `"verified"`. A row that
    names no source of the file is a KeyError: the integrity tests keep that from happening.
    """
    document: dict[str, Any] = json.loads((_DATA / f"{file}.json").read_text("utf-8"))
    sources: dict[str, dict[str, Any]] = document["sources"]
    rows: list[dict[str, Any]] = document[key]
    return tuple(_with_source(row, sources) for row in rows)


def _with_source(row: dict[str, Any], sources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    source = sources[row["source"]]
    rest = {name: value for name, value in source.items() if name != "text"}
    return {**row, **rest, "source": source["text"]}
