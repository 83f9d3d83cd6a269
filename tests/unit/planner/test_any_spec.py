"""Whatever a well-formed spec asks for, it is planned or refused with a place and a fix; never a crash."""

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from homeport.errors import HomeportError
from homeport.planner.build import plan_stack
from homeport.planner.plan import StackPlan
from homeport.planner.plan_json import dump_plan, read_plan
from tests.unit.planner.stacks import MODELS, stack

ACCELERATORS = (
    *("cpu", "nvidia-t4", "nvidia-l4", "nvidia-a10g", "nvidia-l40s", "nvidia-a100"),
    *("nvidia-h100", "nvidia-h200", "inf2", "tpu-v5e", "tpu-v6e"),
)
MODES: tuple[dict[str, Any], ...] = (
    {"mode": "public"},
    {"mode": "protected"},
    {"mode": "protected", "allow": ["any"], "cidrs": ["203.0.113.0/24"], "maxRequestSeconds": 3600},
    {"mode": "private", "consumers": ["111122223333"]},
)


def _optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


SPECS = st.fixed_dictionaries(
    {
        "name": st.just("chat"),
        "model": st.fixed_dictionaries(
            {"repository": st.sampled_from(sorted(MODELS))},
            optional={
                "task": st.sampled_from(["text-generation", "feature-extraction", "text-to-image"]),
                "weights": st.sampled_from(["hub", "mirror"]),
            },
        ),
        "compute": _optional(
            accelerator=st.sampled_from(ACCELERATORS),
            count=st.sampled_from([1, 2, 3, 4, 8, 16]),
            instanceType=st.sampled_from(["g6.xlarge", "g6.12xlarge", "c7i.large", "p5.48xlarge"]),
            capacity=st.sampled_from(["on-demand", "spot", "spot-with-fallback"]),
        ),
        "access": st.sampled_from(MODES),
    },
    optional={
        "engine": _optional(
            name=st.sampled_from(["auto", "vllm", "tei", "sglang", "tgi"]),
            quantization=st.sampled_from(["auto", "none", "fp8", "awq", "unheard-of"]),
            contextLength=st.sampled_from([1, 8192, 10**7]),
            speculative=st.sampled_from([{"method": "ngram"}, {"method": "mtp"}]),
            args=st.sampled_from([["--enable-prefix-caching"], ["--port", "1"]]),
            env=st.sampled_from([{"VLLM_LOGGING_LEVEL": "INFO"}, {"MAX_BATCH_TOKENS": "1"}]),
        ),
        "replicas": st.sampled_from(
            [{"min": 0}, {"min": 2, "max": 5}, {"scaleOn": {"pending": 0.01}}, {"min": 3}]
        ),
        "compliance": st.sampled_from([["soc2"], ["zero-retention"]]),
    },
)


@settings(max_examples=300)
@given(spec=SPECS)
def test_planned_or_refused(spec: dict[str, Any]) -> None:
    planned = _planned_or_refused(spec)
    if isinstance(planned, HomeportError):
        assert all(problem.fix and problem.allowed for problem in planned.problems)
        assert all(problem.line for problem in planned.problems if problem.file)
        return
    assert read_plan(dump_plan(planned)) == planned
    (endpoint,) = planned.endpoints
    assert endpoint.scaling.min_replicas <= endpoint.scaling.max_replicas
    assert endpoint.price.usd_per_hour_at_min <= endpoint.price.usd_per_hour_at_max


def _planned_or_refused(spec: dict[str, Any]) -> StackPlan | HomeportError:
    try:
        return plan_stack(stack({"chat": yaml.safe_dump(spec)}))
    except HomeportError as error:
        return error
