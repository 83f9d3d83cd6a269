"""How long everything waits for a running request, compiled from `access.maxRequestSeconds`.

    proxy route timeout = maxRequestSeconds <= deregistration delay <= agent drain <= engine grace
    maxRequestSeconds < load balancer idle < proxy keep-alive, and < private link idle

The load balancers are shared, so their timeouts are constants above the largest value that a spec may
ask for; an edit of one endpoint never touches its neighbour.
"""

from homeport.errors import PlanError
from homeport.planner.plan import DrainPlan

LOAD_BALANCER_IDLE_SECONDS = 4000
"""ALB `idle_timeout`; AWS allows 1 to 4000 (ELB API reference, 2026)."""
PRIVATE_LINK_IDLE_SECONDS = 6000
"""NLB `tcp.idle_timeout.seconds`; AWS allows 60 to 6000 (ELB API reference, 2026)."""
PROXY_KEEP_ALIVE_SECONDS = 4100
"""Above the load balancer's, or a reused connection is closed under a request (502)."""
DEREGISTRATION_DELAY_MAX_SECONDS = 3600
"""Target group `deregistration_delay.timeout_seconds`, 0 to 3600 (ELB API reference, 2026)."""
SPOT_NOTICE_SECONDS = 120
"""AWS tells a spot machine two minutes before it takes it (EC2 guide, spot interruptions)."""


def drain_plan(max_request_seconds: int) -> DrainPlan:
    """Every wait for one endpoint. Raises `PlanError` where the cloud cannot honour it."""
    plan = DrainPlan(
        max_request_seconds=max_request_seconds,
        deregistration_delay_seconds=max_request_seconds,
        proxy_route_timeout_seconds=max_request_seconds,
        agent_drain_seconds=max_request_seconds + 5,
        engine_grace_seconds=max_request_seconds + 15,
        group_delete_timeout_seconds=max_request_seconds + 900,
    )
    for fact, holds in inequalities(plan).items():
        if not holds:
            raise PlanError(
                path="access.maxRequestSeconds",
                found=f"{max_request_seconds}, which breaks: {fact}",
                allowed=f"1 to {DEREGISTRATION_DELAY_MAX_SECONDS}",
                fix="ask for shorter requests, or stream the answer in several requests",
            )
    return plan


def inequalities(plan: DrainPlan) -> dict[str, bool]:
    """Each thing that must hold, in words, and whether it does."""
    longest = plan.max_request_seconds
    return {
        "a request ends before its route times out": longest <= plan.proxy_route_timeout_seconds,
        "a leaving target keeps a request to its end": plan.proxy_route_timeout_seconds
        <= plan.deregistration_delay_seconds,
        "the target group can wait that long": plan.deregistration_delay_seconds
        <= DEREGISTRATION_DELAY_MAX_SECONDS,
        "the agent waits for the last request": plan.deregistration_delay_seconds
        <= plan.agent_drain_seconds,
        "the engine outlives the agent's wait": plan.agent_drain_seconds
        <= plan.engine_grace_seconds,
        "a group's deletion waits for its machines": plan.engine_grace_seconds
        < plan.group_delete_timeout_seconds,
        "a silent answer is not cut by the load balancer": longest < LOAD_BALANCER_IDLE_SECONDS,
        "nor by the private side": LOAD_BALANCER_IDLE_SECONDS < PRIVATE_LINK_IDLE_SECONDS,
        "the proxy keeps connections longer than the load balancer": LOAD_BALANCER_IDLE_SECONDS
        < PROXY_KEEP_ALIVE_SECONDS,
    }
