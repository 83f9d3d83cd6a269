"""Who may call an endpoint, decided from its spec and the stack's settings."""

from collections.abc import Mapping

from homeport.errors import PlanError
from homeport.planner.plan import AccessPlan, Notice, ScalingPlan, Side
from homeport.spec import EndpointSpec, StackSettings

MEBIBYTE = 1024 * 1024
WAKE_BODY_MAX_BYTES = MEBIBYTE
"""A load balancer hands at most 1 MiB to a function (ELB guide, Lambda targets, 2026)."""


def side_of(spec: EndpointSpec) -> Side:
    """Which load balancer the endpoint stands behind."""
    return "internal" if spec.access.mode == "private" else "public"


def endpoint_host(endpoint: str, settings: StackSettings) -> str:
    """The endpoint's own name in the stack's domain."""
    return f"{endpoint}.{settings.domain}"


def endpoint_url(endpoint: str, settings: StackSettings) -> str:
    """Where it is called, without a path."""
    return f"https://{endpoint_host(endpoint, settings)}"


def access_plan(
    spec: EndpointSpec, settings: StackSettings, ports: Mapping[str, int]
) -> AccessPlan:
    """The endpoint's door; `ports` holds the listener port of each private endpoint."""
    access = spec.access
    protected = access.mode == "protected"
    allow = (access.allow or settings.allow) if protected else ()
    if protected and not allow:
        raise PlanError(
            path="access.allow",
            found="nobody, and no homeport:allow in the stack's settings",
            allowed="at least one org/<name> or user/<name>, or any",
            fix="add for example `allow: [org/acme]` here, or homeport:allow for every endpoint",
        )
    return AccessPlan(
        mode=access.mode,
        side=side_of(spec),
        host=endpoint_host(spec.name, settings),
        url=endpoint_url(spec.name, settings),
        allow=allow,
        consumers=access.consumers,
        cidrs=access.cidrs,
        listener_port=ports[spec.name] if access.mode == "private" else None,
        max_body_bytes=access.max_body_mebibytes * MEBIBYTE,
        token_stale_seconds=settings.token_stale_seconds,
    )


def access_notices(access: AccessPlan, scaling: ScalingPlan) -> tuple[Notice, ...]:
    """What a reader of the plan should know about this door."""
    notices: list[Notice] = []
    if "any" in access.allow:
        notices.append(
            Notice(path="access.allow", text="every Hugging Face account in the world may call")
        )
    if access.mode == "public" and scaling.min_replicas == 0:
        notices.append(
            Notice(
                path="access.mode",
                text="a public endpoint that sleeps is woken by anybody's request, a scanner's POST included",
            )
        )
    if scaling.min_replicas == 0 and access.max_body_bytes > WAKE_BODY_MAX_BYTES:
        notices.append(
            Notice(
                path="access.maxBodyMebibytes",
                text="a body over 1 MiB cannot wake the endpoint: while it sleeps, such a request "
                "is answered 413; POST /_homeport/wake wakes it first",
            )
        )
    if access.mode == "private":
        notices.append(
            Notice(
                path="access.mode",
                text="an answer that is quiet for more than 340 s is cut on the private link unless "
                "the client sends TCP keep-alives",
            )
        )
    return tuple(notices)
