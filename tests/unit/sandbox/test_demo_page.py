"""The demo's record and its page: figures are the record's, and the page needs nothing else."""

import re
from html.parser import HTMLParser

import pytest

from sandbox.demo_charts import Canvas, request_chart, spans
from sandbox.demo_page import page
from sandbox.demo_record import Answer, Look, Record, costs, latencies, percentile, rates, recording
from tests.until import until


def _look(at: float, state: str, in_service: int = 0, starting: int = 0, leaving: int = 0) -> Look:
    return Look(at=at, state=state, in_service=in_service, starting=starting, leaving=leaving)


@pytest.fixture
def record() -> Record:
    """An hour of the cloud: asleep, a wake, a machine, a pause."""
    found = Record("llama-8b", 20.0, 1.5)
    found.looks = [
        _look(0, "ASLEEP"),
        _look(600, "WAKING", starting=1),
        _look(1200, "AWAKE", in_service=1),
        _look(2400, "AWAKE", in_service=1, leaving=1),
        _look(3000, "PAUSED"),
        _look(3600, "PAUSED"),
    ]
    found.answers = [
        Answer(at=600, kind="503", seconds=0.01),
        Answer(at=1200, kind="307", seconds=30.0),
        *[Answer(at=1500, kind="200", seconds=0.1 * (one + 1)) for one in range(20)],
        Answer(at=2500, kind="other", seconds=1.0),
    ]
    found.marks = [(600, "a <cold> request")]
    return found


def test_cost_is_the_machines_time_at_the_plans_price(record: Record) -> None:
    """600 s of one starting, 1200 s of one, 600 s of two; nothing asleep or paused."""
    assert costs(record)[-1] == (3600, pytest.approx(3000 / 3600 * 1.5))
    assert costs(record)[1] == (600, 0.0)


def test_rates_are_a_second_of_the_wall_and_lose_no_answer(record: Record) -> None:
    wall_seconds = 3600 / 20.0
    for kind, count in (("200", 20), ("503", 1), ("307", 1), ("other", 1)):
        values = rates(record, kind, 12)
        assert sum(values) * wall_seconds / 12 == pytest.approx(count)
    assert [bool(value) for value in rates(record, "200", 12)].index(True) == 5


def test_latency_is_of_answers_with_200_only(record: Record) -> None:
    middle, late = latencies(record, 0.5, 12), latencies(record, 0.95, 12)
    assert middle[5] == pytest.approx(1.0)
    assert late[5] == pytest.approx(1.9)
    assert [value for value in middle if value is not None] == [middle[5]]


@pytest.mark.parametrize(
    ("share", "value"), [(0.5, 2), (0.51, 3), (0.95, 4), (0.25, 1), (1.0, 4)]
)  # fmt: skip
def test_percentile_is_of_the_nearest_rank(share: float, value: int) -> None:
    assert percentile([4, 2, 3, 1], share) == value


def test_states_are_joined_and_last_until_the_next(record: Record) -> None:
    assert spans(record.looks, record.end) == [
        (0, 600, "ASLEEP"),
        (600, 1200, "WAKING"),
        (1200, 3000, "AWAKE"),
        (3000, 3600, "PAUSED"),
    ]


def test_a_status_without_a_row_is_other() -> None:
    record = Record("llama-8b", 20.0, 1.0)
    for status in ("200", "403", "TimeoutError", "307"):
        record.answered(status, 0.1)
    assert [one.kind for one in record.answers] == ["200", "other", "other", "307"]


def test_the_recorder_counts_machines_by_what_they_do() -> None:
    record = Record("llama-8b", 20.0, 1.0)
    phases = ("Pending:Wait", "InService", "InService", "Terminating:Wait")
    with recording(record, lambda: "AWAKE", lambda: [{"phase": one} for one in phases]):
        until(lambda: bool(record.looks), "a look")
    look = record.looks[0]
    assert (look.state, look.in_service, look.starting, look.leaving) == ("AWAKE", 2, 1, 1)


def test_a_bar_is_as_high_as_its_share_of_the_row(record: Record) -> None:
    """Two bars of one kind, one with half as many answers."""
    record.answers += [Answer(at=3000, kind="200", seconds=0.1)] * 10
    drawing = request_chart(record, Canvas(width=920, seconds=record.end))
    heights = [float(one) for one in re.findall(r'class="k200"[^>]* height="([\d.]+)"', drawing)]
    assert heights == [34.0, 17.0]


def test_the_page_says_the_records_figures(record: Record) -> None:
    text = page(record)
    assert "23 answers: 20 x 200, 1 x 503, 1 x 307, 1 x other" in text
    assert "1.2500 USD" in text
    assert "60 minutes here were 3.0 on the wall" in text
    assert "<b>10.0 min</b> a &lt;cold&gt; request" in text
    assert "{{" not in text


def test_the_page_needs_nothing_from_elsewhere(record: Record) -> None:
    class Reader(HTMLParser):
        found: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.found.add(tag)
            self.found.update(name for name, _ in attrs)

    reader = Reader()
    reader.feed(page(record))
    assert not reader.found & {"script", "link", "img", "src", "href", "iframe"}
    assert {"svg", "style", "figure"} <= reader.found
    assert not re.search(r"https?://|@import|url\((?!#)", page(record))


def test_an_empty_record_has_a_page_too() -> None:
    assert "0 answers" in page(Record("llama-8b", 20.0, 1.0))
