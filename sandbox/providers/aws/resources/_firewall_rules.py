"""Rules of a web ACL: those statements that the sandbox serves, as properties and as members of the API."""

from collections.abc import Mapping
from typing import Any

from sandbox.providers.aws.declaration import Property
from sandbox.providers.aws.resources._member_names import to_members, to_properties
from sandbox.providers.aws.values import UNKNOWN

EXCEPTIONS = {
    "cloudwatchMetricsEnabled": "CloudWatchMetricsEnabled",
    "arn": "ARN",
    "forwardedIpConfig": "ForwardedIPConfig",
    "ipSetForwardedIpConfig": "IPSetForwardedIPConfig",
    "ipSetReferenceStatement": "IPSetReferenceStatement",
}
DEFAULT_WINDOW_SECONDS = 300
SERVED = (
    "rateBasedStatement",
    "managedRuleGroupStatement",
    "geoMatchStatement",
    "ipSetReferenceStatement",
)
NOT_SERVED = frozenset(
    {
        "andStatement",
        "asnMatchStatement",
        "byteMatchStatement",
        "labelMatchStatement",
        "notStatement",
        "orStatement",
        "regexMatchStatement",
        "regexPatternSetReferenceStatement",
        "ruleGroupReferenceStatement",
        "sizeConstraintStatement",
        "sqliMatchStatement",
        "xssMatchStatement",
    }
)


def to_rules(rules: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Pulumi's rules as the API's, with the provider's default window of a rate."""
    result = to_members(rules, EXCEPTIONS)
    for rule in result:
        rate = rule["Statement"].get("RateBasedStatement")
        if rate is not None:
            rate.setdefault("EvaluationWindowSec", DEFAULT_WINDOW_SECONDS)
    return result


def from_rules(rules: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The API's rules as Pulumi's."""
    return to_properties(rules, EXCEPTIONS)


def broken_rules(rules: Any) -> list[tuple[str, str]]:
    """One statement a rule; a rule group takes an override action, anything else an action."""
    failures = []
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        path, statement = f"rules[{index}]", rule.get("statement")
        if statement is UNKNOWN or not isinstance(statement, Mapping):
            continue
        if len(statement) != 1:
            failures.append((f"{path}.statement", f"needs exactly one of {', '.join(SERVED)}"))
        is_group = "managedRuleGroupStatement" in statement
        wanted, other = ("overrideAction", "action") if is_group else ("action", "overrideAction")
        if wanted not in rule or other in rule:
            failures.append((path, f"this statement needs {wanted} and no {other}"))
        failures.extend(
            (f"{path}.{name}", "needs exactly one kind of action")
            for name in {"action", "overrideAction"} & set(rule)
            if isinstance(rule[name], Mapping) and len(rule[name]) != 1
        )
    return failures


VISIBILITY = Property(
    because="WAFv2 API, VisibilityConfig",
    properties={"cloudwatchMetricsEnabled": Property(cloudformation="CloudWatchMetricsEnabled")},
)

RULES = Property(
    unordered=True,
    because="hashicorp/terraform-provider-aws, internal/service/wafv2/web_acl.go: TypeSet",
    properties={
        "visibilityConfig": VISIBILITY,
        "statement": Property(
            refused=NOT_SERVED,
            properties={
                "rateBasedStatement": Property(
                    refused=frozenset({"customKeys", "scopeDownStatement"})
                ),
                "managedRuleGroupStatement": Property(
                    refused=frozenset(
                        {"managedRuleGroupConfigs", "ruleActionOverrides", "scopeDownStatement"}
                    )
                ),
                "ipSetReferenceStatement": Property(cloudformation="IPSetReferenceStatement"),
            },
        ),
    },
    refused=frozenset({"captchaConfig", "challengeConfig", "ruleLabels"}),
)
