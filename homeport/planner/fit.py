"""What is certain about memory before the estimate exists: weights that are larger than the machine.

The estimate of weights, KV cache and headroom is not built yet, and the plan says so. What is refused
here is beyond doubt: files that do not even fit as they lie on disk.
"""

from homeport.errors import PlanError
from homeport.lock import Lock
from homeport.planner.plan import EnginePlan, MachinePlan, Notice
from homeport.spec import EndpointSpec

GIBIBYTE = 1024**3
SHRINKS_AT_LOAD = ("fp8", "bitsandbytes")
"""Methods by which an engine stores full-size weights smaller than they lie on disk."""


def refuse_what_cannot_fit(spec: EndpointSpec, lock: Lock, machine: MachinePlan) -> None:
    """Raise `PlanError` where the weights alone are larger than the memory they go to."""
    if spec.engine.quantization in SHRINKS_AT_LOAD and lock.model.metadata.quantization is None:
        return
    weights_gib = sum(repository.size_bytes for repository in lock.repositories) / GIBIBYTE
    on_cpu = machine.accelerator_count == 0
    memory_gib = machine.memory_gib
    if not on_cpu:
        memory_gib = machine.accelerator_memory_gib * machine.accelerator_count
    if weights_gib <= memory_gib:
        return
    raise PlanError(
        path="compute",
        found=f"{weights_gib:.1f} GiB of weights on {machine.instance_type}",
        allowed=f"a machine with more memory than that; this one has {memory_gib:.1f} GiB",
        fix="ask for more or larger accelerators, or for a quantized repository of the model",
    )


def fit_notices(spec: EndpointSpec, engine: EnginePlan) -> tuple[Notice, ...]:
    """That the estimate does not exist, and what a missing context length means until then."""
    notices = [
        Notice(
            path="engine.contextLength",
            text="whether weights, KV cache and headroom fit is not computed yet; only weights "
            "that exceed the machine's memory are refused",
        )
    ]
    if engine.name == "vllm" and spec.engine.context_length is None:
        notices.append(
            Notice(
                path="engine.contextLength",
                text="left out, so the engine takes the model's whole context and stops at start-up "
                "if that does not fit; set it until the estimate exists",
            )
        )
    return tuple(notices)
