"""The drawings of the demo's page, each over the same time: SVG whose colours and patterns are the page's."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sandbox.demo_record import KINDS, Look, Record, costs, latencies, rates

LEFT, RIGHT, TOP, AXIS = 58, 14, 8, 34
BAND, PLOT, ROW = 34, 120, 44
LETTER = 7.2
"""Pixels of a letter of the labels."""
BIN = 4
"""Pixels of one part of the time where answers are counted."""
STATES = ("ASLEEP", "WAKING", "AWAKE", "DRAINING", "PAUSED", "FAILED")


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """So many pixels for so many seconds."""

    width: int
    seconds: float

    @property
    def plot(self) -> int:
        """Pixels between the axis of values and the right edge."""
        return self.width - LEFT - RIGHT

    @property
    def bins(self) -> int:
        """Parts of the time where answers are counted."""
        return self.plot // BIN

    def x(self, at: float) -> float:
        """Where a moment is."""
        return LEFT + self.plot * at / self.seconds

    def draw(self, label: str, height: float, record: Record, content: Sequence[str]) -> str:
        """The whole drawing: content over an axis of minutes, with a numbered line where each step began."""
        bottom = TOP + height
        full = bottom + AXIS
        lines = [
            f'<line class="mark" x1="{self.x(at):.1f}" x2="{self.x(at):.1f}" y1="{TOP}" y2="{bottom:.1f}"/>'
            for at, _ in record.marks
        ]
        axis = [
            f'<line class="axis" x1="{LEFT}" x2="{self.width - RIGHT}" y1="{bottom}" y2="{bottom}"/>'
        ]
        for minute in _minutes(self.seconds / 60, 9 if self.width > 600 else 4):
            place = self.x(minute * 60)
            axis.append(
                f'<line class="axis" x1="{place:.1f}" x2="{place:.1f}" y1="{bottom}" y2="{bottom + 4}"/>'
            )
            axis.append(_text(place, bottom + 17, f"{minute:g}", "middle"))
        axis.append(_text(self.width - RIGHT, bottom + 31, "minutes of the cloud", "end"))
        return (
            f'<svg viewBox="0 0 {self.width} {full:.0f}" width="{self.width}" height="{full:.0f}" role="img"'
            f' aria-label="{label}">{"".join([*content, *lines, *axis])}</svg>'
        )


def state_chart(record: Record, canvas: Canvas) -> str:
    """A band, with each state's name where there is room for it, and a key."""
    parts: list[str] = []
    for begin, end, state in spans(record.looks, record.end):
        left, width = canvas.x(begin), canvas.x(end) - canvas.x(begin)
        parts.append(_box(left, TOP, width, BAND, state.lower()))
        if width > LETTER * len(state) + 8:
            parts.append(
                _box(
                    left + width / 2 - LETTER * len(state) / 2 - 3,
                    TOP + 8,
                    LETTER * len(state) + 6,
                    18,
                    "plate",
                )
            )
            parts.append(_text(left + width / 2, TOP + 21, state, "middle"))
    used = {one.state for one in record.looks}
    key = [(state.lower(), state) for state in STATES if state in used]
    return _key(key) + canvas.draw("state over time", BAND, record, parts)


def spans(looks: Sequence[Look], end: float) -> list[tuple[float, float, str]]:
    """(begin, end, state) of each stretch of looks with one state; those before the first word are left out."""
    found: list[tuple[float, float, str]] = []
    for number, look in enumerate(looks):
        until = looks[number + 1].at if number + 1 < len(looks) else end
        if found and found[-1][2] == look.state:
            found[-1] = (found[-1][0], until, look.state)
        else:
            found.append((look.at, until, look.state))
    return [one for one in found if one[2]]


def replica_chart(record: Record, canvas: Canvas) -> str:
    """Machines in service, on them those that start, on them those that leave."""
    top = max([one.machines for one in record.looks], default=0) or 1
    unit = PLOT / top
    parts = _grid(canvas, PLOT, range(top + 1), lambda value: value / top, str)
    for number, look in enumerate(record.looks):
        until = record.looks[number + 1].at if number + 1 < len(record.looks) else record.end
        width, floor = canvas.x(until) - canvas.x(look.at), TOP + PLOT
        for count, kind in (
            (look.in_service, "awake"), (look.starting, "waking"), (look.leaving, "draining"),
        ):  # fmt: skip
            floor -= count * unit
            if count:
                parts.append(_box(canvas.x(look.at), floor, width, count * unit, kind))
    key = [("awake", "in service"), ("waking", "starting"), ("draining", "leaving")]
    return _key(key) + canvas.draw("replicas over time", PLOT, record, parts)


def request_chart(record: Record, canvas: Canvas) -> str:
    """A row of bars for each kind of answer."""
    parts: list[str] = []
    for number, kind in enumerate(KINDS):
        floor = TOP + (number + 1) * ROW
        values = rates(record, kind, canvas.bins)
        top = max(values) or 1.0
        parts.append(_text(LEFT - 8, floor - 14, kind, "end"))
        parts.append(_text(LEFT - 8, floor - 1, f"max {_short(max(values))}", "end", "small"))
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{canvas.width - RIGHT}" y1="{floor}" y2="{floor}"/>'
        )
        for part, value in enumerate(values):
            height = max(1.5, (ROW - 10) * value / top)
            if value:
                place = canvas.x(part * canvas.seconds / canvas.bins)
                parts.append(
                    _box(place, floor - height, canvas.plot / canvas.bins, height, f"k{kind}")
                )
    return canvas.draw("requests per second over time", ROW * len(KINDS), record, parts)


def latency_chart(record: Record, canvas: Canvas) -> str:
    """Of each part of the time the middle answer (line), and the one that 5 of 100 exceed (rings)."""
    bins = canvas.bins // 2
    series = [(share, latencies(record, share, bins)) for share in (0.5, 0.95)]
    known = [value * 1000 for _, values in series for value in values if value]
    low = math.floor(math.log10(min(known, default=1.0)))
    high = max(low + 1, math.ceil(math.log10(max(known, default=10.0))))

    def height(milliseconds: float) -> float:
        return (math.log10(milliseconds) - low) / (high - low)

    ticks = [10.0**power for power in range(low, high + 1)]
    parts = _grid(canvas, PLOT, ticks, height, lambda value: f"{value:,g} ms")
    for share, values in series:
        name = f"p{share * 100:.0f}"
        for part, value in enumerate(values):
            if value:
                place = canvas.x((part + 0.5) * canvas.seconds / bins)
                level = TOP + PLOT * (1 - height(value * 1000))
                parts.append(
                    f'<circle class="{name}" cx="{place:.1f}" cy="{level:.1f}" r="{3 if share < 0.9 else 4}"/>'
                )
    key = [("p50", "p50 (disc)"), ("p95", "p95 (ring)")]
    return _key(key) + canvas.draw("latency over time", PLOT, record, parts)


def cost_chart(record: Record, canvas: Canvas) -> str:
    """A line, flat where no machine is."""
    points = costs(record)
    top = max([usd for _, usd in points], default=0.0) or 1.0
    parts = _grid(
        canvas, PLOT, (0, top / 2, top), lambda value: value / top, lambda value: f"{value:.3f}"
    )
    line = " ".join(f"{canvas.x(at):.1f},{TOP + PLOT * (1 - usd / top):.1f}" for at, usd in points)
    parts.append(f'<polyline class="cost" points="{line}"/>')
    return canvas.draw("cost over time", PLOT, record, parts)


def _grid(
    canvas: Canvas,
    height: float,
    ticks: Sequence[float],
    share: Callable[[float], float],
    name: Callable[[float], str],
) -> list[str]:
    parts: list[str] = []
    for tick in ticks:
        level = TOP + height * (1 - share(tick))
        parts.append(
            f'<line class="grid" x1="{LEFT}" x2="{canvas.width - RIGHT}" y1="{level:.1f}" y2="{level:.1f}"/>'
        )
        parts.append(_text(LEFT - 6, level + 4, name(tick), "end", "small"))
    return parts


def _minutes(length: float, most: int) -> list[float]:
    """Round minutes from 0 to the end, not more than so many."""
    step = next(one for one in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if length / one <= most)
    return [float(step * number) for number in range(int(length / step) + 1)]


def _box(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.2f}" y="{y:.1f}" width="{max(width, 0.5):.2f}" height="{height:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str, kind: str = "label") -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _key(entries: Sequence[tuple[str, str]]) -> str:
    cells = "".join(
        '<span><svg width="20" height="14" aria-hidden="true">'
        + (
            f'<circle class="{kind}" cx="10" cy="7" r="4"/>'
            if kind.startswith("p") and kind[1:].isdigit()
            else _box(0.5, 0.5, 19, 13, kind)
        )
        + f"</svg>{name}</span>"
        for kind, name in entries
    )
    return f'<div class="key">{cells}</div>'


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or not value else f"{value:.1f}"
