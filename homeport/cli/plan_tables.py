"""A `StackPlan` as tables for people."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from homeport.planner.plan import EndpointPlan, Notice, PriceLine, StackPlan

HOURS_A_MONTH = 730
"""As the clouds' own calculators count a month."""


def stack_report(plan: StackPlan) -> RenderableType:
    """Everything that `homeport plan` prints: the stack, its endpoints, its price, what is open."""
    return Group(
        _heading(plan),
        _endpoints_table(plan),
        *[part for endpoint in plan.endpoints for part in (Text(""), endpoint_report(endpoint))],
        Text(""),
        _price_table(plan),
        *_price_sources(plan),
        *_notices("Warnings", "yellow", _all_warnings(plan)),
        *_notices("Not known by this plan", "cyan", _all_unknowns(plan)),
    )


def _heading(plan: StackPlan) -> Text:
    text = Text()
    text.append(f"stack {plan.stack}", style="bold")
    text.append(f": {plan.cloud}, account {plan.account}, {plan.region}, {plan.ingress.domain}")
    if plan.sandbox:
        text.append("  [sandbox only]", style="magenta")
    network = plan.network
    where = network.cidr or network.brought_network_id or ""
    text.append(f"\nnetwork {where}, egress {network.egress}, NAT {network.nat}")
    text.append(f"; outside calls: {', '.join(plan.outside_hosts) or 'none'}")
    return text


def _endpoints_table(plan: StackPlan) -> Table:
    table = Table(header_style="bold")
    for column in ("endpoint", "access", "machine", "replicas"):
        table.add_column(column, overflow="fold")
    for column in ("USD/month asleep", "at min", "at max"):
        table.add_column(column, justify="right")
    for endpoint in plan.endpoints:
        price, scaling = endpoint.price, endpoint.scaling
        table.add_row(
            endpoint.name,
            endpoint.access.mode,
            endpoint.machine.instance_type,
            f"{scaling.min_replicas}..{scaling.max_replicas}",
            *(
                _sum(usd, price.lines)
                for usd in (
                    price.usd_per_hour_asleep,
                    price.usd_per_hour_at_min,
                    price.usd_per_hour_at_max,
                )
            ),
        )
    return table


def _access(endpoint: EndpointPlan) -> Text:
    access = endpoint.access
    text = Text(access.mode)
    if "any" in access.allow:
        text.append(" any account", style="bold red")
    elif access.allow:
        text.append(f" {', '.join(access.allow)}")
    if access.consumers:
        text.append(f" {', '.join(access.consumers)}")
    return text


def _machine(endpoint: EndpointPlan) -> str:
    machine = endpoint.machine
    what = (
        f"{machine.vcpu} vCPU"
        if machine.accelerator_count == 0
        else (f"{machine.accelerator_count} x {machine.accelerator}")
    )
    return f"{machine.instance_type} ({what}, {machine.capacity})"


def endpoint_report(endpoint: EndpointPlan) -> Table:
    """What was decided for one endpoint, line by line."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _endpoint_lines(endpoint):
        table.add_row(name, value)
    return table


def _endpoint_lines(endpoint: EndpointPlan) -> Iterator[tuple[str, Text | str]]:
    model, engine, access = endpoint.model, endpoint.engine, endpoint.access
    yield "endpoint", Text(endpoint.name, style="bold")
    yield "url", access.url
    yield "access", _access(endpoint)
    if access.listener_port is not None:
        yield "private port", f"{access.listener_port} on the internal load balancer"
    source = model.repositories[0]
    yield "model", f"{source.repository}@{source.commit[:12]} ({source.origin}), {model.task}"
    yield "engine", f"{engine.name} {engine.version}: {engine.chosen_because}"
    yield "image", f"{engine.image.reference} ({engine.image.origin})"
    yield (
        "machine",
        f"{_machine(endpoint)}, {endpoint.price.usd_per_hour_of_one_replica:.4f} USD/h with its disk",
    )
    yield "arguments", " ".join(engine.arguments) or "none"
    yield "served as", ", ".join(engine.served_names)
    yield "scaling", _scaling(endpoint)
    yield "wake", _wake(endpoint)
    yield "drain", f"{endpoint.drain.deregistration_delay_seconds} s for a running request"


def _wake(endpoint: EndpointPlan) -> str:
    wake = endpoint.wake
    phases = ", ".join(
        f"{phase.name} {phase.low_seconds}-{phase.high_seconds}" for phase in wake.phases
    )
    whole = f"{wake.low_seconds}-{wake.high_seconds} s (estimate: {phases})"
    return f"{whole}; a start is given up after {wake.startup_seconds} s"


def _scaling(endpoint: EndpointPlan) -> str:
    scaling = endpoint.scaling
    steps = ", ".join(
        f"+{step.add_replicas} from {step.from_measure:g}" for step in scaling.up_steps
    )
    idle = scaling.scale_to_zero_after_seconds
    sleep = f"; sleeps after {idle} s without requests" if idle is not None else ""
    return (
        f"{scaling.measure} over {scaling.up_period_seconds} s: {steps}; "
        f"-1 below {scaling.down_measure_below:g} for {scaling.down_calm_seconds} s{sleep}"
    )


def _price_table(plan: StackPlan) -> Table:
    """Shared lines and sums; the sources are numbered below, a row each."""
    table = Table(title="price, USD", title_justify="left", header_style="bold")
    table.add_column("what", overflow="fold")
    table.add_column("per hour", justify="right")
    table.add_column("per month", justify="right")
    table.add_column("source", justify="right", style="dim")
    sources = _numbered_sources(plan)
    for line in plan.price.lines:
        number = str(sources[line.source, line.date])
        if line.usd_per_hour is None:
            table.add_row(_quantity(line), "unknown", "unknown", number)
            continue
        table.add_row(
            _quantity(line), f"{line.usd_per_hour:.4f}", _month(line.usd_per_hour), number
        )
    table.add_section()
    price = plan.price
    for what, usd in (
        ("stack, all asleep", price.asleep_usd_per_hour),
        ("stack, all at min", price.at_min_usd_per_hour),
        ("stack, all at max", price.at_max_usd_per_hour),
    ):
        table.add_row(Text(what, style="bold"), f"{usd:.4f}", _sum(usd, _all_lines(plan)), "")
    return table


def _price_sources(plan: StackPlan) -> Iterator[Text]:
    for (source, date), number in _numbered_sources(plan).items():
        yield Text(f"{number}  {date}: {source}", style="dim")


def _numbered_sources(plan: StackPlan) -> dict[tuple[str, str], int]:
    unique = dict.fromkeys((line.source, line.date) for line in _all_lines(plan))
    return {source: number for number, source in enumerate(unique, start=1)}


def _all_lines(plan: StackPlan) -> list[PriceLine]:
    return [*plan.price.lines, *(line for one in plan.endpoints for line in one.price.lines)]


def _sum(usd_per_hour: float, lines: Sequence[PriceLine]) -> str:
    """A month; with a sign where a price among the lines is not known."""
    known = all(line.usd_per_hour is not None for line in lines)
    return f"{'' if known else '> '}{_month(usd_per_hour)}"


def _quantity(line: PriceLine) -> str:
    return line.what if line.quantity == 1 else f"{line.what}, {line.quantity:g} {line.unit}"


def _month(usd_per_hour: float) -> str:
    return f"{usd_per_hour * HOURS_A_MONTH:,.2f}"


def _all_warnings(plan: StackPlan) -> list[tuple[str, Notice]]:
    return [("", notice) for notice in plan.warnings] + [
        (endpoint.name, notice) for endpoint in plan.endpoints for notice in endpoint.warnings
    ]


def _all_unknowns(plan: StackPlan) -> list[tuple[str, Notice]]:
    return [("", notice) for notice in plan.unknowns] + [
        (endpoint.name, notice) for endpoint in plan.endpoints for notice in endpoint.unknowns
    ]


def _notices(title: str, style: str, notices: list[tuple[str, Notice]]) -> Iterator[RenderableType]:
    if not notices:
        return
    yield Text(f"\n{title}", style=f"bold {style}")
    seen: dict[tuple[str, str], list[str]] = {}
    for where, notice in notices:
        seen.setdefault((notice.path, notice.text), []).append(where)
    for (path, text), places in seen.items():
        where = ", ".join(place for place in places if place)
        label = " ".join(part for part in (where, path) if part)
        yield Text(f"- {label}: {text}" if label else f"- {text}")
