"""`plan_stack`: from a stack's files to its `StackPlan`. Reads like a table of contents.

Pure: no network, no clock, no environment, no randomness; the same files give the same plan. All
errors of all endpoints are raised at once, each with the file and line it is about.
"""

import homeport
from homeport.errors import HomeportError, located, raise_all
from homeport.planner.access import access_notices, access_plan, side_of
from homeport.planner.capabilities import Feature, require
from homeport.planner.drain import (
    LOAD_BALANCER_IDLE_SECONDS,
    PRIVATE_LINK_IDLE_SECONDS,
    SPOT_NOTICE_SECONDS,
    drain_plan,
)
from homeport.planner.engine import engine_plan
from homeport.planner.fit import fit_notices, refuse_what_cannot_fit
from homeport.planner.gateway import gateway_image, gateway_notices
from homeport.planner.ingress import (
    PRIVATE_ENDPOINTS_MAX,
    PUBLIC_ENDPOINTS_MAX,
    TLS_POLICY,
    WAF_REQUESTS_PER_FIVE_MINUTES,
    ingress_side,
    listener_ports,
)
from homeport.planner.model import fresh_lock, model_plan
from homeport.planner.names import endpoint_names, stack_names
from homeport.planner.network import brought_network, created_network
from homeport.planner.placement import machine_plan
from homeport.planner.plan import (
    EndpointPlan,
    IngressPlan,
    MachinePlan,
    NetworkPlan,
    Notice,
    ScalingPlan,
    StackPlan,
)
from homeport.planner.price import endpoint_price, price_notices, stack_price
from homeport.planner.scaling import (
    default_measure,
    refuse_unmeasured,
    scaling_notices,
    scaling_plan,
)
from homeport.planner.sources import EndpointSource, StackSources
from homeport.planner.wake import RESERVED_CONCURRENCY, wake_plan
from homeport.spec import EndpointSpec, StackSettings


def plan_stack(sources: StackSources) -> StackPlan:
    """The plan of everything in a stack's folder.

    Raises `HomeportError`, a group of them where several things are wrong.
    """
    settings = sources.settings
    try:
        require(settings.cloud, "deployment", path="cloud", found=settings.cloud)
        network = _network(settings)
        require(settings.cloud, f"egress.{settings.egress}", path="egress", found=settings.egress)
        ports = _listener_ports(sources)
        ingress = _ingress(sources)
        _refuse_missing_public_subnets(network, ingress)
    except HomeportError as error:
        raise located(error, sources.source) from None

    endpoints = _endpoint_plans(sources, ports)
    price = stack_price(settings, network, ingress, endpoints)
    return StackPlan(
        homeport_version=homeport.__version__,
        stack=sources.name,
        cloud=settings.cloud,
        account=settings.account,
        region=settings.region,
        sandbox=settings.sandbox,
        network=network,
        ingress=ingress,
        gateway_image=gateway_image(),
        names=stack_names(sources.name),
        encryption_key_id=settings.encryption_key,
        hold_slots=settings.hold_slots,
        reserved_concurrency=RESERVED_CONCURRENCY if settings.reserve_concurrency else None,
        log_retention_days=settings.log_retention_days,
        alarm_email=settings.alarms.email,
        protect=settings.protect,
        tags={"homeport:stack": sources.name},
        outside_hosts=_outside_hosts(endpoints),
        price=price,
        endpoints=endpoints,
        warnings=(),
        unknowns=(
            *gateway_notices(),
            *price_notices(settings.region, price.lines),
        ),
    )


def _endpoint_plans(sources: StackSources, ports: dict[str, int]) -> tuple[EndpointPlan, ...]:
    plans: list[EndpointPlan] = []
    errors: list[HomeportError] = []
    for endpoint in sources.endpoints:
        try:
            plans.append(_endpoint_plan(endpoint, sources, ports))
        except HomeportError as error:
            errors.append(located(error, endpoint.source))
    raise_all(errors)
    return tuple(plans)


def _endpoint_plan(
    endpoint: EndpointSource, sources: StackSources, ports: dict[str, int]
) -> EndpointPlan:
    spec, settings = endpoint.spec, sources.settings
    _refuse_what_is_not_built(spec, settings)
    lock = fresh_lock(spec, endpoint.lock, stack=sources.name, sandbox=settings.sandbox)
    machine = machine_plan(spec, lock, settings)
    model = model_plan(spec, lock, settings)
    engine = engine_plan(spec, lock, machine, model)
    refuse_what_cannot_fit(spec, lock, machine)
    scaling = _scaling(spec, machine)
    access = access_plan(spec, settings, ports)
    price = endpoint_price(settings, engine, machine, scaling, access)
    return EndpointPlan(
        name=spec.name,
        model=model,
        engine=engine,
        machine=machine,
        scaling=scaling,
        access=access,
        drain=drain_plan(spec.access.max_request_seconds),
        wake=wake_plan(model, engine, machine),
        names=endpoint_names(sources.name, spec.name),
        price=price,
        compliance=spec.compliance,
        tags={**spec.tags, "homeport:stack": sources.name, "homeport:endpoint": spec.name},
        warnings=(
            *scaling_notices(scaling),
            *access_notices(access, scaling),
            *_spot_notices(spec),
        ),
        unknowns=(*fit_notices(spec, engine), *price_notices(settings.region, price.lines)),
    )


def _refuse_what_is_not_built(spec: EndpointSpec, settings: StackSettings) -> None:
    """Every feature of the spec that the stack's cloud has not, all at once."""
    compute, speculative = spec.compute, spec.engine.speculative
    asked: list[tuple[Feature, str, str]] = [
        (f"capacity.{compute.capacity}", "compute.capacity", compute.capacity),
        (f"weights.{spec.model.weights}", "model.weights", spec.model.weights),
        *((f"compliance.{word}", "compliance", word) for word in spec.compliance),
        *(
            (f"cidrs.{'ipv6' if ':' in cidr else 'ipv4'}", f"access.cidrs[{number}]", cidr)
            for number, cidr in enumerate(spec.access.cidrs)
        ),
    ]
    if speculative is not None:
        asked.append(
            (f"speculative.{speculative.method}", "engine.speculative.method", speculative.method)
        )
    errors: list[HomeportError] = []
    for feature, path, found in asked:
        try:
            require(settings.cloud, feature, path=path, found=found)
        except HomeportError as error:
            errors.append(error)
    raise_all(errors)


def _scaling(spec: EndpointSpec, machine: MachinePlan) -> ScalingPlan:
    replicas = spec.replicas
    measure, threshold = default_measure(machine)
    if replicas.scale_on is not None:
        measure, threshold = replicas.scale_on.measure, replicas.scale_on.threshold
    refuse_unmeasured(measure, machine)
    return scaling_plan(
        min_replicas=replicas.min,
        max_replicas=replicas.max,
        measure=measure,
        threshold=threshold,
        scale_to_zero_after_seconds=replicas.scale_to_zero_after_seconds,
    )


def _spot_notices(spec: EndpointSpec) -> tuple[Notice, ...]:
    if spec.compute.capacity != "spot" or spec.access.max_request_seconds < SPOT_NOTICE_SECONDS:
        return ()
    return (
        Notice(
            path="compute.capacity",
            text=f"a spot machine is taken with {SPOT_NOTICE_SECONDS} s notice; requests may run "
            f"{spec.access.max_request_seconds} s and would be cut",
        ),
    )


def _network(settings: StackSettings) -> NetworkPlan:
    network = settings.network
    if network.create is not None:
        return created_network(
            cidr=network.create,
            region=settings.region,
            zones=network.zones,
            nat=network.nat,
            egress=settings.egress,
        )
    # The settings' own rule: a network that is not created is brought whole.
    assert network.vpc is not None
    assert network.subnets is not None
    return brought_network(
        network_id=network.vpc,
        private_subnet_ids=network.subnets.private,
        public_subnet_ids=network.subnets.public,
        egress=settings.egress,
    )


def _refuse_missing_public_subnets(network: NetworkPlan, ingress: IngressPlan) -> None:
    brought_without = network.brought_network_id and len(network.brought_public_subnet_ids) < 2
    if ingress.public is None or not brought_without:
        return
    raise HomeportError(
        path="network.subnets.public",
        found=f"{len(network.brought_public_subnet_ids)} public subnets, "
        f"and {ingress.public.endpoints[0]} is not private",
        allowed="two public subnets or more where an endpoint is public or protected",
        fix="add homeport:network.subnets.public, or make every endpoint private",
    )


def _listener_ports(sources: StackSources) -> dict[str, int]:
    private = [one.spec.name for one in sources.endpoints if side_of(one.spec) == "internal"]
    return listener_ports(private, sources.settings.listener_ports)


def _ingress(sources: StackSources) -> IngressPlan:
    specs, settings = [one.spec for one in sources.endpoints], sources.settings
    quiet = [spec.name for spec in specs if "zero-retention" in spec.compliance]
    return IngressPlan(
        domain=settings.domain,
        zone_id=settings.zone,
        certificate_id=settings.certificate,
        tls_policy=TLS_POLICY,
        idle_timeout_seconds=LOAD_BALANCER_IDLE_SECONDS,
        private_link_idle_timeout_seconds=PRIVATE_LINK_IDLE_SECONDS,
        waf_requests_per_five_minutes=WAF_REQUESTS_PER_FIVE_MINUTES,
        public=ingress_side(
            [spec.name for spec in specs if side_of(spec) == "public"],
            quiet,
            maximum=PUBLIC_ENDPOINTS_MAX,
            what="public and protected",
        ),
        internal=ingress_side(
            [spec.name for spec in specs if side_of(spec) == "internal"],
            quiet,
            maximum=PRIVATE_ENDPOINTS_MAX,
            what="private",
        ),
    )


def _outside_hosts(endpoints: tuple[EndpointPlan, ...]) -> tuple[str, ...]:
    """The Hub for weights and token checks, and the registries of the images."""
    hosts = {"huggingface.co"} if endpoints else set[str]()
    images = {one.engine.image.reference for one in endpoints}
    if endpoints:
        images.add(gateway_image().reference)
    hosts |= {image.partition("/")[0] for image in images}
    return tuple(sorted(hosts))
