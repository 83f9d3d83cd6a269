"""What a stack costs: list prices of what stands there, per hour, without tax, traffic, logs and clients' requests.

Prices of spot machines change by the minute; the plan says the on-demand price for them, an upper bound.
"""

from collections.abc import Sequence

from homeport.catalogue import Price, find_instance_price, find_service_price
from homeport.catalogue.prices import HOURS_PER_MONTH, Service
from homeport.planner.metrics import metrics_of
from homeport.planner.plan import (
    AccessPlan,
    EndpointPlan,
    EndpointPrice,
    EnginePlan,
    IngressPlan,
    MachinePlan,
    NetworkPlan,
    Notice,
    PriceLine,
    ScalingPlan,
    StackPrice,
)
from homeport.planner.wake import RECONCILER_MEMORY_MIB
from homeport.spec import StackSettings

GP3_FREE_IOPS, GP3_FREE_MIB_PER_SECOND = 3000, 125
"""Included in every gp3 volume (EBS pricing page, 2026)."""
FIREWALL_RULES = 2
"""Rate rule and address reputation; `components/aws/firewall.py` registers these."""
RECONCILER_RUNS_A_MONTH = 60 * HOURS_PER_MONTH
RECONCILER_RUN_SECONDS = 1.0
"""Of a run that finds everything at rest: a few calls, assumed to be over in it, for no account was billed. While
something wakes, drains or rolls it lasts the whole minute; that is not in the sums."""
READS_AT_REST = 4
"""Of an endpoint's items by each run, each of up to 4 KB (`dataplane/wake/aws/reconciler.py`)."""


class _Bill:
    """Price lines of one region, in the order in which they are added."""

    def __init__(self, settings: StackSettings) -> None:
        self._cloud, self._region = settings.cloud, settings.region
        self.lines: list[PriceLine] = []

    def machine(self, name: str) -> None:
        price = find_instance_price(self._cloud, self._region, name)
        self._add(f"machine {name}", 1, "machine", price)

    def service(self, what: str, quantity: float, unit: str, service: Service) -> None:
        """One line; nothing for a quantity of zero."""
        if quantity > 0:
            self._add(what, quantity, unit, find_service_price(self._cloud, self._region, service))

    def _add(self, what: str, quantity: float, unit: str, price: Price | None) -> None:
        self.lines.append(
            PriceLine(
                what=what,
                quantity=quantity,
                unit=unit,
                usd_per_hour=quantity * price.usd_per_hour if price else None,
                source=_source(price),
                date=price.date if price else "",
            )
        )

    @property
    def usd_per_hour(self) -> float:
        return sum(line.usd_per_hour or 0.0 for line in self.lines)


def _source(price: Price | None) -> str:
    if price is None:
        return "not in the catalogue for this region"
    return price.source if price.verified else f"{price.source} (not verified)"


def price_notices(region: str, lines: Sequence[PriceLine]) -> tuple[Notice, ...]:
    """That some price is not known, and that the sums are too small by it."""
    unknown = [line.what for line in lines if line.usd_per_hour is None]
    if not unknown:
        return ()
    return (
        Notice(
            path="",
            text=f"prices in {region}: none in the catalogue for {', '.join(unknown)}; the sums leave "
            "these out",
        ),
    )


def endpoint_price(
    settings: StackSettings,
    engine: EnginePlan,
    machine: MachinePlan,
    scaling: ScalingPlan,
    access: AccessPlan,
) -> EndpointPrice:
    """What one endpoint adds to its stack; a price that is not known is left out of the sums."""
    replica, at_rest, awake = _Bill(settings), _Bill(settings), _Bill(settings)
    replica.machine(machine.instance_type)
    replica.service("root volume", machine.root_volume_gib, "GiB", "gp3-gib")
    replica.service(
        "root volume IOPS", machine.root_volume_iops - GP3_FREE_IOPS, "IOPS", "gp3-iops"
    )
    replica.service(
        "root volume throughput",
        machine.root_volume_mib_per_second - GP3_FREE_MIB_PER_SECOND,
        "MiB/s",
        "gp3-mib-per-second",
    )
    _alarms(at_rest, scaling)
    at_rest.service(
        "a look each minute",
        READS_AT_REST * RECONCILER_RUNS_A_MONTH,
        "reads a month",
        "dynamodb-read",
    )
    if access.mode == "private":
        at_rest.service("private link's load balancer", 1, "NLB", "nlb")
    # However many replicas publish them; asleep, none does.
    awake.service(
        "metrics while awake", len(metrics_of(engine, machine)), "metrics", "custom-metric"
    )
    one, rest, told = replica.usd_per_hour, at_rest.usd_per_hour, awake.usd_per_hour
    return EndpointPrice(
        usd_per_hour_of_one_replica=one,
        usd_per_hour_asleep=rest,
        usd_per_hour_at_min=rest
        + (told if scaling.min_replicas else 0.0)
        + scaling.min_replicas * one,
        usd_per_hour_at_max=rest + told + scaling.max_replicas * one,
        lines=(*replica.lines, *at_rest.lines, *awake.lines),
    )


def _alarms(bill: _Bill, scaling: ScalingPlan) -> None:
    """Up, down (an expression of two metrics), errors and failed starts."""
    fast_up = scaling.up_period_seconds < 60
    if fast_up:
        bill.service("alarm up, high resolution", 1, "metric", "alarm-high-resolution")
    bill.service("alarms", 4 if fast_up else 5, "metrics", "alarm")


def stack_price(
    settings: StackSettings,
    network: NetworkPlan,
    ingress: IngressPlan,
    endpoints: Sequence[EndpointPlan],
) -> StackPrice:
    """What the endpoints share, and the sums."""
    bill = _Bill(settings)
    zones = len({subnet.zone for subnet in network.subnets}) or len(
        network.brought_public_subnet_ids
    )
    gateways = {"one": 1, "per-zone": zones, "none": 0}[network.nat]
    bill.service("NAT", gateways, "gateways", "nat-gateway")
    if ingress.public is not None:
        bill.service("public load balancer", 1, "ALB", "alb")
        bill.service("firewall", 1, "web ACL", "waf-acl")
        bill.service("firewall rules", FIREWALL_RULES, "rules", "waf-rule")
    addresses = gateways + (zones if ingress.public is not None else 0)
    bill.service("public IPv4 addresses", addresses, "addresses", "public-ipv4")
    if ingress.internal is not None:
        bill.service("internal load balancer", 1, "ALB", "alb")
    if settings.encryption_key is None:
        bill.service("encryption key", 1, "key", "kms-key")
    bill.service("dashboard", 1, "dashboard", "dashboard")
    seconds = RECONCILER_MEMORY_MIB / 1024 * RECONCILER_RUN_SECONDS * RECONCILER_RUNS_A_MONTH
    bill.service(
        "wake function, each minute", RECONCILER_RUNS_A_MONTH, "runs a month", "lambda-run"
    )
    bill.service("wake function's time", seconds, "GiB-seconds a month", "lambda-gib-second")
    shared = bill.usd_per_hour
    return StackPrice(
        shared_usd_per_hour=shared,
        asleep_usd_per_hour=shared + sum(one.price.usd_per_hour_asleep for one in endpoints),
        at_min_usd_per_hour=shared + sum(one.price.usd_per_hour_at_min for one in endpoints),
        at_max_usd_per_hour=shared + sum(one.price.usd_per_hour_at_max for one in endpoints),
        lines=tuple(bill.lines),
    )
