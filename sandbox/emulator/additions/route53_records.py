"""Record sets: CREATE never overwrites and DELETE must name what is there, which moto judges from its journal.

Route 53 API reference, ChangeResourceRecordSets (read 2026-11): "CREATE: Creates a resource record set that has the
specified values", "DELETE: Deletes an existing resource record set that has the specified values".
"""

from typing import Any

from moto.elbv2.models import elbv2_backends
from moto.route53.exceptions import ResourceRecordAlreadyExists, Route53ClientError
from moto.route53.models import ChangeList, FakeZone, RecordSet, Route53Backend

BALANCERS_DOMAIN = ".elb.amazonaws.com"
_change = Route53Backend.change_resource_record_sets


def change_resource_record_sets(
    backend: Route53Backend, zoneid: str, change_list: list[dict[str, Any]]
) -> None:
    """Check the whole batch against what is there, then let moto do it."""
    zone = backend.get_hosted_zone(zoneid)
    gone: set[tuple[str, str, str | None]] = set()
    for change in change_list:
        wanted = change["ResourceRecordSet"]
        key = _key(wanted)
        live = None if key in gone else _live(zone, key)
        if change["Action"] == "CREATE" and live:
            raise ResourceRecordAlreadyExists(name=f"{key[0]}.", _type=key[1])
        if change["Action"] == "DELETE":
            _refuse_other_values(wanted, live)
            gone.add(key)
        else:
            _refuse_conflicts(zone, key, gone)
            _refuse_unknown_alias(backend, wanted)
    zone.rr_changes = Unread()  # moto's own check would look only at what was changed before
    _change(backend, zoneid, change_list)


class Unread(ChangeList):
    """A journal that objects to nothing."""

    def __contains__(self, item: Any) -> bool:
        return False

    def has_insert_or_update(self, new_rr_set: dict[str, Any]) -> bool:
        """What is there has been compared already."""
        del new_rr_set
        return True


def _key(record: dict[str, Any]) -> tuple[str, str, str | None]:
    return record["Name"].strip(".").lower(), record["Type"], record.get("SetIdentifier")


def _live(zone: FakeZone, key: tuple[str, str, str | None]) -> RecordSet | None:
    for record in zone.rrsets:
        if (record.name.strip(".").lower(), record.type, record.set_identifier) == key:
            return record
    return None


def _refuse_other_values(wanted: dict[str, Any], live: RecordSet | None) -> None:
    name, kind = f"{wanted['Name'].strip('.')}.", wanted["Type"]
    if live is None:
        raise Route53ClientError(
            "InvalidChangeBatch",
            f"Tried to delete resource record set [name='{name}', type='{kind}'] but it was not found",
        )
    values = {item["Value"] for item in wanted.get("ResourceRecords") or ()}
    if values != set(live.records or ()) or wanted.get("TTL") != live.ttl:
        raise Route53ClientError(
            "InvalidChangeBatch",
            f"Tried to delete resource record set [name='{name}', type='{kind}'] but the values provided do not match "
            "the current values",
        )


def _refuse_conflicts(
    zone: FakeZone, key: tuple[str, str, str | None], gone: set[tuple[str, str, str | None]]
) -> None:
    """A CNAME stands alone under its name."""
    for record in zone.rrsets:
        other = (record.name.strip(".").lower(), record.type or "", record.set_identifier)
        if (
            other[0] == key[0]
            and other[1] != key[1]
            and "CNAME" in (other[1], key[1])
            and other not in gone
        ):
            raise Route53ClientError(
                "InvalidChangeBatch",
                f"RRSet of type {key[1]} with DNS name {key[0]}. is not permitted as it conflicts with other records "
                "with the same DNS name",
            )


def _refuse_unknown_alias(backend: Route53Backend, wanted: dict[str, Any]) -> None:
    """An alias to a load balancer names a live one, with that one's hosted zone."""
    alias = wanted.get("AliasTarget")
    if not alias or not alias["DNSName"].rstrip(".").lower().endswith(BALANCERS_DOMAIN):
        return
    name = alias["DNSName"].rstrip(".").lower().removeprefix("dualstack.")
    for regional in elbv2_backends[backend.account_id].values():
        for balancer in regional.load_balancers.values():
            same_zone = balancer.canonical_hosted_zone_id == alias["HostedZoneId"]
            if balancer.dns_name.lower() == name and same_zone:
                return
    raise Route53ClientError(
        "InvalidChangeBatch",
        f"Tried to create an alias that targets {name}., type {wanted['Type']} in zone {alias['HostedZoneId']}, but "
        "the alias target name does not lie within the target zone",
    )


Route53Backend.change_resource_record_sets = change_resource_record_sets  # type: ignore[method-assign]
