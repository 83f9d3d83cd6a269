"""Whether held requests leave the account's other functions, the reconciler among them, room to run."""

from typing import Any

from homeport.catalogue.quotas import function_quota
from homeport.operations.aws_doctor.machines import quota_increase
from homeport.operations.examination import FAIL, OK, Examination, Finding
from homeport.planner.plan import StackPlan

SHARE_MAX = 2
"""One of so many free runs may hold a request."""
USUAL_CONCURRENCY = 1000
"""AWS's default; new accounts begin with less (Lambda quotas, read 2026-11)."""


def function_examination(plan: StackPlan) -> Examination:
    """One of the whole stack."""
    return Examination(
        check="function concurrency",
        subject=f"homeport:holdSlots {plan.hold_slots}",
        permissions=("lambda:GetAccountSettings",),
        ask=lambda session: _concurrency(session, plan.region, plan.hold_slots),
    )


def _concurrency(session: Any, region: str, hold_slots: int) -> Finding:
    limit = session.client("lambda").get_account_settings()["AccountLimit"]
    whole, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    found = f"{free} of {whole} functions at once are not reserved; held requests may take half"
    most = free // SHARE_MAX
    if hold_slots <= most:
        return Finding(status=OK, found=found)
    wanted = max(USUAL_CONCURRENCY, whole + SHARE_MAX * (hold_slots - most))
    ask = quota_increase(region, function_quota("aws"), wanted)
    lower = f"set homeport:holdSlots to {most}, or " if most else ""
    return Finding(status=FAIL, found=found, fix=f"{lower}{ask}")
