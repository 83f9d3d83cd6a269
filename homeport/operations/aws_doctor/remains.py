"""Whether resources carry the stack's tag that its state does not know."""

from collections.abc import Collection
from typing import Any

from homeport.operations.account import leftovers
from homeport.operations.aws_tagged import tagged_resources
from homeport.operations.examination import OK, WARN, Examination, Finding


def leftover_examination(stack: str, state_identifiers: Collection[str]) -> Examination:
    """The names alone; `homeport leftovers` says how to delete each."""
    return Examination(
        check="leftovers",
        subject=stack,
        permissions=(
            "ec2:DescribeTags",
            "autoscaling:DescribeTags",
            "iam:ListRoles",
            "iam:ListInstanceProfiles",
            "tag:GetResources",
            "kms:DescribeKey",
            "ec2:DescribeNatGateways",
        ),
        ask=lambda session: _leftovers(session, stack, state_identifiers),
    )


def _leftovers(session: Any, stack: str, state_identifiers: Collection[str]) -> Finding:
    tagged = tagged_resources(session, stack)
    left = leftovers(tagged, state_identifiers)
    if not left:
        return Finding(status=OK, found=f"all {len(tagged)} tagged resources are in the state")
    names = ", ".join(one.identifier for one in left[:3])
    more = f" and {len(left) - 3} more" if len(left) > 3 else ""
    return Finding(status=WARN, found=f"{names}{more}", fix=f"homeport leftovers {stack}")
