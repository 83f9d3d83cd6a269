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
    whole, free = limit["ConcurrentExecutions"], limit["UnreservedConcurrentExecutions"]
    found = f"{free} of {whole} functions at once are not reserved"
    needs = SHARE_MAX * plan.hold_slots
    lower = f"set homeport:holdSlots to {free // SHARE_MAX}, or " if free >= SHARE_MAX else ""
    if plan.reserved_concurrency is not None:
        free -= plan.reserved_concurrency - _reserved(client, plan.names.reconciler)
        needs = max(needs, UNRESERVED_MIN)
        found = f"{found}, {free} once the reconciler has its {plan.reserved_concurrency}"
        lower = "set homeport:reserveConcurrency to false, or "
    found = f"{found}; {needs} must stay so, held requests take at most half"
    if free >= needs:
        return Finding(status=OK, found=found)
    wanted = max(USUAL_CONCURRENCY, whole + needs - free)
    fix = quota_increase(plan.region, function_quota("aws"), wanted)
    return Finding(status=FAIL, found=found, fix=f"{lower}{fix}")


def _reserved(client: Any, function: str) -> int:
    """By an `up` before this one."""
    try:
        answer = client.get_function_concurrency(FunctionName=function)
    except client.exceptions.ResourceNotFoundException:
        return 0
    return int(answer.get("ReservedConcurrentExecutions", 0))
