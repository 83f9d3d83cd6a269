"""The stack's network: created, or brought."""

import ipaddress
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from homeport.spec.address_ranges import check_cidr
from homeport.spec.base import SpecModel
from homeport.spec.lists import check_unique
from homeport.spec.refusal import Refusal, refuse, refused

_PRIVATE_RANGES = tuple(
    ipaddress.IPv4Network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
"""RFC 1918 and RFC 6598."""


def _check_network_range(text: str) -> str:
    check_cidr(text)
    network = ipaddress.ip_network(text)
    inside = isinstance(network, ipaddress.IPv4Network) and any(
        network.subnet_of(block) for block in _PRIVATE_RANGES
    )
    if not inside:
        raise refuse(text, "a private IPv4 range", "write for example 10.20.0.0/16")
    return text


class SubnetSettings(SpecModel):
    """Subnets of a brought network."""

    private: Annotated[
        tuple[str, ...], Field(strict=False, min_length=2), AfterValidator(check_unique)
    ]
    """Subnets of machines and of the internal load balancer, two zones or more."""
    public: Annotated[tuple[str, ...], Field(strict=False), AfterValidator(check_unique)] = ()
    """Subnets of the public load balancer; only needed by public and protected endpoints."""


class NetworkSettings(SpecModel):
    """Either `create` with its zones, or `vpc` with its subnets."""

    create: Annotated[str, AfterValidator(_check_network_range)] | None = None
    """Address range of a network that the stack makes."""
    zones: Annotated[tuple[str, ...], Field(strict=False), AfterValidator(check_unique)] = ()
    """Zones in which the created network has subnets."""
    nat: Literal["one", "per-zone"] = "one"
    """Ways out of a created network: one for all zones, or one in each."""
    vpc: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    """A network that exists already."""
    subnets: SubnetSettings | None = None
    """Its subnets."""

    @property
    def is_created(self) -> bool:
        """True where the stack makes the network; False where it is brought."""
        return self.create is not None

    @model_validator(mode="after")
    def _created_or_brought(self) -> Self:
        found = self._shape_refusals()
        if found:
            raise refused(*found)
        return self

    def _shape_refusals(self) -> list[Refusal]:
        if (self.create is None) == (self.vpc is None):
            return [
                Refusal(
                    found="create and vpc" if self.create else "neither create nor vpc",
                    allowed="one of create, vpc",
                    fix="write `{create: 10.20.0.0/16, zones: [...]}`, or `{vpc: ..., subnets: ...}`",
                    because_of=(("create",), ("vpc",)),
                )
            ]
        brought = self.vpc is not None
        own = {"subnets": self.subnets} if brought else {"zones": self.zones}
        written_nat = "nat" in self.model_fields_set
        other = {"zones": self.zones, "nat": written_nat} if brought else {"subnets": self.subnets}
        kind = "vpc" if brought else "create"
        missing = [
            Refusal(
                at=(key,),
                found="nothing",
                allowed=f"given with {kind}",
                fix=f"add {key}",
                because_of=((key,),),
            )
            for key, value in own.items()
            if not value
        ]
        needless = [
            Refusal(
                at=(key,), found=f"{key} with {kind}", allowed="left out", fix="remove the line"
            )
            for key, value in other.items()
            if value
        ]
        return missing + needless
