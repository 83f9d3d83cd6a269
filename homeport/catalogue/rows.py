"""The catalogue's files: one row a line, each row pointing at the source that it was read in."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Family:
    """One file of machines."""

    name: str
    regions: tuple[str, ...]
    """Where every size of it is offered."""
    instances: tuple[dict[str, Any], ...]
    prices: tuple[dict[str, Any], ...]


_DATA = Path(__file__).parent / "data"


@cache
def load_rows(file: str, key: str) -> tuple[dict[str, Any], ...]:
    """The rows under `key` of `data/<file>.json`, with their source's text, date and marks.

    A source is `{"text": ..., "date": "YYYY-MM-DD"}`, for prices also `"verified"`. A row that
    names no source of the file is a KeyError: the integrity tests keep that from happening.
    """
    return _rows(json.loads((_DATA / f"{file}.json").read_text("utf-8")), key)


@cache
def load_families(cloud: str) -> tuple[Family, ...]:
    """Every file of `data/<cloud>_machines`, one family of machines each, in order of name.

    Such a file says all there is to say of its machines: adding one is adding a file or a row.
    """
    files = sorted((_DATA / f"{cloud}_machines").glob("*.json"))
    documents = [json.loads(file.read_text("utf-8")) for file in files]
    return tuple(
        Family(
            name=document["family"],
            regions=tuple(document["offered"]["regions"]),
            instances=_rows(document, "instances"),
            prices=_rows(document, "prices"),
        )
        for document in documents
    )


def _rows(document: dict[str, Any], key: str) -> tuple[dict[str, Any], ...]:
    sources: dict[str, dict[str, Any]] = document["sources"]
    rows: list[dict[str, Any]] = document[key]
    return tuple(_with_source(row, sources) for row in rows)


def _with_source(row: dict[str, Any], sources: dict[str, dict[str, Any]]) -> dict[str, Any]:
    source = sources[row["source"]]
    rest = {name: value for name, value in source.items() if name != "text"}
    return {**row, **rest, "source": source["text"]}
