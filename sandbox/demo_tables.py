"""What the engine's events say of an update, as tables of the terminal."""

from typing import Any

from rich.table import Table

COLUMNS = 2


def counts_table(events: list[dict[str, Any]]) -> Table:
    """How many resources of each type were created or deleted, three types a row."""
    counts: dict[str, int] = {}
    operations: set[str] = set()
    for event in events:
        step = event.get("resOutputsEvent", {}).get("metadata")
        if step is None or not step["type"].startswith("aws:"):
            continue
        kind = (
            step["type"].split("/")[0].removeprefix("aws:") + "." + step["type"].rpartition(":")[2]
        )
        counts[kind] = counts.get(kind, 0) + 1
        operations.add(step["op"])
    table = Table(show_header=False, box=None)
    cells = [f"{count:3} {kind}" for kind, count in sorted(counts.items())]
    for start in range(0, len(cells), COLUMNS):
        table.add_row(*cells[start : start + COLUMNS])
    table.caption = f"{sum(counts.values())} resources: {', '.join(sorted(operations))}"
    return table


def changes_table(events: list[dict[str, Any]]) -> Table:
    """Every resource that an update touched, with the properties that differ."""
    table = Table(header_style="bold")
    for column in ("what", "resource", "properties"):
        table.add_column(column, overflow="fold")
    same = 0
    for event in events:
        step = event.get("resOutputsEvent", {}).get("metadata")
        if step is None:
            continue
        if step["op"] == "same":
            same += 1
            continue
        kind = step["type"].split("/")[0] + ":" + step["type"].rpartition(":")[2]
        properties = ", ".join(sorted(step.get("detailedDiff") or {}))
        table.add_row(step["op"], f"{kind} {step['urn'].rpartition('::')[2]}", properties)
    table.caption = f"{same} resources were not touched"
    return table
