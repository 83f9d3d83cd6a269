"""What a replica publishes: figures out of engines' pages and of counters that begin anew."""

import pytest

from dataplane.gateway.agent.engine_figures import ENGINE_SERIES, EngineFigures, series_values
from dataplane.gateway.agent.figures import LASTS_SECONDS, Latest, single
from dataplane.gateway.agent.request_figures import RequestFigures, RequestTotals

PAGES = {
    "vllm": (
        """# HELP vllm:generation_tokens_total Number of generation tokens processed.
# TYPE vllm:generation_tokens_total counter
vllm:generation_tokens_total{engine="0",model_name="a b} c"} %d.0
vllm:generation_tokens_total{engine="1",model_name="a b} c"} 0.0
vllm:generation_tokens_created{engine="0"} 1.7e+09
vllm:kv_cache_usage_perc{engine="0"} 0.5
vllm:kv_cache_usage_perc{engine="1"} 0.0
vllm:num_requests_waiting{engine="0"} 4.0
""",
        {"GeneratedTokens": 50, "KvCacheUsedPercent": 25, "QueuedRequests": 4},
    ),
    "sglang": (
        """sglang:generation_tokens_total{model_name="m"} %d
sglang:token_usage{model_name="m"} 0.28
sglang:num_queue_reqs{model_name="m"} 2
""",
        {"GeneratedTokens": 50, "KvCacheUsedPercent": 28, "QueuedRequests": 2},
    ),
    "tgi": (
        "tgi_request_generated_tokens_sum %d\ntgi_request_generated_tokens_count 7\ntgi_queue_size 1\n",
        {"GeneratedTokens": 50, "QueuedRequests": 1},
    ),
    "tei": ("te_queue_size 3 1700000000\nte_other %d\n", {"QueuedRequests": 3}),
    "llamacpp": (
        "llamacpp:tokens_predicted_total %d\nllamacpp:requests_deferred 0\n",
        {"GeneratedTokens": 50, "QueuedRequests": 0},
    ),
}


@pytest.mark.parametrize("engine", ENGINE_SERIES)
def test_an_engines_own_page(engine: str) -> None:
    page, expected = PAGES[engine]
    figures = EngineFigures(engine)
    assert figures.wanted
    figures.since(page % 100)
    found = {name: next(iter(one)) for name, one in figures.since(page % 150).items()}
    assert found == pytest.approx(expected)


def test_an_engine_that_was_restarted_counts_from_zero() -> None:
    page, _ = PAGES["llamacpp"]
    figures = EngineFigures("llamacpp")
    tokens = [figures.since(page % total)["GeneratedTokens"] for total in (1000, 1000, 30, 35)]
    assert tokens == [{0.0: 1.0}, {0.0: 1.0}, {30.0: 1.0}, {5.0: 1.0}]


def test_what_is_no_sample_is_passed_over() -> None:
    assert series_values("<html>\na NaN\nb +Inf\nc x\n d 1\ne{} 2\n\x00") == {
        "d": [1.0],
        "e": [2.0],
    }
    assert EngineFigures("vllm").since("") == {}
    assert not EngineFigures("custom").wanted


def _totals(good: int, bad: int, seconds: dict[float, float]) -> RequestTotals:
    return RequestTotals({"Requests2xx": good, "Requests5xx": bad}, seconds, good + bad)


def test_requests_since_the_last_time() -> None:
    figures = RequestFigures()
    # An agent that starts beside a running Envoy does not publish what another one did.
    assert figures.since(_totals(100, 5, {0.75: 100.0})) == single(
        {"Requests2xx": 0, "Requests5xx": 0}
    )
    assert figures.since(_totals(103, 4, {0.75: 101.0, 1.75: 2.0})) == {
        **single({"Requests2xx": 3, "Requests5xx": 0}),
        "RequestSeconds": {0.75: 1.0, 1.75: 2.0},
    }
    # Another Envoy: all that it counted came since.
    assert figures.since(_totals(2, 0, {0.75: 2.0})) == {
        **single({"Requests2xx": 2, "Requests5xx": 0}),
        "RequestSeconds": {0.75: 2.0},
    }


def test_a_sample_is_published_once_and_not_when_it_is_old() -> None:
    latest = Latest()
    latest.set(single({"GpuUtilization": 5}), 100)
    assert latest.young(100 + LASTS_SECONDS) == {"GpuUtilization": {5.0: 1.0}}
    assert latest.young(100 + LASTS_SECONDS) == {}
    latest.set(single({"GpuUtilization": 5}), 100)
    assert latest.young(101 + LASTS_SECONDS) == {}
