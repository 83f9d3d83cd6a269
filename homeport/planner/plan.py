"""The waist: everything that was decided about a stack, as plain frozen data.

`homeport.planner.build.plan` makes a `StackPlan`; `components` translate it into resources and decide
nothing; `homeport plan` prints it. Units are in the names. A plan round-trips as JSON
(`homeport.planner.plan_json`). Dates are ISO `YYYY-MM-DD`: nothing here knows what day it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from homeport.planner.wake_estimate import WakePlan

Cloud = Literal["aws", "azure", "gcp", "kubernetes"]
Side = Literal["public", "internal"]
SubnetKind = Literal["public", "private"]
AccessMode = Literal["public", "protected", "private"]
Origin = Literal["hub", "registry", "cloud", "sandbox"]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something the reader should know: a warning, or what this plan does not know yet."""

    path: str
    """Spec or settings path it is about, such as `replicas.scaleOn`; empty for the whole."""
    text: str


# --- what one endpoint is made of --------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class WeightFile:
    """One file that the machine downloads and checks."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class RepositoryPlan:
    """A Hub repository at one commit."""

    role: Literal["model", "draft", "code"]
    repository: str
    commit: str
    origin: Origin
    mount_path: str
    """Where the engine's container finds the files; the engine's arguments name it."""
    files: tuple[WeightFile, ...]


@dataclass(frozen=True, kw_only=True)
class ModelPlan:
    """What is served."""

    repository: str
    task: str
    weights: Literal["hub", "mirror"]
    repositories: tuple[RepositoryPlan, ...]
    """The model first, then draft and code repositories."""
    gated: bool
    token_secret: str | None
    """Name in the cloud's secret store of the Hub token; None where the stack names none."""


@dataclass(frozen=True, kw_only=True)
class ImagePlan:
    """A container image, pinned."""

    reference: str
    """`registry/name@sha256:...`, what the machine pulls."""
    tag: str
    """The tag that the digest was read from, for people."""
    origin: Origin


@dataclass(frozen=True, kw_only=True)
class RoutePlan:
    """A request line that the gateway passes to the engine; every other one is answered 404."""

    method: Literal["GET", "POST"]
    path: str
    inference: bool
    """True where the request makes the model work: such a request wakes and keeps awake."""


@dataclass(frozen=True, kw_only=True)
class FirstRequestPlan:
    """The request whose 200 makes a replica ready."""

    method: Literal["GET", "POST"]
    path: str
    body: str | None
    """JSON; None for a question."""


@dataclass(frozen=True, kw_only=True)
class EnginePlan:
    """The server that runs the model."""

    name: str
    version: str
    image: ImagePlan
    chosen_because: str
    port: int
    health_route: str
    metrics_route: str | None
    first_request: FirstRequestPlan
    routes: tuple[RoutePlan, ...]
    served_names: tuple[str, ...]
    """Names by which a client may ask for the model; `dummy` is huggingface_hub's."""
    arguments: tuple[str, ...]
    """Arguments to the image's own entry point."""
    env: Mapping[str, str]
    secrets: Mapping[str, str]
    """Variable -> name in the cloud's secret store; the value never passes through here."""
    context_length_tokens: int | None
    shared_memory_gib: int


@dataclass(frozen=True, kw_only=True)
class MachinePlan:
    """The machine of one replica."""

    instance_type: str
    accelerator: str
    accelerator_count: int
    """Accelerators in the machine; 0 for `cpu`."""
    accelerator_memory_gib: float
    """Memory of one accelerator as the cloud reports it; 0 for `cpu`."""
    vcpu: int
    memory_gib: float
    local_disk_gib: int
    """Instance-store disk, 0 where the machine has none."""
    image_role: Literal["cpu", "nvidia", "neuron"]
    image_id: str
    image_date: str
    image_origin: Origin
    root_volume_gib: int
    root_volume_iops: int
    root_volume_mib_per_second: int
    capacity: Literal["on-demand", "spot"]


@dataclass(frozen=True, kw_only=True)
class ScaleStep:
    """While the measure is at or above `from_measure` the group grows by `add_replicas`."""

    from_measure: float
    add_replicas: int


@dataclass(frozen=True, kw_only=True)
class ScalingPlan:
    """How many replicas, and when that changes. Numbers of Hugging Face unless a notice says so."""

    min_replicas: int
    max_replicas: int
    initial_replicas: int
    """Size of the group when it is created; later the size is not the deployment's to set."""
    measure: Literal["cpu", "gpu", "pending"]
    metric_name: str
    """Name in the endpoint's metric namespace; for `cpu` the cloud's own machine metric."""
    threshold: float
    """Percent (mean over replicas) for cpu and gpu, requests a replica for pending."""
    up_period_seconds: int
    up_inclusive: bool
    """True: the threshold itself scales up (cpu, gpu); False: only more than it (pending)."""
    up_steps: tuple[ScaleStep, ...]
    warmup_seconds: int
    """A replica counts in the mean this long after it came into service."""
    down_measure_below: float
    """One replica goes when the measure, spread over one replica less, stays below this."""
    down_calm_seconds: int
    down_cooldown_seconds: int
    scale_to_zero_after_seconds: int | None
    """None where `replicas.min` is 1 or more: such an endpoint never becomes idle."""


@dataclass(frozen=True, kw_only=True)
class DrainPlan:
    """Every time that `access.maxRequestSeconds` decides; `homeport.planner.drain` proves them."""

    max_request_seconds: int
    deregistration_delay_seconds: int
    proxy_route_timeout_seconds: int
    agent_drain_seconds: int
    engine_grace_seconds: int
    group_delete_timeout_seconds: int


@dataclass(frozen=True, kw_only=True)
class AccessPlan:
    """Who may call, and by which way."""

    mode: AccessMode
    side: Side
    """`internal` for private endpoints, `public` for the others."""
    host: str
    url: str
    allow: tuple[str, ...]
    """`user/<name>`, `org/<name>` or `any`; empty where no token is asked for."""
    consumers: tuple[str, ...]
    """Account ids that may connect to the private service; empty unless private."""
    cidrs: tuple[str, ...]
    listener_port: int | None
    """The endpoint's own port on the internal load balancer; None unless private."""
    max_body_bytes: int
    token_stale_seconds: int


@dataclass(frozen=True, kw_only=True)
class EndpointNames:
    """Physical names that something must know before the resource exists."""

    group: str
    role: str
    log_group: str
    metric_namespace: str
    table_prefix: str
    """Partition keys of this endpoint's items begin with it."""


@dataclass(frozen=True, kw_only=True)
class PriceLine:
    """One thing that costs money."""

    what: str
    quantity: float
    unit: str
    usd_per_hour: float | None
    """The whole line, for the quantity above; None where the catalogue has no price for the region, and the
    sums leave the line out."""
    source: str
    date: str


@dataclass(frozen=True, kw_only=True)
class EndpointPrice:
    """On-demand list prices without tax, traffic and logs."""

    usd_per_hour_of_one_replica: float
    usd_per_hour_asleep: float
    """What the endpoint adds to the stack with no machine."""
    usd_per_hour_at_min: float
    usd_per_hour_at_max: float
    lines: tuple[PriceLine, ...]
    """Of one replica, of what costs at rest, and of what costs while a replica serves."""


@dataclass(frozen=True, kw_only=True)
class EndpointPlan:
    """One endpoint, decided."""

    name: str
    model: ModelPlan
    engine: EnginePlan
    machine: MachinePlan
    scaling: ScalingPlan
    access: AccessPlan
    drain: DrainPlan
    wake: WakePlan
    names: EndpointNames
    price: EndpointPrice
    compliance: tuple[str, ...]
    tags: Mapping[str, str]
    """The user's tags and homeport's own; on every resource of the endpoint but the template."""
    warnings: tuple[Notice, ...]
    unknowns: tuple[Notice, ...]
    """What a reader might expect here and this version does not compute."""


# --- what the endpoints of a stack share -------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class SubnetPlan:
    """One subnet of a created network."""

    zone: str
    cidr: str
    kind: SubnetKind


@dataclass(frozen=True, kw_only=True)
class NetworkPlan:
    """Where the machines stand: created by the stack, or brought by the user."""

    cidr: str | None
    """Address range of a created network; None when brought."""
    subnets: tuple[SubnetPlan, ...]
    nat: Literal["one", "per-zone", "none"]
    egress: Literal["nat", "none"]
    brought_network_id: str | None
    brought_private_subnet_ids: tuple[str, ...]
    brought_public_subnet_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class IngressSidePlan:
    """The load balancer of one side; there is none where no endpoint needs it."""

    access_logs: bool
    """False as soon as one endpoint of the side asks for `zero-retention`."""
    endpoints: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class IngressPlan:
    """How requests come in."""

    domain: str
    zone_id: str | None
    """Zone in which the certificate and the hosts' records are made."""
    certificate_id: str | None
    """Brought certificate; None: the stack makes one for `*.<domain>` in the zone."""
    tls_policy: str
    idle_timeout_seconds: int
    """Of the load balancers that read HTTP."""
    private_link_idle_timeout_seconds: int
    waf_requests_per_five_minutes: int
    """Requests from one address above which the public side answers 403."""
    public: IngressSidePlan | None
    internal: IngressSidePlan | None


@dataclass(frozen=True, kw_only=True)
class StackNames:
    """Physical names of shared resources that something must know beforehand."""

    table: str
    service_linked_role_suffix: str
    role_path: str
    log_group_prefix: str
    gate: str
    """Function, its role, and its log group's last part."""
    reconciler: str
    """As `gate`."""


@dataclass(frozen=True, kw_only=True)
class StackPrice:
    """Sums over the stack, USD per hour."""

    shared_usd_per_hour: float
    asleep_usd_per_hour: float
    at_min_usd_per_hour: float
    at_max_usd_per_hour: float
    lines: tuple[PriceLine, ...]
    """What the endpoints share."""


@dataclass(frozen=True, kw_only=True)
class StackPlan:
    """A whole stack: one cloud, one account, one region."""

    homeport_version: str
    stack: str
    cloud: Cloud
    account: str
    region: str
    sandbox: bool
    """True: only the sandbox may deploy it."""
    network: NetworkPlan
    ingress: IngressPlan
    gateway_image: ImagePlan
    """The proxy in front of every replica's engine."""
    names: StackNames
    encryption_key_id: str | None
    """Brought key; None: the stack makes one."""
    hold_slots: int
    """Requests that may wait for a wake at the same time, of all endpoints together."""
    reserved_concurrency: int | None
    """Runs of the account's functions that the reconciler gets, and no other; None: it shares them with all others."""
    log_retention_days: int
    alarm_email: str | None
    protect: bool
    tags: Mapping[str, str]
    """On every resource of the stack, templates included: they never change."""
    outside_hosts: tuple[str, ...]
    """Hosts outside the account and its cloud that the machines call."""
    price: StackPrice
    endpoints: tuple[EndpointPlan, ...]
    """In order of name."""
    warnings: tuple[Notice, ...]
    unknowns: tuple[Notice, ...]
