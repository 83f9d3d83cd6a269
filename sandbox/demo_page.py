"""The demo's record as one page: HTML with its own drawings and style, nothing from a network."""

from collections.abc import Callable
from html import escape
from pathlib import Path

from sandbox.demo_charts import (
    Canvas,
    cost_chart,
    latency_chart,
    replica_chart,
    request_chart,
    state_chart,
)
from sandbox.demo_record import KINDS, Record, costs

TEMPLATE = Path(__file__).with_name("demo_page.html")
WIDE, NARROW = 920, 360
"""Pixels of a drawing; the page's style shows one of the two."""
Chart = Callable[[Record, Canvas], str]
CHARTS: tuple[tuple[str, str, Chart], ...] = (
    ("State", "As the reconciler wrote it to the stack's table.", state_chart),
    ("Replicas", "Machines of the group; all of them are paid.", replica_chart),
    (
        "Requests per second, by answer",
        "Each row has its own scale; seconds are the wall's.",
        request_chart,
    ),
    (
        "Latency of answers with 200",
        "Milliseconds of the wall, on a logarithmic scale.",
        latency_chart,
    ),
    ("Cost of machines, accumulated", "US dollars.", cost_chart),
)


def page(record: Record) -> str:
    """The whole document. What it says in figures comes from the record alone."""
    figures = "\n".join(_figure(record, *chart) for chart in CHARTS)
    steps = "\n".join(
        f"<li><b>{at / 60:.1f} min</b> {escape(title)}</li>" for at, title in record.marks
    )
    content = TEMPLATE.read_text(encoding="utf-8")
    for name, value in (
        ("endpoint", escape(record.endpoint)),
        ("caption", _caption(record)),
        ("figures", figures),
        ("steps", steps),
    ):
        content = content.replace(f"{{{{{name}}}}}", value)
    return content


def _figure(record: Record, title: str, says: str, chart: Chart) -> str:
    drawings = "".join(
        f'<div class="{name}">{chart(record, Canvas(width=width, seconds=record.end))}</div>'
        for name, width in (("wide", WIDE), ("narrow", NARROW))
    )
    return f"<figure><figcaption><b>{title}</b> {says}</figcaption>{drawings}</figure>"


def _caption(record: Record) -> str:
    counts = ", ".join(
        f"{sum(one.kind == kind for one in record.answers):,} x {kind}" for kind in KINDS
    )
    spent = costs(record)[-1][1] if record.looks else 0.0
    return (
        f"One endpoint of the demo stack on an emulated account. The time below is the cloud's,"
        f" {record.time_scale:g} times as fast as the wall's: {record.end / 60:.0f} minutes here were"
        f" {record.end / record.time_scale / 60:.1f} on the wall. {len(record.answers):,} answers: {counts}."
        f" Machines would have cost {spent:.4f} USD, at the plan's {record.usd_per_hour:.4f} USD an hour of a"
        f" replica; the stack's shared part is not in it. Models and machines are stand-ins: their speed says"
        f" nothing about a real one's."
    )
