"""Route 53: a hosted zone whose id the caller chooses, so that a checked-in stack file can name it."""

from typing import Any

from moto.route53 import models

CHOSEN_ID_PREFIX = "sandbox-zone-id:"
"""A `CallerReference` that starts so carries the id that the zone shall have (AWS ignores the reference's meaning)."""

_create_hosted_zone = models.Route53Backend.create_hosted_zone


def create_hosted_zone(
    backend: models.Route53Backend, *arguments: Any, **named: Any
) -> models.FakeZone:
    zone = _create_hosted_zone(backend, *arguments, **named)
    reference = named.get("caller_reference") or ""
    if reference.startswith(CHOSEN_ID_PREFIX):
        del backend.zones[zone.resource_id]
        zone.resource_id = reference.removeprefix(CHOSEN_ID_PREFIX)
        backend.zones[zone.resource_id] = zone
    return zone


models.Route53Backend.create_hosted_zone = create_hosted_zone  # type: ignore[method-assign]
