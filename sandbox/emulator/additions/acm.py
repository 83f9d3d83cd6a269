"""Certificates: issued when the DNS record is there, not deleted while used, and with records of their own.

ACM user guide, "DNS validation" (read 2026-11): one CNAME for a name and its wildcard, the same for every request of
the account; the certificate is issued as long as the record is in place.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from moto.acm.models import AWSCertificateManagerBackend, CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.core.exceptions import AWSError
from moto.core.responses import EmptyResult
from moto.elbv2.models import elbv2_backends
from moto.route53.models import route53_backends

from sandbox.emulator.additions import operation

PENDING, ISSUED = "PENDING_VALIDATION", "ISSUED"
REQUESTED = "AMAZON_ISSUED"
_describe = CertBundle.describe
_check = CertBundle.check
_delete = AWSCertificateManagerBackend.delete_certificate


class ResourceInUse(AWSError):
    """The certificate is shown by a load balancer."""

    TYPE = "ResourceInUseException"


def check(certificate: CertBundle) -> None:
    """Pending until the record of every name stands in a public zone of the account (moto: for a minute)."""
    if certificate.type != REQUESTED or certificate.status != PENDING:
        _check(certificate)
        return
    published = dict(_published(certificate))
    if all(published.get(name) == value for name, value in _records(certificate).values()):
        certificate.status = ISSUED


def describe(certificate: CertBundle) -> dict[str, Any]:
    """The domain name first, then the others, each with its record; and what uses the certificate."""
    answer = _describe(certificate)
    detail = answer["Certificate"]
    detail["InUseBy"] = users_of(certificate)
    if certificate.type != REQUESTED:
        return answer
    if certificate.status == PENDING:
        for member in ("IssuedAt", "NotBefore", "NotAfter"):
            detail.pop(member, None)
    detail["SubjectAlternativeNames"] = names_of(certificate)
    detail["DomainValidationOptions"] = [
        {
            "DomainName": domain,
            "ValidationDomain": domain,
            "ValidationStatus": "SUCCESS" if certificate.status == ISSUED else PENDING,
            "ValidationMethod": "DNS",
            "ResourceRecord": {"Name": f"{name}.", "Type": "CNAME", "Value": f"{value}."},
        }
        for domain, (name, value) in _records(certificate).items()
    ]
    return answer


def delete_certificate(backend: AWSCertificateManagerBackend, arn: str) -> None:
    """Refused while something uses it."""
    certificate = backend._certificates.get(arn)
    if certificate and (users := users_of(certificate)):
        raise ResourceInUse(f"Certificate {arn} is in use by {', '.join(users)}")
    _delete(backend, arn)


@operation(AWSCertificateManagerResponse, "UpdateCertificateOptions")
def update_certificate_options(response: Any) -> EmptyResult:
    certificate = response.acm_backend.get_certificate(response._get_param("CertificateArn"))
    certificate.cert_options = {**certificate.cert_options, **response._get_param("Options")}
    return EmptyResult()


def names_of(certificate: CertBundle) -> list[str]:
    """The domain name, then the alternative names in alphabetical order."""
    alternatives: Any = certificate
    others = sorted(set(alternatives.sans) - {certificate.common_name})
    return [certificate.common_name, *others]


def users_of(certificate: CertBundle) -> list[str]:
    """Load balancers with a listener that shows the certificate."""
    _, _, _, region, account, _ = certificate.arn.split(":", 5)
    return [
        balancer.arn
        for balancer in elbv2_backends[account][region].load_balancers.values()
        if any(certificate.arn in item.certificates for item in balancer.listeners.values())
    ]


def _records(certificate: CertBundle) -> dict[str, tuple[str, str]]:
    """Domain -> (record name, record value), both without a final dot."""
    account = certificate.arn.split(":")[4]
    result = {}
    for domain in names_of(certificate):
        plain = domain.removeprefix("*.")
        digest = hashlib.sha256(f"{account}/{plain}".encode()).hexdigest()
        name, value = f"_{digest[:32]}.{plain}", f"_{digest[32:]}.acm-validations.aws"
        result[domain] = (name, value)
    return result


def _published(certificate: CertBundle) -> Iterator[tuple[str, str]]:
    """Every CNAME of the account's public zones: name and value, without final dots."""
    account = certificate.arn.split(":")[4]
    for zone in route53_backends[account]["aws"].zones.values():
        for record in zone.rrsets if not zone.private_zone else ():
            if record.type == "CNAME":
                for value in record.records:
                    yield record.name.rstrip(".").lower(), _text(value).rstrip(".").lower()


def _text(record: Any) -> str:
    return record["Value"] if isinstance(record, dict) else str(record)


CertBundle.check = check  # type: ignore[method-assign]
CertBundle.describe = describe  # type: ignore[method-assign]
AWSCertificateManagerBackend.delete_certificate = delete_certificate  # type: ignore[method-assign]
