"""Whether the settings' ids have the form that the stack's cloud gives them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from homeport.spec.clouds import ACCOUNTS, REGIONS, Cloud, Grammar, region_fix
from homeport.spec.machine_images import MachineImages
from homeport.spec.network import NetworkSettings
from homeport.spec.refusal import UP, Refusal
from homeport.spec.shown import shown_text

# AWS resource ids: 8 or 17 hexadecimal digits (EC2 user guide, Resource IDs).
_HEX = r"(?:[0-9a-f]{8}|[0-9a-f]{17})"
_AWS_VPC = Grammar(pattern=re.compile(f"vpc-{_HEX}"), words="a VPC's id", example="vpc-0a1b2c3d")
_AWS_SUBNET = Grammar(
    pattern=re.compile(f"subnet-{_HEX}"), words="a subnet's id", example="subnet-0a1b2c3d"
)
_AWS_IMAGE = Grammar(pattern=re.compile(f"ami-{_HEX}"), words="an AMI's id", example="ami-0a1b2c3d")
_AWS_HOSTED_ZONE = Grammar(
    # Route 53 API reference, ResourceId: at most 32 characters.
    pattern=re.compile(r"Z[A-Z0-9]{3,31}"),
    words="a hosted zone's id",
    example="Z0123456789",
)


@dataclass(frozen=True, kw_only=True)
class _Arn:
    """The form of an ARN, and the parts of it that must be the stack's own."""

    pattern: re.Pattern[str]
    words: str
    own: tuple[str, ...]


_CERTIFICATE = _Arn(
    pattern=re.compile(
        r"arn:aws[a-z-]*:acm:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12})"
        r":certificate/[0-9a-f-]{36}"
    ),
    words="a certificate's ARN",
    own=("region", "account"),
)
_KEY = _Arn(
    pattern=re.compile(
        r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):(?P<account>[0-9]{12})"
        r":key/(?:mrk-)?[0-9a-f-]{32,36}"
    ),
    words="a key's ARN",
    own=("region",),  # another account may share its key
)
_AWS_CERTIFICATE_DOMAIN_MAX = 64 - 2
"""A certificate's common name has at most 64 characters (RFC 5280, ub-common-name; ACM asks for it
in RequestCertificate); ours is `*.<domain>`."""
_ANY_ID = Grammar(
    pattern=re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.:@-]{0,1023}"),
    words="the cloud's id of it",
    example="its resource id",
)


def cloud_refusals(field: str, value: Any, before: Mapping[str, Any]) -> list[Refusal]:
    """What is wrong with `value` of a settings' field, given the valid ones among those before it."""
    cloud: Cloud | None = before.get("cloud")
    return [] if cloud is None else _CHECKS[field](cloud, value, before)


def _account(cloud: Cloud, account: str, _: Mapping[str, Any]) -> list[Refusal]:
    return _ids((), account, ACCOUNTS[cloud])


def _zone(cloud: Cloud, zone: str | None, _: Mapping[str, Any]) -> list[Refusal]:
    return _ids((), zone, _AWS_HOSTED_ZONE if cloud == "aws" else _ANY_ID)


def _ids(at: tuple[str | int, ...], text: str | None, grammar: Grammar) -> list[Refusal]:
    if text is None or grammar.fits(text):
        return []
    return [
        Refusal(
            at=at,
            found=shown_text(text),
            allowed=grammar.words,
            fix=f"write for example {grammar.example}",
        )
    ]


def _region(cloud: Cloud, region: str, _: Mapping[str, Any]) -> list[Refusal]:
    if REGIONS[cloud].fits(region):
        return []
    fix = region_fix(cloud, region)
    return [Refusal(found=shown_text(region), allowed=REGIONS[cloud].words, fix=fix)]


def _network(cloud: Cloud, network: NetworkSettings, _: Mapping[str, Any]) -> list[Refusal]:
    found = _ids(("vpc",), network.vpc, _AWS_VPC if cloud == "aws" else _ANY_ID)
    subnets = network.subnets
    if subnets is not None:
        for kind, ids in (("private", subnets.private), ("public", subnets.public)):
            for position, text in enumerate(ids):
                grammar = _AWS_SUBNET if cloud == "aws" else _ANY_ID
                found += _ids(("subnets", kind, position), text, grammar)
    return found


def _machine_images(
    cloud: Cloud, images: MachineImages, before: Mapping[str, Any]
) -> list[Refusal]:
    found: list[Refusal] = []
    for role, image in images.by_role().items():
        found += _ids((role, "id"), image.id, _AWS_IMAGE if cloud == "aws" else _ANY_ID)
        if image.origin == "sandbox" and before.get("sandbox") is False:
            found.append(
                Refusal(
                    at=(role, "origin"),
                    found="a stand-in of the sandbox",
                    allowed="an image of the cloud",
                    fix="delete `homeport:machineImages` and run `homeport lock STACK --machine-images`, "
                    "or write `homeport:sandbox: true`",
                )
            )
    return found


def _certificate(cloud: Cloud, certificate: str | None, before: Mapping[str, Any]) -> list[Refusal]:
    """A certificate is made in the zone, or brought."""
    if "zone" not in before or (certificate is None) != (before["zone"] is None):
        return _arn(cloud, certificate, before, kind=_CERTIFICATE)
    if certificate is None:
        return [
            Refusal(
                at=(UP, "zone"),
                found="neither homeport:zone nor homeport:certificate",
                allowed="one of the two",
                fix="add homeport:zone, the DNS zone in which the certificate is made",
                because_of=((UP, "zone"), (UP, "certificate")),
            )
        ]
    return [
        Refusal(
            found="homeport:zone and homeport:certificate",
            allowed="one of the two",
            fix="remove homeport:certificate, or bring it without a zone",
        )
    ]


def _key(cloud: Cloud, key: str | None, before: Mapping[str, Any]) -> list[Refusal]:
    return _arn(cloud, key, before, kind=_KEY)


def _arn(cloud: Cloud, text: str | None, before: Mapping[str, Any], *, kind: _Arn) -> list[Refusal]:
    """The load balancer takes only a certificate, and the disks only a key, of their own region."""
    if text is None or cloud != "aws":
        return []
    match = kind.pattern.fullmatch(text)
    if match is None:
        fix = "copy the ARN from the console"
        return [Refusal(found=shown_text(text), allowed=kind.words, fix=fix)]
    for part in kind.own:
        wanted = before.get(part)
        if wanted is not None and match[part] != wanted:
            return [
                Refusal(
                    found=f"one of {part} {match[part]}",
                    allowed=f"{kind.words} of {part} {wanted}",
                    fix=f"bring one of {wanted}",
                )
            ]
    return []


def _domain(cloud: Cloud, domain: str, before: Mapping[str, Any]) -> list[Refusal]:
    made_here = cloud == "aws" and before.get("zone") is not None
    if not made_here or len(domain) <= _AWS_CERTIFICATE_DOMAIN_MAX:
        return []
    return [
        Refusal(
            found=f"{len(domain)} characters",
            allowed=f"at most {_AWS_CERTIFICATE_DOMAIN_MAX} characters where the stack makes the "
            "certificate",
            fix="use a shorter domain, or bring a certificate: homeport:certificate",
        )
    ]


_CHECKS: Mapping[str, Callable[[Cloud, Any, Mapping[str, Any]], list[Refusal]]] = {
    "account": _account,
    "region": _region,
    "zone": _zone,
    "certificate": _certificate,
    "domain": _domain,
    "network": _network,
    "machine_images": _machine_images,
    "encryption_key": _key,
}
FIELDS_OF_THE_CLOUD = tuple(_CHECKS)
