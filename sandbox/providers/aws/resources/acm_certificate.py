"""aws.acm.Certificate: requested from ACM and proved by DNS; imported and private ones are refused."""

from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found
from sandbox.providers.aws.resources._ec2 import from_tag_list, to_tag_list
from sandbox.providers.aws.resources._member_names import to_members, to_properties

NOT_FOUND = ("ResourceNotFoundException",)


def create(operation: Operation) -> None:
    optional = {
        "SubjectAlternativeNames": operation.get("subjectAlternativeNames"),
        "Options": to_members(operation.get("options")),
        "Tags": to_tag_list(operation.get("tags", {})),
    }
    answer = operation.client("acm").request_certificate(
        DomainName=operation.inputs["domainName"],
        ValidationMethod=operation.inputs["validationMethod"],
        **{member: value for member, value in optional.items() if value},
    )
    operation.created(answer["CertificateArn"])
    operation.wait_until(
        "the validation records of the certificate",
        lambda: (_described(operation) or {}).get("DomainValidationOptions"),
    )


def read(operation: Operation) -> dict[str, Any] | None:
    certificate = _described(operation)
    if certificate is None or certificate["Status"] == "VALIDATION_TIMED_OUT":
        return None
    tags = operation.client("acm").list_tags_for_certificate(CertificateArn=operation.id)["Tags"]
    return {
        "arn": operation.id,
        "domainName": certificate["DomainName"],
        "subjectAlternativeNames": _other_names(operation, certificate),
        "validationMethod": certificate["DomainValidationOptions"][0]["ValidationMethod"],
        "domainValidationOptions": [
            {
                "domainName": item["DomainName"],
                "resourceRecordName": item["ResourceRecord"]["Name"],
                "resourceRecordType": item["ResourceRecord"]["Type"],
                "resourceRecordValue": item["ResourceRecord"]["Value"],
            }
            for item in certificate["DomainValidationOptions"]
        ],
        "keyAlgorithm": certificate["KeyAlgorithm"].replace("-", "_"),
        "options": to_properties(certificate.get("Options", {})),
        "status": certificate["Status"],
        "type": certificate["Type"],
        "renewalEligibility": certificate["RenewalEligibility"],
        "renewalSummaries": [],
        "pendingRenewal": False,
        "validationEmails": [],
        "notBefore": _time(certificate, "NotBefore"),
        "notAfter": _time(certificate, "NotAfter"),
        "tags": from_tag_list(tags),
    }


def update(operation: Operation) -> None:
    acm = operation.client("acm")
    if "options" in operation.changed:
        options = operation.get("options") or {
            "certificateTransparencyLoggingPreference": "ENABLED"
        }
        acm.update_certificate_options(CertificateArn=operation.id, Options=to_members(options))
    if "tags" in operation.changed:
        written, removed = operation.tag_changes()
        if removed:
            acm.remove_tags_from_certificate(
                CertificateArn=operation.id, Tags=[{"Key": key} for key in removed]
            )
        if written:
            acm.add_tags_to_certificate(CertificateArn=operation.id, Tags=to_tag_list(written))


def delete(operation: Operation) -> None:
    """The provider tries again while a listener still uses the certificate."""
    acm = operation.client("acm")
    operation.retry(
        ("ResourceInUseException",),
        lambda: found(NOT_FOUND, lambda: acm.delete_certificate(CertificateArn=operation.id)),
    )


def _described(operation: Operation) -> dict[str, Any] | None:
    acm = operation.client("acm")
    answer = found(NOT_FOUND, lambda: acm.describe_certificate(CertificateArn=operation.id))
    return answer["Certificate"] if answer else None


def _other_names(operation: Operation, certificate: dict[str, Any]) -> list[str]:
    """ACM adds the domain name itself; the provider counts it in, whether the program names it or not."""
    names = certificate["SubjectAlternativeNames"]
    given = operation.get("subjectAlternativeNames")
    if given and certificate["DomainName"] not in given:
        return [name for name in names if name != certificate["DomainName"]]
    return names


def _time(certificate: dict[str, Any], member: str) -> str | None:
    moment = certificate.get(member)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


GO = "hashicorp/terraform-provider-aws, internal/service/acm/certificate.go"

TYPE = ResourceType(
    token="aws:acm/certificate:Certificate",
    cloudformation="AWS::CertificateManager::Certificate",
    properties={
        "domainName": Property(
            required=True,
            because=f"{GO}: exactly one of domain_name and private_key, StringLenBetween(1, 253), no final dot; the "
            "sandbox serves requested certificates",
            rules={"minLength": 1, "maxLength": 253, "pattern": r"[^.]$"},
        ),
        "validationMethod": Property(
            required=True,
            replaces=True,
            because=f"{GO}: ForceNew; the sandbox serves DNS, because it can check it",
            rules={"enum": ["DNS"]},
        ),
        "subjectAlternativeNames": Property(
            unordered=True,
            because=f"{GO}: TypeSet of StringLenBetween(1, 253); ACM's default quota is 10 names",
            rules={"maxItems": 10},
        ),
        "options": Property(
            cloudformation=None,
            because="CloudFormation has CertificateTransparencyLoggingPreference at the top",
            properties={
                "certificateTransparencyLoggingPreference": Property(
                    cloudformation="/CertificateTransparencyLoggingPreference"
                ),
            },
            refused=frozenset({"export"}),
        ),
        "tags": Property(),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    timeouts=Timeouts(delete_seconds=1200),
    sample=lambda: {
        "domainName": "*.endpoints.example.com",
        "validationMethod": "DNS",
        "subjectAlternativeNames": ["endpoints.example.com"],
        "options": {"certificateTransparencyLoggingPreference": "ENABLED"},
        "tags": {"team": "search"},
    },
)
