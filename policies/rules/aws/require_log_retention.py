"""Logs end: a group without retention keeps everything for ever, and costs for ever."""

from collections.abc import Iterator

from policies.rule import Inputs, Rule

LEAST_DAYS = 7
"""Shorter than a week, an incident of a weekend cannot be looked into on Monday."""


def _check(type_: str, inputs: Inputs) -> Iterator[str]:
    if type_ != "aws:cloudwatch/logGroup:LogGroup":
        return
    days = inputs.get("retentionInDays") or 0
    if days < LEAST_DAYS:
        found = f"{days:g}" if days else "left out"  # the engine hands every number over as a float
        yield f"retentionInDays is {found}, must be {LEAST_DAYS} or more"


RULE = Rule(
    name="require-log-retention",
    description="Every log group says how long it keeps what it holds.",
    source="AWS Security Hub CloudWatch.16",
    check_resource=_check,
)
