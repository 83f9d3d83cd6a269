"""Rules as a policy pack of the engine: every rule is mandatory, so a violation stops the update."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyPack,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from policies.rule import CheckResource, CheckStack, Resource, Rule

STACK_SUFFIX = "-together"
"""Ends the name of the half of a rule that looks at several resources; the engine wants unique names."""


def run_pack(name: str, rules: Sequence[Rule]) -> None:
    """Serve the rules to the engine that started this process; returns when it is done."""
    PolicyPack(
        name=name,
        enforcement_level=EnforcementLevel.MANDATORY,
        policies=[policy for rule in rules for policy in _policies(rule)],
    )


def _policies(rule: Rule) -> list[Policy]:
    found: list[Policy] = []
    if rule.check_resource is not None:
        found.append(_resource_policy(rule, rule.check_resource))
    if rule.check_stack is not None:
        found.append(_stack_policy(rule, rule.check_stack))
    return found


def _resource_policy(rule: Rule, check: CheckResource) -> Policy:
    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        for text in check(args.resource_type, args.props):
            report(text)  # pyright: ignore[reportCallIssue]

    return ResourceValidationPolicy(name=rule.name, description=rule.description, validate=validate)


class _Known(Mapping[str, Any]):
    """Properties without those that nobody knows yet: at a preview the cloud's answers are missing, and
    the question about the others must still be asked."""

    def __init__(self, properties: Mapping[str, Any]) -> None:
        self._properties = properties

    def __getitem__(self, key: str) -> Any:
        try:
            return self._properties[key]
        except UnknownValueError:
            raise KeyError(key) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._properties)

    def __len__(self) -> int:
        return len(self._properties)


def _stack_policy(rule: Rule, check: CheckStack) -> Policy:
    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        resources = [
            Resource(
                urn=one.urn,
                type=one.resource_type,
                inputs=_Known(one.props),
                dependencies=tuple(dependency.urn for dependency in one.dependencies),
            )
            for one in args.resources
        ]
        for violation in check(resources):
            report(violation.text, violation.urn)

    return StackValidationPolicy(
        name=f"{rule.name}{STACK_SUFFIX}", description=rule.description, validate=validate
    )
