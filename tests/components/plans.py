"""Plans made by hand, for tests of the translators: nothing here comes from the planner."""

from dataclasses import replace
from typing import Any, Literal

from homeport.planner.plan import (
    AccessMode,
    AccessPlan,
    DrainPlan,
    EndpointNames,
    EndpointPlan,
    EndpointPrice,
    EnginePlan,
    FirstRequestPlan,
    ImagePlan,
    IngressPlan,
    IngressSidePlan,
    MachinePlan,
    ModelPlan,
    NetworkPlan,
    RepositoryPlan,
    RoutePlan,
    ScaleStep,
    ScalingPlan,
    StackNames,
    StackPlan,
    StackPrice,
    SubnetPlan,
    WeightFile,
)
from homeport.planner.wake_estimate import WakePhase, WakePlan

STACK = "demo"
ACCOUNT = "123456789012"
DOMAIN = "endpoints.example.com"
TAGS = {"homeport:stack": STACK}
USER_TAGS = {"team": "search"}
_SUBNET_KINDS: tuple[tuple[Literal["private", "public"], int], ...] = (
    ("private", 0),
    ("public", 128),
)


def endpoint(name: str, mode: AccessMode = "protected", **changes: Any) -> EndpointPlan:
    """One endpoint of the given access mode; `changes` replace whole parts."""
    plan = EndpointPlan(
        name=name,
        model=_model(),
        engine=_engine(),
        machine=_machine(),
        scaling=_scaling(),
        access=access(name, mode),
        drain=_drain(900),
        wake=_wake(),
        names=_names(name),
        price=EndpointPrice(
            usd_per_hour_of_one_replica=1.0,
            usd_per_hour_asleep=0.0,
            usd_per_hour_at_min=1.0,
            usd_per_hour_at_max=2.0,
            lines=(),
        ),
        compliance=(),
        tags={**TAGS, **USER_TAGS, "homeport:endpoint": name},
        warnings=(),
        unknowns=(),
    )
    return replace(plan, **changes)


def access(name: str, mode: AccessMode, **changes: Any) -> AccessPlan:
    """Who may call; a private endpoint has one consumer and a port from its name's length."""
    private = mode == "private"
    plan = AccessPlan(
        mode=mode,
        side="internal" if private else "public",
        host=f"{name}.{DOMAIN}",
        url=f"https://{name}.{DOMAIN}",
        allow=("org/acme",) if mode == "protected" else (),
        consumers=("222222222222",) if private else (),
        cidrs=(),
        listener_port=20_000 + sum(name.encode()) if private else None,
        max_body_bytes=32 * 1024 * 1024,
        token_stale_seconds=3600,
    )
    return replace(plan, **changes)


def stack(*endpoints: EndpointPlan, **changes: Any) -> StackPlan:
    """A stack of the given endpoints, in a created network; `changes` replace whole parts."""
    plan = StackPlan(
        homeport_version="0.1.0",
        stack=STACK,
        cloud="aws",
        account=ACCOUNT,
        region="us-east-1",
        sandbox=True,
        network=created_network(),
        ingress=_ingress(endpoints),
        gateway_image=_image("docker.io/envoyproxy/envoy", "v1.40.0"),
        names=StackNames(
            table="homeport-demo",
            service_linked_role_suffix="homeport-demo",
            role_path="/homeport/demo/",
            log_group_prefix="/homeport/demo",
            gate="homeport-demo-gate",
            reconciler="homeport-demo-reconciler",
        ),
        encryption_key_id=None,
        hold_slots=20,
        reserved_concurrency=None,
        log_retention_days=30,
        alarm_email="ml-platform@example.com",
        protect=False,
        tags=TAGS,
        outside_hosts=("huggingface.co",),
        price=StackPrice(
            shared_usd_per_hour=0.1,
            asleep_usd_per_hour=0.1,
            at_min_usd_per_hour=1.1,
            at_max_usd_per_hour=2.1,
            lines=(),
        ),
        endpoints=tuple(sorted(endpoints, key=lambda one: one.name)),
        warnings=(),
        unknowns=(),
    )
    return replace(plan, **changes)


def created_network(**changes: Any) -> NetworkPlan:
    """Two zones, one NAT."""
    plan = NetworkPlan(
        cidr="10.20.0.0/16",
        subnets=tuple(
            SubnetPlan(zone=f"us-east-1{zone}", cidr=f"10.20.{number + first}.0/24", kind=kind)
            for number, zone in enumerate("ab")
            for kind, first in _SUBNET_KINDS
        ),
        nat="one",
        egress="nat",
        brought_network_id=None,
        brought_private_subnet_ids=(),
        brought_public_subnet_ids=(),
    )
    return replace(plan, **changes)


def brought_network(**changes: Any) -> NetworkPlan:
    """The user's own network."""
    plan = NetworkPlan(
        cidr=None,
        subnets=(),
        nat="none",
        egress="nat",
        brought_network_id="vpc-1",
        brought_private_subnet_ids=("subnet-1", "subnet-2"),
        brought_public_subnet_ids=("subnet-3", "subnet-4"),
    )
    return replace(plan, **changes)


def _ingress(endpoints: tuple[EndpointPlan, ...]) -> IngressPlan:
    def side(wanted: str) -> IngressSidePlan | None:
        names = tuple(sorted(one.name for one in endpoints if one.access.side == wanted))
        return IngressSidePlan(access_logs=True, endpoints=names) if names else None

    return IngressPlan(
        domain=DOMAIN,
        zone_id="Z0123456789",
        certificate_id=None,
        tls_policy="ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        idle_timeout_seconds=4000,
        private_link_idle_timeout_seconds=6000,
        waf_requests_per_five_minutes=20_000,
        public=side("public"),
        internal=side("internal"),
    )


def _wake() -> WakePlan:
    return WakePlan(
        phases=(WakePhase("machine", 30, 60),),
        low_seconds=30,
        high_seconds=60,
        estimate_seconds=45,
        startup_seconds=900,
    )


def _model() -> ModelPlan:
    repository = RepositoryPlan(
        role="model",
        repository="Qwen/Qwen3-8B",
        commit="a" * 40,
        origin="sandbox",
        mount_path="/repository",
        files=(WeightFile(path="model.safetensors", size_bytes=1 << 30, sha256="b" * 64),),
    )
    return ModelPlan(
        repository="Qwen/Qwen3-8B",
        task="text-generation",
        weights="hub",
        repositories=(repository,),
        gated=False,
        token_secret="hub-token",
    )


def _image(name: str, tag: str) -> ImagePlan:
    return ImagePlan(reference=f"{name}@sha256:{'c' * 64}", tag=tag, origin="sandbox")


def _engine() -> EnginePlan:
    return EnginePlan(
        name="vllm",
        version="0.11.0",
        image=_image("docker.io/vllm/vllm-openai", "v0.11.0"),
        chosen_because="the model generates text",
        port=8000,
        health_route="/health",
        metrics_route="/metrics",
        first_request=FirstRequestPlan(method="GET", path="/health", body=None),
        routes=(
            RoutePlan(method="POST", path="/v1/chat/completions", inference=True),
            RoutePlan(method="GET", path="/v1/models", inference=False),
        ),
        served_names=("llama", "Qwen/Qwen3-8B", "dummy"),
        arguments=("--model", "/repository"),
        env={"VLLM_LOGGING_LEVEL": "WARNING"},
        secrets={"SEARCH_KEY": "search-key"},
        context_length_tokens=8192,
        shared_memory_gib=8,
    )


def _machine() -> MachinePlan:
    return MachinePlan(
        instance_type="g6.xlarge",
        accelerator="nvidia-l4",
        accelerator_count=1,
        accelerator_memory_gib=22.4,
        vcpu=4,
        memory_gib=16,
        local_disk_gib=232,
        image_role="nvidia",
        image_id="ami-0123456789abcdef0",
        image_date="2026-11-01",
        image_origin="sandbox",
        root_volume_gib=200,
        root_volume_iops=6000,
        root_volume_mib_per_second=1000,
        capacity="on-demand",
    )


def _scaling() -> ScalingPlan:
    return ScalingPlan(
        min_replicas=1,
        max_replicas=2,
        initial_replicas=1,
        measure="gpu",
        metric_name="GpuUtilization",
        threshold=80,
        up_period_seconds=60,
        up_inclusive=True,
        up_steps=(
            ScaleStep(from_measure=80, add_replicas=1),
            ScaleStep(from_measure=90, add_replicas=2),
        ),
        warmup_seconds=60,
        down_measure_below=72,
        down_calm_seconds=300,
        down_cooldown_seconds=120,
        scale_to_zero_after_seconds=None,
    )


def _drain(seconds: int) -> DrainPlan:
    return DrainPlan(
        max_request_seconds=seconds,
        deregistration_delay_seconds=seconds,
        proxy_route_timeout_seconds=seconds,
        agent_drain_seconds=seconds + 5,
        engine_grace_seconds=seconds + 15,
        group_delete_timeout_seconds=seconds + 900,
    )


def drain(seconds: int) -> DrainPlan:
    """The waits for one longest request."""
    return _drain(seconds)


def _names(name: str) -> EndpointNames:
    return EndpointNames(
        group=f"homeport-{STACK}-{name}",
        role=f"{STACK}-{name}",
        log_group=f"/homeport/{STACK}/{name}",
        metric_namespace=f"homeport/{STACK}/{name}",
        table_prefix=f"{name}#",
    )
