"""aws.route53.Record: plain records and aliases, without routing policies."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property, ResourceType, Timeouts
from sandbox.providers.aws.operation import Operation, found

QUOTED = ("TXT", "SPF")
WILDCARD = "\\052"


def create(operation: Operation) -> None:
    action = "UPSERT" if operation.get("allowOverwrite") else "CREATE"
    _change(operation, (action, _record(operation, operation.inputs)))
    operation.created(_identifier(operation.inputs))


def read(operation: Operation) -> dict[str, Any] | None:
    known = {**operation.state, **operation.inputs}
    zone_name = _zone_name(operation, known["zoneId"])
    record = _live(operation, known) if zone_name else None
    if record is None or zone_name is None:
        return None
    alias = record.get("AliasTarget")
    return {
        "zoneId": known["zoneId"],
        "name": known["name"].rstrip(".").lower(),
        "type": record["Type"],
        "fqdn": _full_name(known["name"], zone_name),
        "ttl": record.get("TTL"),
        "records": [
            _from_value(record["Type"], item["Value"]) for item in record.get("ResourceRecords", [])
        ],
        "aliases": [
            {
                "name": _plain(alias["DNSName"]),
                "zoneId": alias["HostedZoneId"],
                "evaluateTargetHealth": alias["EvaluateTargetHealth"],
            }
        ]
        if alias
        else [],
    }


def update(operation: Operation) -> None:
    if operation.changed <= {"allowOverwrite"}:
        return
    new = _record(operation, operation.inputs)
    if "type" in operation.changed:
        # Another type is another record set: the old one goes in the same batch.
        _change(operation, ("DELETE", _record(operation, operation.old)), ("CREATE", new))
        operation.id = _identifier(operation.inputs)
    else:
        _change(operation, ("UPSERT", new))


def delete(operation: Operation) -> None:
    """Deletes what is there now, whatever it has become, as the provider does."""
    known = {**operation.state, **operation.inputs}
    if _zone_name(operation, known["zoneId"]) and (live := _live(operation, known)):
        _change(operation, ("DELETE", live))


def check(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rules across properties, as the provider's schema has them."""
    failures = []
    if ("records" in inputs) == ("aliases" in inputs):
        failures.append(("", "exactly one of aliases and records must be given"))
    if "aliases" in inputs and "ttl" in inputs:
        failures.append(("ttl", "conflicts with aliases"))
    if "records" in inputs and "ttl" not in inputs:
        failures.append(("ttl", "is required with records"))
    return failures


def _identifier(inputs: Mapping[str, Any]) -> str:
    return f"{inputs['zoneId']}_{inputs['name'].rstrip('.').lower()}_{inputs['type']}"


def _zone_name(operation: Operation, zone_id: str) -> str | None:
    route53 = operation.client("route53")
    answer = found(("NoSuchHostedZone",), lambda: route53.get_hosted_zone(Id=zone_id))
    return answer["HostedZone"]["Name"].rstrip(".") if answer else None


def _full_name(name: str, zone_name: str) -> str:
    """`www` in the zone example.com is www.example.com; a name that ends so already stays."""
    name = name.rstrip(".").lower()
    if name == zone_name or name.endswith(f".{zone_name}"):
        return name
    return f"{name}.{zone_name}" if name else zone_name


def _live(operation: Operation, known: Mapping[str, Any]) -> dict[str, Any] | None:
    wanted = _full_name(known["name"], _zone_name(operation, known["zoneId"]) or "")
    pages = operation.client("route53").get_paginator("list_resource_record_sets")
    for page in pages.paginate(HostedZoneId=known["zoneId"]):
        for record in page["ResourceRecordSets"]:
            name = record["Name"].rstrip(".").lower().replace(WILDCARD, "*")
            if name == wanted and record["Type"] == known["type"]:
                return record
    return None


def _record(operation: Operation, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The ResourceRecordSet of an input."""
    zone_name = _zone_name(operation, inputs["zoneId"])
    if zone_name is None:
        raise LookupError(f"Route 53 Hosted Zone ({inputs['zoneId']}): NoSuchHostedZone")
    record: dict[str, Any] = {
        "Name": _full_name(inputs["name"], zone_name),
        "Type": inputs["type"],
    }
    if inputs.get("aliases"):
        alias = inputs["aliases"][0]
        record["AliasTarget"] = {
            "DNSName": alias["name"],
            "HostedZoneId": alias["zoneId"],
            "EvaluateTargetHealth": alias["evaluateTargetHealth"],
        }
    else:
        record["TTL"] = inputs["ttl"]
        record["ResourceRecords"] = [
            {"Value": _to_value(inputs["type"], value)} for value in inputs["records"]
        ]
    return record


def _change(operation: Operation, *changes: tuple[str, dict[str, Any]]) -> None:
    zone_id = {**operation.state, **operation.inputs}["zoneId"]
    operation.client("route53").change_resource_record_sets(
        HostedZoneId=zone_id,
        ChangeBatch={
            "Changes": [
                {"Action": action, "ResourceRecordSet": record} for action, record in changes
            ]
        },
    )


def _to_value(kind: str, value: str) -> str:
    return f'"{value}"' if kind in QUOTED else value


def _from_value(kind: str, value: str) -> str:
    return value.removeprefix('"').removesuffix('"') if kind in QUOTED else value


def _plain(name: Any) -> Any:
    """Names as the provider compares them: no final dot, lower case."""
    return name.rstrip(".").lower().replace(WILDCARD, "*") if isinstance(name, str) else name


GO = "hashicorp/terraform-provider-aws, internal/service/route53/record.go"
RECORD_TYPES = [
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "DS",
    "HTTPS",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SOA",
    "SPF",
    "SRV",
    "SSHFP",
]
RECORD_TYPES += ["SVCB", "TLSA", "TXT"]

TYPE = ResourceType(
    token="aws:route53/record:Record",
    cloudformation="AWS::Route53::RecordSet",
    properties={
        "zoneId": Property(
            cloudformation="HostedZoneId", because=f"{GO}: NoZeroValues", rules={"minLength": 1}
        ),
        "name": Property(
            replaces=True,
            because=f"{GO}: ForceNew; StateFunc: lower case, no final dot",
            compared_as=_plain,
        ),
        "type": Property(
            because=f"{GO}: enum.Validate[awstypes.RRType]", rules={"enum": RECORD_TYPES}
        ),
        "ttl": Property(
            cloudformation="TTL",
            because="Route 53 API, ResourceRecordSet: 0 to 2147483647",
            rules={"minimum": 0, "maximum": 2147483647},
        ),
        "records": Property(
            cloudformation="ResourceRecords",
            unordered=True,
            because=f"{GO}: TypeSet; the cloud wants at least one",
            rules={"minItems": 1},
        ),
        "aliases": Property(
            cloudformation=None,
            because=f"{GO}: MaxItems 1; CloudFormation has one AliasTarget",
            rules={"minItems": 1, "maxItems": 1},
            properties={
                "name": Property(
                    cloudformation="/AliasTarget/DNSName",
                    because=f"{GO}: normalizeAliasDomainName, StringLenBetween(1, 1024)",
                    compared_as=_plain,
                    rules={"minLength": 1},
                ),
                "zoneId": Property(
                    because=f"{GO}: StringLenBetween(1, 32)",
                    rules={"minLength": 1, "maxLength": 32},
                ),
            },
        ),
        "allowOverwrite": Property(
            cloudformation=None,
            because=f"{GO}: 'Use UPSERT only if the overwrite flag is true or if the current action is an update'",
            provider_only=True,
        ),
    },
    create=create,
    read=read,
    update=update,
    delete=delete,
    check=check,
    timeouts=Timeouts(create_seconds=1800, update_seconds=1800, delete_seconds=1800),
    sample=lambda: {
        "zoneId": "Z0123456789",
        "name": "llama-8b.endpoints.example.com",
        "type": "CNAME",
        "ttl": 300,
        "records": ["balancer.example.com"],
        "allowOverwrite": False,
    },
)
