"""What the internet-facing load balancer refuses before it looks for a host."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from homeport.planner.plan import StackPlan

_RATE_WINDOW_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    """Arguments of `Firewall`."""

    plan: StackPlan
    load_balancer_arn: pulumi.Input[str]
    keep_samples: bool
    """False under zero retention: samples hold addresses and query strings for three hours."""


class Firewall(pulumi.ComponentResource):
    """A rate limit for each client address, and AWS's list of bad ones.

    No rule reads bodies. Prompts hold code, and rule sets made for web sites block it; a body that
    is larger than WAF reads (8 KiB behind a load balancer) would need an answer too, and the only
    right one here is to let it pass.
    """

    def __init__(
        self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Firewall", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        acl = aws.wafv2.WebAcl(
            "public",
            scope="REGIONAL",
            description=f"Internet-facing side of the homeport stack {args.plan.stack}",
            default_action=aws.wafv2.WebAclDefaultActionArgs(
                allow=aws.wafv2.WebAclDefaultActionAllowArgs()
            ),
            rules=[_rate_rule(args), _reputation_rule(args)],
            visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True,
                metric_name="homeport-public",
                sampled_requests_enabled=args.keep_samples,
            ),
            tags=args.plan.tags,
            opts=child,
        )
        aws.wafv2.WebAclAssociation(
            "public", resource_arn=args.load_balancer_arn, web_acl_arn=acl.arn, opts=child
        )
        self.register_outputs({})


def _rate_rule(args: FirewallArgs) -> aws.wafv2.WebAclRuleArgs:
    return aws.wafv2.WebAclRuleArgs(
        name="rate",
        priority=0,
        action=aws.wafv2.WebAclRuleActionArgs(block=aws.wafv2.WebAclRuleActionBlockArgs()),
        statement=aws.wafv2.WebAclRuleStatementArgs(
            rate_based_statement=aws.wafv2.WebAclRuleStatementRateBasedStatementArgs(
                aggregate_key_type="IP",
                limit=args.plan.ingress.waf_requests_per_five_minutes,
                evaluation_window_sec=_RATE_WINDOW_SECONDS,
            )
        ),
        visibility_config=_visibility("homeport-rate", args),
    )


def _reputation_rule(args: FirewallArgs) -> aws.wafv2.WebAclRuleArgs:
    return aws.wafv2.WebAclRuleArgs(
        name="reputation",
        priority=1,
        override_action=aws.wafv2.WebAclRuleOverrideActionArgs(
            none=aws.wafv2.WebAclRuleOverrideActionNoneArgs()
        ),
        statement=aws.wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                vendor_name="AWS", name="AWSManagedRulesAmazonIpReputationList"
            )
        ),
        visibility_config=_visibility("homeport-reputation", args),
    )


def _visibility(metric: str, args: FirewallArgs) -> aws.wafv2.WebAclRuleVisibilityConfigArgs:
    return aws.wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True,
        metric_name=metric,
        sampled_requests_enabled=args.keep_samples,
    )
