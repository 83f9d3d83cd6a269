"""Whether requests can reach the stack: the domain's delegation, the certificate, the load balancers' limits."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from homeport.operations.examination import FAIL, OK, UNKNOWN, WARN, Examination, Finding, Status
from homeport.planner.plan import StackPlan

NameServers = Callable[[str], Collection[str] | None]
"""Domain -> what the public DNS says; `homeport.operations.name_servers.public_name_servers`."""
DELEGATION_SECONDS = 172_800
"""Two days, as registries keep their own."""
_ADJUSTABLE: Mapping[str, str] = {
    "rules-per-application-load-balancer": "Rules per Application Load Balancer",
    "listeners-per-application-load-balancer": "Listeners per Application Load Balancer",
    "network-load-balancers": "Network Load Balancers per Region",
}
"""Name of the limit in DescribeAccountLimits -> of its quota; target groups of one load balancer cannot be more
(ELB guide, Quotas for your Application Load Balancers, read 2026-11)."""
LISTENERS_OF_PUBLIC = 2
"""Of the public load balancer: 443, and 80 that redirects there."""


def way_in_examinations(plan: StackPlan, name_servers: NameServers) -> Iterator[Examination]:
    """Of the whole stack."""
    if plan.ingress.zone_id is not None:
        yield Examination(
            check="delegation",
            subject=plan.ingress.domain,
            permissions=("route53:GetHostedZone",),
            ask=lambda session: _delegation(session, plan, name_servers),
        )
    yield Examination(
        check="certificate",
        subject=plan.ingress.certificate_id or f"*.{plan.ingress.domain}",
        permissions=("acm:DescribeCertificate", "acm:ListCertificates"),
        ask=lambda session: _certificate(session, plan),
    )
    yield Examination(
        check="load balancer limits",
        subject=f"{len(plan.endpoints)} endpoints",
        permissions=("elasticloadbalancing:DescribeAccountLimits",),
        ask=lambda session: _limits(session, plan),
    )


def _delegation(session: Any, plan: StackPlan, name_servers: NameServers) -> Finding:
    """Without it a certificate is never issued, and the first `pulumi up` waits for it in vain."""
    client = session.client("route53")
    domain, zone_id = plan.ingress.domain, plan.ingress.zone_id
    try:
        answer = client.get_hosted_zone(Id=zone_id)
    except client.exceptions.NoSuchHostedZone:
        make = f"aws route53 create-hosted-zone --name {domain} --caller-reference homeport-{plan.stack}"
        return Finding(
            status=FAIL, found=f"no zone {zone_id}", fix=f"{make}; then set homeport:zone to its id"
        )
    zone = answer["HostedZone"]["Name"].rstrip(".")
    if answer["HostedZone"].get("Config", {}).get("PrivateZone"):
        return Finding(
            status=FAIL,
            found=f"zone {zone_id} is private",
            fix="name a public zone in homeport:zone",
        )
    if not f".{domain}".endswith(f".{zone}"):
        return Finding(
            status=FAIL,
            found=f"zone {zone_id} is {zone}",
            fix=f"name in homeport:zone the zone of {domain}, or of a domain above it",
        )
    ours = {
        one.rstrip(".").lower() for one in answer.get("DelegationSet", {}).get("NameServers", [])
    }
    return _delegated(zone, ours, name_servers(zone))


def _delegated(zone: str, ours: set[str], public: Collection[str] | None) -> Finding:
    servers = ", ".join(sorted(ours))
    if public is None:
        return Finding(
            status=UNKNOWN,
            found="no resolver answered",
            fix=f"`dig NS {zone} +short` must show {servers}",
        )
    if ours & set(public):
        return Finding(status=OK, found=f"the public DNS names {servers}")
    record = {
        "Name": zone,
        "Type": "NS",
        "TTL": DELEGATION_SECONDS,
        "ResourceRecords": [{"Value": one} for one in sorted(ours)],
    }
    change = json.dumps({"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]})
    return Finding(
        status=FAIL,
        found=f"the public DNS names {', '.join(sorted(public)) or 'nobody'} for {zone}",
        fix=f"in the zone above it: aws route53 change-resource-record-sets"
        f" --hosted-zone-id <its id> --change-batch '{change}'",
    )


def _certificate(session: Any, plan: StackPlan) -> Finding:
    client = session.client("acm")
    name = f"*.{plan.ingress.domain}"
    brought = plan.ingress.certificate_id
    if brought is None:
        return _made_certificate(client, name)
    try:
        answer = client.describe_certificate(CertificateArn=_arn(session, plan, brought))
    except client.exceptions.ResourceNotFoundException:
        fix = "name an issued certificate of this region in homeport:certificate"
        return Finding(status=FAIL, found="not there", fix=fix)
    certificate = answer["Certificate"]
    names: set[str] = {
        certificate["DomainName"],
        *certificate.get("SubjectAlternativeNames", ()),
    }
    if name not in names:
        fix = f"name in homeport:certificate one for {name}"
        return Finding(status=FAIL, found=f"for {', '.join(sorted(names))}", fix=fix)
    return _issued(certificate["Status"], pending=FAIL)  # a load balancer refuses it


def _made_certificate(client: Any, name: str) -> Finding:
    pages = client.get_paginator("list_certificates").paginate()
    found = [one for page in pages for one in page["CertificateSummaryList"]]
    states = [one.get("Status", "") for one in found if one["DomainName"] == name]
    if not states:
        return Finding(status=OK, found="the first `pulumi up` makes it")
    return _issued("ISSUED" if "ISSUED" in states else states[0], pending=WARN)


def _issued(state: str, *, pending: Status) -> Finding:
    if state == "ISSUED":
        return Finding(status=OK, found="issued")
    return Finding(
        status=pending if state == "PENDING_VALIDATION" else FAIL,
        found=state.lower().replace("_", " "),
        fix="wait for it; it is issued minutes after the domain is delegated and its record is there",
    )


def _arn(session: Any, plan: StackPlan, certificate: str) -> str:
    if certificate.startswith("arn:"):
        return certificate
    partition = session.get_partition_for_region(plan.region)
    return f"arn:{partition}:acm:{plan.region}:{plan.account}:certificate/{certificate}"


def _limits(session: Any, plan: StackPlan) -> Finding:
    pages = session.client("elbv2").get_paginator("describe_account_limits").paginate()
    limits = {one["Name"]: int(one["Max"]) for page in pages for one in page["Limits"]}
    needs = load_balancer_needs(plan)
    known = {name: need for name, need in needs.items() if name in limits}
    short = {name: need for name, need in known.items() if need > limits[name]}
    shown = short or known
    found = ", ".join(f"{name}: {need} of {limits[name]}" for name, need in sorted(shown.items()))
    if not short:
        return Finding(status=OK, found=found)
    fixes = [_more(plan.region, name, need) for name, need in sorted(short.items())]
    return Finding(status=FAIL, found=found, fix="; ".join(fixes))


def load_balancer_needs(plan: StackPlan) -> dict[str, int]:
    """Limit in DescribeAccountLimits -> what the stack's fuller side needs of it.

    Each endpoint has a rule and a target group, each side one more target group for the gate; a private endpoint has a
    listener and a network load balancer of its own.
    """
    public, internal = (
        len(side.endpoints) if side else 0 for side in (plan.ingress.public, plan.ingress.internal)
    )
    return {
        "rules-per-application-load-balancer": max(public, internal),
        "target-groups-per-application-load-balancer": max(public, internal) + 1,
        "listeners-per-application-load-balancer": max(LISTENERS_OF_PUBLIC, internal),
        "network-load-balancers": internal,
    }


def _more(region: str, limit: str, need: int) -> str:
    if limit not in _ADJUSTABLE:
        return "split the stack: AWS raises this limit for nobody"
    listed = f"aws service-quotas list-service-quotas --region {region} --service-code elasticloadbalancing"
    code = (
        f"{listed} --query \"Quotas[?QuotaName=='{_ADJUSTABLE[limit]}'].QuotaCode\" --output text"
    )
    return (
        f"aws service-quotas request-service-quota-increase --region {region}"
        f' --service-code elasticloadbalancing --desired-value {need} --quota-code "$({code})"'
    )
