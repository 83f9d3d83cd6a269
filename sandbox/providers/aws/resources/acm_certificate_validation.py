"""aws.acm.CertificateValidation: waits until ACM has found the DNS record and issued the certificate."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found

ISSUED = "ISSUED"


def create(operation: Operation) -> None:
    certificate = _described(operation)
    if certificate is None:
        raise LookupError(f"ACM Certificate ({_arn(operation)}) not found")
    if certificate["Type"] != "AMAZON_ISSUED":
        raise ValueError(
            "ACM Certificate has type other than AMAZON_ISSUED, no validation necessary"
        )
    _refuse_missing_records(operation, certificate)
    operation.wait_until(
        f"ACM Certificate ({_arn(operation)}) to be issued", lambda: _is_issued(operation)
    )
    issued = (_described(operation) or certificate)["IssuedAt"]
    operation.created(issued.strftime("%Y-%m-%d %H:%M:%S +0000 UTC"))


def read(operation: Operation) -> dict[str, Any] | None:
    if not _is_issued(operation):
        return None
    return {"certificateArn": _arn(operation)}


def delete(operation: Operation) -> None:
    """Nothing to undo: it was only a wait."""
    del operation


def _arn(operation: Operation) -> str:
    return {**operation.state, **operation.inputs}["certificateArn"]


def _described(operation: Operation) -> dict[str, Any] | None:
    acm = operation.client("acm")
    answer = found(
        ("ResourceNotFoundException",),
        lambda: acm.describe_certificate(CertificateArn=_arn(operation)),
    )
    return answer["Certificate"] if answer else None


def _is_issued(operation: Operation) -> bool:
    certificate = _described(operation)
    if certificate and certificate["Status"] == "FAILED":
        raise ValueError(
            f"ACM Certificate ({_arn(operation)}) has failed: {certificate.get('FailureReason')}"
        )
    return bool(certificate) and certificate["Status"] == ISSUED


def _refuse_missing_records(operation: Operation, certificate: dict[str, Any]) -> None:
    """The named records must be those that ACM asks for (`validation_record_fqdns`)."""
    given = {name.rstrip(".") for name in operation.get("validationRecordFqdns", [])}
    wanted = {
        item["ResourceRecord"]["Name"].rstrip(".")
        for item in certificate["DomainValidationOptions"]
    }
    if given and (missing := wanted - given):
        raise ValueError(f"missing {sorted(missing)} DNS validation record")


GO = "hashicorp/terraform-provider-aws, internal/service/acm/certificate_validation.go: ForceNew"

TYPE = ResourceType(
    token="aws:acm/certificateValidation:CertificateValidation",
    cloudformation=None,
    because="it is a wait of the provider's, not a thing in the cloud",
    properties={
        "certificateArn": Property(
            because=GO, rules={"pattern": "^arn:[a-z-]+:acm:[^:]+:[0-9]{12}:certificate/"}
        ),
        "validationRecordFqdns": Property(
            because=f"{GO}, TypeSet", unordered=True, provider_only=True
        ),
    },
    create=create,
    read=read,
    update=None,
    delete=delete,
    timeouts=Timeouts(create_seconds=75 * 60),
    sample=lambda: {
        "certificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
        "validationRecordFqdns": ["_a.endpoints.example.com"],
    },
)
