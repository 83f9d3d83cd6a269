"""Which metrics an endpoint's replicas publish: what the dashboard shows, the alarms read and the price counts.

All replicas publish under one identity (the endpoint's namespace, no dimension), so the number of replicas does not
change the number of metrics. The agent's own list (`dataplane/gateway/agent/figures.py`) is held to this by a test.
"""

from homeport.planner.plan import EnginePlan, MachinePlan

PENDING, IN_FLIGHT = "PendingRequests", "RequestsInFlight"
OF_REQUESTS = (
    PENDING, IN_FLIGHT, "Requests2xx", "Requests4xx", "Requests5xx", "RequestSeconds",
)  # fmt: skip
OF_GPUS = ("GpuUtilization", "GpuMemoryUsedPercent")
OF_ENGINES: dict[str, tuple[str, ...]] = {
    "vllm": ("GeneratedTokens", "KvCacheUsedPercent", "QueuedRequests"),
    "sglang": ("GeneratedTokens", "KvCacheUsedPercent", "QueuedRequests"),
    "tgi": ("GeneratedTokens", "QueuedRequests"),
    "tei": ("QueuedRequests",),
    "llamacpp": ("GeneratedTokens", "QueuedRequests"),
}
"""What each engine says of itself. The others say nothing that is known here."""
FAILED_STARTS = "FailedStarts"
"""Published only when a start fails: a metric costs for the hours in which it has samples."""


def metrics_of(engine: EnginePlan, machine: MachinePlan) -> tuple[str, ...]:
    """Published as long as a replica is in service."""
    gpus = OF_GPUS if machine.image_role == "nvidia" else ()
    own = OF_ENGINES.get(engine.name, ()) if engine.metrics_route is not None else ()
    return (*OF_REQUESTS, *gpus, *own)
