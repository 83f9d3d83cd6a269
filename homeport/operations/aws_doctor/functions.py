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
UNRESERVED_MIN = 100
"""What an account must keep unreserved (PutFunctionConcurrency, API reference, read 2026-11)."""


def function_examination(plan: StackPlan) -> Examination:
    """One of the whole stack."""
    return Examination(
        check="function concurrency",
        subject=f"homeport:holdSlots {plan.hold_slots}",
        permissions=("lambda:GetAccountSettings", "lambda:GetFunctionConcurrency"),
        ask=lambda session: _concurrency(session, plan),
    )


def _concurrency(session: Any, plan: StackPlan) -> Finding:
    """As it will be once the stack has what it reserves."""
    client = session.client("lambda")
    limit = client.get_account_settings()["AccountLimit"]
    whole, left = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    needs, then, changes = SHARE_MAX * plan.hold_slots, "", list[str]()
    reserves = plan.reserved_concurrency
    if reserves is not None:
        left -= reserves - _reserved(client, plan.names.reconciler)
        then = f" once the reconciler has its {reserves}"
        if left < UNRESERVED_MIN:
            changes.append("homeport:reserveConcurrency to false")
    if SHARE_MAX <= left < needs:
        changes.append(f"homeport:holdSlots to {left // SHARE_MAX}")
    if reserves is not None:
        needs = max(needs, UNRESERVED_MIN)
    found = f"{left} of {whole} functions at once are free{then}; {needs} must be"
    if left >= needs:
        return Finding(status=OK, found=found)
    wanted = max(USUAL_CONCURRENCY, whole + needs - left)
    fix = quota_increase(plan.region, function_quota("aws"), wanted)
    instead = f"set {' and '.join(changes)}, or " if changes else ""
    return Finding(status=FAIL, found=found, fix=f"{instead}{fix}")


def _reserved(client: Any, function: str) -> int:
    """By an `up` before this one."""
    try:
        answer = client.get_function_concurrency(FunctionName=function)
    except client.exceptions.ResourceNotFoundException:
        return 0
    return int(answer.get("ReservedConcurrentExecutions", 0))
