"""A thousand cold requests at once, in real time: what throttling does, and when a machine is asked for."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.live.sleeper import GATE, RECONCILER, SPEC, Sleeper, sleeper, tell
from tests.live.stack import wait

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]

REQUESTS = 1000
RESERVED = "homeport:reserveConcurrency: true"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sleeper]:
    with sleeper(tmp_path_factory.mktemp("storm"), time_scale=1.0) as found:
        yield found


def _storm(one: Sleeper, concurrency: int, name: str) -> int:
    """How often the reconciler was throttled."""
    wait(lambda: one.state == "ASLEEP" and one.size() == (0, 0), "asleep")
    one.live.set_faults(functions={"concurrency": concurrency})
    acts, wakes, counts = len(one.acts()), _wakes(one), one.live.functions()
    began = time.time()
    with ThreadPoolExecutor(REQUESTS) as pool:
        asking = pool.map(lambda _: one.ask(), range(REQUESTS))
        wait(lambda: one.size() == (1, 1), "capacity asked for")
        statuses = Counter(_what(answer.status, answer.headers) for answer in asking)
    ended = time.time()
    after = one.live.functions()
    throttled = {
        function: after[function]["throttles"] - counts[function]["throttles"]
        for function in (GATE, RECONCILER)
    }
    seen = float(one.item("wake")["at"]["N"])
    asked = one.seconds_to_capacity()
    assert asked is not None
    tell(
        f"{name}: {dict(statuses)}, {throttled[GATE]} throttled, the reconciler {throttled[RECONCILER]} times;"
        f" all answered in {ended - began:.1f} s; the wake written after {seen - began:.2f} s, capacity asked for"
        f" {asked:.2f} s later; at most {after[GATE]['peak']} at once"
    )
    resized = [act for act in one.acts()[acts:] if act.startswith("Resize")]
    assert resized == ["Resize {'minimum': 1, 'desired': 1}"]
    assert set(statuses) <= {"told", "redirected", "answered", "bare 502"}
    assert statuses["bare 502"] <= throttled[GATE]
    assert _wakes(one) == wakes + 1
    if concurrency >= REQUESTS:
        assert statuses["bare 502"] == 0
    one.live.set_faults()
    one.project.homeport("scale-to-zero", SPEC)
    return throttled[RECONCILER]


def _wakes(one: Sleeper) -> int:
    return int(one.item("wake").get("count", {"N": "0"})["N"])


def _what(status: int, headers: dict[str, str]) -> str:
    """The storm may last longer than the wake."""
    if status == 503 and "retry-after" in headers:
        return "told"
    return {200: "answered", 307: "redirected"}.get(status, f"bare {status}")


@pytest.mark.parametrize("concurrency", [10, 100, 1000])
def test_a_thousand_cold_requests_at_once(one: Sleeper, concurrency: int) -> None:
    _storm(one, concurrency, f"concurrency {concurrency}")


def test_with_a_share_for_the_reconciler(one: Sleeper) -> None:
    settings = one.project.settings_file
    settings.write_text(settings.read_text().replace("config:\n", f"config:\n  {RESERVED}\n"))
    one.project.up()
    lambda_ = one.stack.sandbox.boto3_client("lambda")
    answer = lambda_.get_function_concurrency(FunctionName=RECONCILER)
    assert answer["ReservedConcurrentExecutions"] == 20
    assert _storm(one, 120, "concurrency 120, of which 20 are the reconciler's") == 0


def test_it_wakes_after_all_that(one: Sleeper) -> None:
    wait(lambda: one.ask().status in (200, 307), "answered")
