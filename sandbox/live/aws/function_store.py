"""What the account knows of functions, as the live tier needs it. Called in a turn of the emulator."""

import fnmatch
from collections.abc import Iterator
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda_simple.models import lambda_simple_backends

from sandbox.emulator import ACCOUNT_ID
from sandbox.live.functions.function import Function

BALANCER, RULE = "elasticloadbalancing.amazonaws.com", "events.amazonaws.com"
RETRIES, AGE_SECONDS = 2, 21600.0
"""Of an asynchronous invocation (Lambda API reference, PutFunctionEventInvokeConfig)."""


class FunctionStore:
    """Over moto's backend of one region."""

    def __init__(self, region: str) -> None:
        self._region = region

    def all(self) -> Iterator[Function]:
        """Each version of each function."""
        for group in self._backend()._lambdas._functions.values():
            for found in (group["latest"], *group["versions"]):
                if found is not None:
                    yield function_of(found)

    def find(self, arn: str) -> Function | None:
        """By name or ARN, with or without a version or an alias; None where there is no such function."""
        found = self._moto(arn)
        return None if found is None else function_of(found)

    def permits(self, arn: str, service: str, source: str) -> bool:
        """Whether the function's own policy lets this service of AWS invoke it for this source's ARN."""
        found = self._moto(arn)
        statements = found.policy.statements if found is not None else []
        return any(_permits(statement, service, source) for statement in statements)

    def retries(self, arn: str) -> tuple[int, float]:
        """How often an asynchronous invocation that fails is tried again, and how old its event may become."""
        found = self._moto(arn)
        configs = found.event_invoke_config if found is not None else []
        if not configs:
            return RETRIES, AGE_SECONDS
        config = configs[-1].config
        return (
            int(config.get("MaximumRetryAttempts", RETRIES)),
            float(config.get("MaximumEventAgeInSeconds", AGE_SECONDS)),
        )

    def mappings(self) -> dict[str, Any]:
        """Event source mappings, by their id."""
        return dict(self._backend()._event_source_mappings)

    def _moto(self, arn: str) -> Any:
        try:
            return self._backend().get_function(arn)
        except UnknownFunctionException:
            return None

    def _backend(self) -> Any:
        return lambda_simple_backends[ACCOUNT_ID][self._region]


def function_of(found: Any) -> Function:
    """Of moto's object."""
    reserved = found.reserved_concurrency
    logging = getattr(found, "logging_config", None) or {}
    return Function(
        name=found.function_name,
        version=str(found.version),
        arn=found.function_arn,
        handler=found.handler,
        environment=dict(found.environment_vars),
        timeout_seconds=float(found.timeout),
        memory_mib=int(found.memory_size),
        log_group=logging.get("LogGroup") or f"/aws/lambda/{found.function_name}",
        code_sha256=found.code_sha_256,
        code=found.code_bytes,
        reserved=None if reserved is None else int(reserved),
    )


def _permits(statement: dict[str, Any], service: str, source: str) -> bool:
    """Without a condition every source may."""
    if statement.get("Principal") != {"Service": service}:
        return False
    condition = statement.get("Condition", {})
    patterns = [one.get("AWS:SourceArn") for one in condition.values() if "AWS:SourceArn" in one]
    return all(fnmatch.fnmatchcase(source, pattern) for pattern in patterns)
