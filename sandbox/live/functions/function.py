"""What a runner must know of one version of a function, and what comes of an invocation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

LATEST = "$LATEST"


@dataclass(frozen=True, kw_only=True)
class Function:
    """Two that are equal run the same code in the same way: one process serves both."""

    name: str
    version: str
    """`$LATEST`, or a number as text."""
    arn: str
    handler: str
    """`package.module.function`"""
    environment: Mapping[str, str]
    timeout_seconds: float
    """Of the account's clock."""
    memory_mib: int
    """What the handler is told. Nothing limits it: the process holds what on Lambda are many environments."""
    log_group: str
    """What it prints goes there too."""
    code_sha256: str
    code: bytes = field(compare=False, repr=False)
    """A zip."""
    reserved: int | None = field(default=None, compare=False)
    """Its own share of the account's concurrency; `$LATEST` says it for all versions."""


@dataclass(frozen=True)
class Answer:
    """JSON text, and whether it is an error's: then it has `errorType` and `errorMessage`."""

    payload: str
    is_error: bool = False


class ThrottledError(Exception):
    """The function, or the account, runs as many invocations as it may. The text is Lambda's `Reason`."""
