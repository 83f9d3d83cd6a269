"""Endpoint services: the proof of a private DNS name, permissions without doubles, what an edit changes.

VPC guide, "Manage DNS names for VPC endpoint services" (read 2026-11): the service has a TXT record's name and value;
its name is `pendingVerification` until the record is found in the domain's public zone, then `verified`, else
`failed`. moto says `verified` at once with one value for all, and has no StartVpcEndpointServicePrivateDnsVerification.
"""

import hashlib
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import UnknownVpcEndpointService
from moto.ec2.models.vpc_service_configuration import VPCServiceConfiguration
from moto.ec2.responses import EC2Response
from moto.route53.models import route53_backends

from sandbox.emulator.additions import after, operation

PENDING, VERIFIED, FAILED = "pendingVerification", "verified", "failed"
LABEL_LENGTH = 20


def _digest(service: Any, what: str) -> str:
    return hashlib.sha256(f"{service.id}\n{service.private_dns_name}\n{what}".encode()).hexdigest()


def proof(service: Any) -> dict[str, str]:
    """PrivateDnsNameConfiguration: the record to publish, and how far it is."""
    if not service.private_dns_name:
        return {}
    return {
        "State": getattr(service, "private_dns_state", PENDING),
        "Type": "TXT",
        "Name": f"_{_digest(service, 'name')[:LABEL_LENGTH]}",
        "Value": f"vpce:{_digest(service, 'value')[:LABEL_LENGTH]}",
    }


VPCServiceConfiguration.private_dns_name_configuration = property(proof)  # type: ignore[assignment]


@operation(EC2Response, "StartVpcEndpointServicePrivateDnsVerification")
def start_verification(response: Any) -> ActionResult:
    """Look for the record once, as AWS does for each call."""
    service_id = response._get_param("ServiceId")
    service = response.ec2_backend.configurations.get(service_id)
    if service is None:
        raise UnknownVpcEndpointService(service_id)
    found = _record_is_published(response.current_account, service)
    service.private_dns_state = VERIFIED if found else FAILED
    return ActionResult({"ReturnValue": True})


@after(EC2Response, "ModifyVpcEndpointServiceConfiguration")
def forget_proof_of_another_name(response: Any, result: Any) -> Any:
    if response._get_param("PrivateDnsName"):
        service = response.ec2_backend.configurations[response._get_param("ServiceId")]
        service.private_dns_state = PENDING
    return result


def _record_is_published(account: str, service: Any) -> bool:
    """In the zone of the name or of a domain above it."""
    wanted, parts = proof(service), service.private_dns_name.split(".")
    zones = route53_backends[account]["aws"].zones.values()
    domains = {".".join(parts[start:]) for start in range(len(parts))}
    for zone in zones:
        if zone.name.strip(".") not in domains or zone.private_zone:
            continue
        for record in zone.rrsets:
            label = record.name.split(".")[0]
            texts = [_text(value) for value in record.records or ()]
            if record.type == "TXT" and label == wanted["Name"] and wanted["Value"] in texts:
                return True
    return False


def _text(value: str | dict[str, str]) -> str:
    """moto keeps the records of a new zone as mappings and those of a change as texts."""
    return (value if isinstance(value, str) else value["Value"]).strip('"')
