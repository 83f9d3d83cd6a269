"""What a wake takes, phase by phase, from what the plan knows; measured wakes take its place as they happen.

No machine was started for these figures. Sources: a public EC2 start-up study (m7i.large, 2026-01: 26 s to running and
reachable), published pull times of 15 to 20 GB engine images (4 to 6 minutes) and of uncompressing them, vLLM's and
run:ai's published load times of an 8B model; load balancer and Auto Scaling by their guides. Read 2026-11.
"""

from homeport.errors import PlanError
from homeport.planner.plan import EnginePlan, MachinePlan, ModelPlan
from homeport.planner.wake_estimate import WakePhase, WakePlan

MIB = 1024 * 1024
STARTUP_SECONDS_MIN, STARTUP_SECONDS_MAX = 900, 3600
"""Of one start's deadline, after which the replica gives itself up."""
DEADLINE_FACTOR = 4
"""Times the longest estimate: a slow day is no failure."""
HOLD_SECONDS_MAX = 840
"""A function lives 900 s (Lambda quotas, read 2026-11)."""
RECONCILER_MEMORY_MIB = 512
RESERVED_CONCURRENCY = 20
"""Of the reconciler, at least and at most: the minute's runs, which overlap, the table's, and fifty of machines' events
a minute, which last 20 s each."""
_DOWNLOAD_MIB_PER_SECOND = (60, 400)
"""From the Hub through a NAT gateway; the disk may be slower."""
_MACHINE = {"cpu": (25, 60), "nvidia": (35, 120), "neuron": (35, 120)}
_IMAGE = {"cpu": (20, 90), "nvidia": (120, 400), "neuron": (120, 400)}
_ENGINE = {"cpu": (5, 30), "nvidia": (30, 120), "neuron": (60, 600)}
"""Without reading the weights; compiled kernels, graphs and the first answer among it."""
_INTO_SERVICE = (15, 60)
"""Hook, registration, two health checks 5 s apart, the rule turned."""


def wake_plan(model: ModelPlan, engine: EnginePlan, machine: MachinePlan) -> WakePlan:
    """Each phase's shortest and longest time, what they come to, and when a start is given up.

    Raises `PlanError` where the weights could not be there before any deadline.
    """
    role = machine.image_role
    size_mib = sum(file.size_bytes for one in model.repositories for file in one.files) / MIB
    disk = machine.root_volume_mib_per_second
    slow, fast = (min(rate, disk) for rate in _DOWNLOAD_MIB_PER_SECOND)
    weights = (round(size_mib / fast), round(size_mib / slow))
    reading = round(size_mib / disk)
    low, high = _ENGINE[role]
    phases = (
        WakePhase("machine", *_MACHINE[role]),
        WakePhase("image", *_IMAGE[role]),
        WakePhase("weights", *weights),
        WakePhase("engine", low + reading // 2, high + reading),
        WakePhase("into service", *_INTO_SERVICE),
    )
    shortest = _together([phase.low_seconds for phase in phases])
    longest = _together([phase.high_seconds for phase in phases])
    deadline = min(STARTUP_SECONDS_MAX, max(STARTUP_SECONDS_MIN, DEADLINE_FACTOR * longest))
    if longest > deadline:
        raise PlanError(
            path="model.repository",
            found=f"{size_mib / 1024:.0f} GiB of weights, which take up to {longest} s to start with",
            allowed=f"a start of at most {STARTUP_SECONDS_MAX} s",
            fix=f"choose a smaller or a quantized model for {machine.instance_type} and {engine.name}",
        )
    return WakePlan(
        phases=phases,
        low_seconds=shortest,
        high_seconds=longest,
        estimate_seconds=(shortest + longest) // 2,
        startup_seconds=deadline,
    )


def _together(seconds: list[int]) -> int:
    """Image and weights come at the same time."""
    machine, image, weights, *rest = seconds
    return machine + max(image, weights) + sum(rest)
