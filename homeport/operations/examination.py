"""What `homeport doctor` asks an account, and what it finds. Pure: a cloud's modules ask."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["ok", "warn", "fail", "unknown"]
OK, WARN, FAIL, UNKNOWN = "ok", "warn", "fail", "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The answer to one question."""

    status: Status
    """`unknown`: it could not be told, which is no failure."""
    found: str
    fix: str = ""
    """The command, or the edit, that mends it."""


@dataclass(frozen=True, kw_only=True)
class Examination:
    """One question; asking changes nothing."""

    check: str
    subject: str
    """What of the stack it is about: an endpoint, a secret's name, a machine type."""
    permissions: tuple[str, ...]
    """Actions of the cloud that the caller must be allowed."""
    ask: Callable[[Any], Finding]
    """Gets the cloud's session. Its errors pass through."""


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question with its answer."""

    check: str
    subject: str
    status: Status
    found: str
    fix: str


def checked(examination: Examination, finding: Finding) -> Check:
    """The answer, with what it is about."""
    return Check(
        check=examination.check,
        subject=examination.subject,
        status=finding.status,
        found=finding.found,
        fix=finding.fix,
    )


def forbidden(examination: Examination, operation: str) -> Finding:
    """The caller may not ask; `operation` is the call that was refused, such as `GetServiceQuota`."""
    of_it = [one for one in examination.permissions if one.partition(":")[2] == operation]
    action = " or ".join(of_it) or operation
    return Finding(
        status=UNKNOWN,
        found=f"these credentials may not {action}",
        fix=f"allow {action} to whoever runs this command",
    )
