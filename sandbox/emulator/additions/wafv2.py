"""Web ACLs: AWS's error codes, and what AWS refuses and moto does not.

AWS WAF API reference, CreateWebACL, UpdateWebACL, AssociateWebACL, DeleteWebACL (read 2026-11).
"""

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.elbv2.models import elbv2_backends
from moto.wafv2 import models
from moto.wafv2.exceptions import WAFNonexistentItemException
from moto.wafv2.models import FakeWebACL, WAFV2Backend

_create = WAFV2Backend.create_web_acl
_update = WAFV2Backend.update_web_acl
_delete = WAFV2Backend.delete_web_acl
_associate = WAFV2Backend.associate_web_acl


class DuplicateItem(JsonRESTError):
    """moto sends a code that AWS does not have."""

    def __init__(self) -> None:
        super().__init__(
            "WAFDuplicateItemException",
            "AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an "
            "existing one.",
        )


def create_web_acl(backend: WAFV2Backend, *arguments: Any, **named: Any) -> FakeWebACL:
    _refuse_duplicate_rules(named.get("rules") or arguments[6])
    return _create(backend, *arguments, **named)


def update_web_acl(
    backend: WAFV2Backend,
    name: str,
    _id: str,
    default_action: Any,
    rules: Any,
    description: Any,
    *rest: Any,
    **named: Any,
) -> str:
    """An update overwrites: what it leaves out is gone (moto keeps it)."""
    _refuse_duplicate_rules(rules or [])
    token = _update(backend, name, _id, default_action, rules, description, *rest, **named)
    acl = backend.get_web_acl(None, name, _id)
    if not rules:
        acl.rules = []
    acl.description = description or ""
    return token


def delete_web_acl(backend: WAFV2Backend, name: str, scope: str, _id: str, lock_token: str) -> None:
    """Refused while associated. A deleted load balancer counts no more."""
    for acl in backend.wacls.values():
        live = [arn for arn in acl.associated_resources if _exists(backend, arn)]
        if acl.id == _id and live:
            raise JsonRESTError(
                "WAFAssociatedItemException",
                "AWS WAF couldn't perform the operation because your resource is being used by another resource or "
                f"it's associated with another resource: {', '.join(live)}",
            )
    _delete(backend, name, scope, _id, lock_token)


def associate_web_acl(backend: WAFV2Backend, web_acl_arn: str, resource_arn: str) -> None:
    """A resource has one web ACL: a second takes the first one's place. The resource must exist."""
    if not _exists(backend, resource_arn):
        raise JsonRESTError(
            "WAFUnavailableEntityException",
            "AWS WAF couldn't retrieve a resource that you specified for this operation. Retry your request.",
        )
    if web_acl_arn not in backend.wacls:
        raise WAFNonexistentItemException
    backend.disassociate_web_acl(resource_arn)
    _associate(backend, web_acl_arn, resource_arn)


def _exists(backend: WAFV2Backend, arn: str) -> bool:
    if ":loadbalancer/" not in arn:
        return True
    return arn in elbv2_backends[backend.account_id][backend.region_name].load_balancers


def _refuse_duplicate_rules(rules: list[dict[str, Any]]) -> None:
    for member in ("Name", "Priority"):
        values = [rule[member] for rule in rules]
        if len(set(values)) < len(values):
            raise DuplicateItem
    for rule in rules:
        rate = rule["Statement"].get("RateBasedStatement")
        if rate is not None:
            rate.setdefault("EvaluationWindowSec", 300)


models.WAFV2DuplicateItemException = DuplicateItem  # type: ignore[misc,assignment]
WAFV2Backend.create_web_acl = create_web_acl  # type: ignore[method-assign]
WAFV2Backend.update_web_acl = update_web_acl  # type: ignore[method-assign]
WAFV2Backend.delete_web_acl = delete_web_acl  # type: ignore[method-assign]
WAFV2Backend.associate_web_acl = associate_web_acl  # type: ignore[method-assign]
