"""What each cloud can do today: one table, cloud x feature.

A spec may ask for anything that `homeport.spec` knows; planning refuses by name what a cloud cannot do
or what is not built yet, so that no field is ever silently without effect.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from homeport.errors import PlanError
from homeport.planner.plan import Cloud

Feature = str
"""`deployment`, or `<group>.<word of the spec>`; a test holds the table to the spec's words."""


@dataclass(frozen=True, kw_only=True)
class Support:
    """Whether a cloud has a feature; if not, why and what to do instead."""

    state: Literal["built", "not built yet", "impossible"]
    instead: str = ""


BUILT = Support(state="built")


def _later(instead: str) -> Support:
    return Support(state="not built yet", instead=instead)


_PACKS = _later("remove the word until its policy pack exists")

AWS: Mapping[Feature, Support] = {
    "deployment": BUILT,
    "capacity.on-demand": BUILT,
    "capacity.spot": BUILT,
    # A mixed instances policy keeps the asked ratio and never falls back by itself; until something
    # falls back for it, the word would be a lie.
    "capacity.spot-with-fallback": _later("write `capacity: spot` or `capacity: on-demand`"),
    "weights.hub": BUILT,
    "weights.mirror": _later("write `weights: hub`"),
    "cidrs.ipv4": BUILT,
    # The load balancers have IPv4 addresses only: nobody ever comes from such a range.
    "cidrs.ipv6": Support(
        state="impossible", instead="remove it, or write the callers' IPv4 range"
    ),
    "egress.nat": BUILT,
    # Without a way out the weights and images must be mirrored, which is not built.
    "egress.none": _later("write `homeport:egress: nat`"),
    "compliance.soc2": _PACKS,
    "compliance.hipaa": _PACKS,
    "compliance.zero-retention": BUILT,
    "speculative.ngram": BUILT,
    "speculative.draft": BUILT,
    "speculative.eagle3": BUILT,
    "speculative.mtp": BUILT,
}

_NO_CLOUD_YET: Mapping[Feature, Support] = {
    feature: _later("use an aws stack: `homeport:cloud: aws`") for feature in AWS
}

CAPABILITIES: Mapping[Cloud, Mapping[Feature, Support]] = {
    "aws": AWS,
    "azure": _NO_CLOUD_YET,
    "gcp": _NO_CLOUD_YET,
    "kubernetes": _NO_CLOUD_YET,
}


def require(cloud: Cloud, feature: Feature, *, path: str, found: str) -> None:
    """Return if the cloud has the feature; else raise `PlanError` at `path` with the alternative."""
    support = CAPABILITIES[cloud][feature]
    if support.state == "built":
        return
    group = feature.partition(".")[0]
    allowed = [
        name.partition(".")[2] or name
        for name, row in CAPABILITIES[cloud].items()
        if row.state == "built" and name.partition(".")[0] == group
    ]
    raise PlanError(
        path=path,
        found=f"{found}, which is {support.state} on {cloud}",
        allowed=", ".join(allowed) if allowed else f"nothing of {group} on {cloud} yet",
        fix=support.instead,
    )
