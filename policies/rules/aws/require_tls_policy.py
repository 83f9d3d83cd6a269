"""Load balancers speak TLS 1.2 or later, without ciphers that authenticate no one or use CBC."""

import re
from collections.abc import Iterator

from policies.rule import Inputs, Rule, entries

_TYPES = ("aws:lb/listener:Listener", "aws:alb/listener:Listener")
# ELB's security policies of 2021 and later whose names say TLS 1.3 and, where 1.2 is allowed too,
# the restricted cipher lists (Res), with or without FIPS and post-quantum key exchange.
_GOOD = re.compile(
    r"ELBSecurityPolicy-TLS13-1-(3|2-Res)(-FIPS)?(-PQ)?-\d{4}-\d{2}"
    r"|ELBSecurityPolicy-TLS13-1-2-Res-PQ-\d{4}-\d{2}"
)


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    if type_ not in _TYPES:
        return
    protocol = inputs.get("protocol") or "HTTP"
    if protocol in ("HTTPS", "TLS"):
        policy = inputs.get("sslPolicy")
        if policy is None or not _GOOD.fullmatch(policy):
            yield (
                f"sslPolicy is {policy or 'left out'}, must be a TLS13-1-3 or TLS13-1-2-Res policy"
            )
    elif protocol == "HTTP" and not _only_redirects(inputs):
        yield "protocol HTTP may only redirect to HTTPS"


def _only_redirects(inputs: Inputs) -> bool:
    actions = entries(inputs.get("defaultActions"))
    return bool(actions) and all(
        action.get("type") == "redirect"
        and (action.get("redirect") or {}).get("protocol") == "HTTPS"
        for action in actions
    )


RULE = Rule(
    name="require-tls-policy",
    description="Listeners take TLS 1.2 or later with restricted ciphers; HTTP only redirects.",
    source="AWS Security Hub ELB.1, ELB.17; Elastic Load Balancing guide, security policies",
    check_resource=_check,
)
