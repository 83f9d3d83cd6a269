"""The settings of a stack: one cloud, one account, one region, and what its endpoints share."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from homeport.spec.access import AllowedCaller, check_allow_list
from homeport.spec.base import SpecModel
from homeport.spec.clouds import Cloud
from homeport.spec.machine_images import MachineImages
from homeport.spec.names import EndpointName, SecretName
from homeport.spec.network import NetworkSettings
from homeport.spec.refusal import Refusal, refuse, refused
from homeport.spec.secret_values import looks_like_a_secret
from homeport.spec.settings_grammar import FIELDS_OF_THE_CLOUD, cloud_refusals
from homeport.spec.shown import shown, shown_text

LISTENER_PORT_MIN = 20_000
LISTENER_PORT_MAX = 29_999

LOG_RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""What CloudWatch Logs takes, without 0 (for ever): pulumi_aws 7.51.1, cloudwatch.LogGroup
`retention_in_days`, read 2026-11-25."""

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.[a-z][a-z0-9-]*[a-z0-9]")
_DOMAIN_MAX = 253 - 33
"""A DNS name has at most 253 characters (RFC 1035); an endpoint's name and a dot come before."""
_EMAIL = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


def _check_domain(domain: str) -> str:
    if len(domain) > _DOMAIN_MAX:
        raise refuse(
            f"{len(domain)} characters", f"at most {_DOMAIN_MAX} characters", "use a shorter domain"
        )
    if not _DOMAIN.fullmatch(domain):
        lower = domain.lower().strip(".").removeprefix("*.")
        usable = _DOMAIN.fullmatch(lower) and not looks_like_a_secret(domain)
        fix = lower if usable else "for example endpoints.example.com"
        raise refuse(shown_text(domain), "a lower-case domain", f"write {fix}")
    return domain


def _check_email(address: str) -> str:
    if not _EMAIL.fullmatch(address):
        raise refuse(shown_text(address), "an e-mail address", "write for example ml@example.com")
    return address


def _check_retention(days: int) -> int:
    if days not in LOG_RETENTION_DAYS:
        longer = next((allowed for allowed in LOG_RETENTION_DAYS if allowed >= days), 3653)
        raise refuse(
            shown(days),
            f"one of {', '.join(str(allowed) for allowed in LOG_RETENTION_DAYS)}",
            f"write {longer if days > 0 else 30}",
        )
    return days


def _check_ports(ports: Mapping[str, int]) -> Mapping[str, int]:
    owners: dict[int, str] = {}
    found: list[Refusal] = []
    for name, port in ports.items():
        if port in owners:
            found.append(
                Refusal(
                    at=(name,),
                    found=f"{port}, which {owners[port]} has",
                    allowed="a port of its own",
                    fix=f"write another port from {LISTENER_PORT_MIN} to {LISTENER_PORT_MAX}",
                )
            )
        owners.setdefault(port, name)
    if found:
        raise refused(*found)
    return ports


ListenerPort = Annotated[int, Field(ge=LISTENER_PORT_MIN, le=LISTENER_PORT_MAX)]
_AS_SANDBOX_SAYS: Any = None


class AlarmSettings(SpecModel):
    """Who is told when something breaks."""

    email: Annotated[str, AfterValidator(_check_email)] | None = None
    """Address that gets the stack's alarms, once its owner has confirmed it."""


class StackSettings(SpecModel):
    """The `homeport:` keys of `stacks/Pulumi.<stack>.yaml`."""

    cloud: Cloud
    """The stack's cloud."""
    sandbox: bool = False
    """True: only the sandbox may deploy this stack."""
    account: str
    """AWS account id, Azure subscription id, Google project id, or a cluster's name."""
    region: str
    """The stack's region."""
    zone: str | None = None
    """DNS zone of the domain: the certificate and the hosts' records are made in it."""
    certificate: str | None = Field(default=None, validate_default=True)
    """A brought certificate for `*.<domain>`, instead of a zone."""
    domain: Annotated[str, AfterValidator(_check_domain)]
    """Hosts are `<endpoint>.<domain>`."""
    network: NetworkSettings
    """The network: created, or brought."""
    egress: Literal["nat", "none"] = "nat"
    """Whether machines reach the Hub and the registries; `none` needs mirrored weights and images and
    forbids protected endpoints."""
    allow: Annotated[
        tuple[AllowedCaller, ...], Field(strict=False), AfterValidator(check_allow_list)
    ] = ()
    """Who may call protected endpoints that name nobody themselves."""
    token_secret: SecretName | None = None
    """Name in the secret store of a Hub token, for gated weights."""
    machine_images: MachineImages = Field(default_factory=MachineImages)
    """Machine images, written by `homeport lock --machine-images`."""
    encryption_key: str | None = None
    """A brought encryption key; the stack makes one when left out."""
    log_retention_days: Annotated[int, AfterValidator(_check_retention)] = 30
    """Days for which logs are kept."""
    alarms: AlarmSettings = Field(default_factory=AlarmSettings)
    """Who is told when something breaks."""
    protect: bool = Field(default=_AS_SANDBOX_SAYS, validate_default=True)
    """Refuse to delete load balancers, tables and keys. Default: true, in the sandbox false."""
    listener_ports: Annotated[Mapping[EndpointName, ListenerPort], AfterValidator(_check_ports)] = (
        Field(default_factory=dict)
    )
    """Private endpoint -> its listener's port, where two endpoints' own ports collide."""
    hold_slots: Annotated[int, Field(ge=1, le=500)] = 20
    """Requests that may wait for a wake at the same time, of all endpoints together. Each keeps one run of a Lambda
    function: at most half of the account's concurrency."""
    reserve_concurrency: bool = False
    """Keep 20 runs of the account's function concurrency for the function that wakes, so that no storm of requests is
    in its way. The account must have 120 unreserved; a new one has 10."""
    token_stale_seconds: Annotated[int, Field(ge=0, le=3600)] = 3600
    """How long a good token verdict is used beyond its time while the Hub is silent."""

    @field_validator("protect", mode="before")
    @classmethod
    def _protect_what_is_real(cls, value: object, info: ValidationInfo) -> object:
        return not info.data.get("sandbox", False) if value is None else value

    # Each field is judged against those before it, not all in the end: so that an error in one
    # hides none in another.
    @field_validator(*FIELDS_OF_THE_CLOUD)
    @classmethod
    def _fits_cloud(cls, value: Any, info: ValidationInfo) -> Any:
        found = cloud_refusals(info.field_name or "", value, info.data)
        if found:
            raise refused(*found)
        return value
