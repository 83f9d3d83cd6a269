"""The two functions of a stack: the gate, which requests reach while an endpoint has no replica, and the reconciler.

Two functions with two roles: the one that the world reaches may change nothing. Runs are the account's; a share of them
is the reconciler's own only where the stack's settings say so: a new account has none to give.
"""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.function_roles import gate_statements, reconciler_statements
from components.aws.statements import trust, write_logs
from components.aws.table import Table
from components.aws.way_in import SIDE_SUFFIX
from dataplane.wake.archive import build_archive
from homeport.planner.plan import IngressSidePlan, Side, StackPlan
from homeport.planner.wake import RECONCILER_MEMORY_MIB

RUNTIME, ARCHITECTURE = "python3.13", "arm64"
GATE_TIMEOUT_SECONDS = 900
"""The longest that there is: a request that waits for a wake lives as long as its run."""
RECONCILER_TIMEOUT_SECONDS = 120
"""It watches for 65 s, and a call may take 10."""
EVENT_AGE_SECONDS = 60
"""An older event says nothing that the next minute's run does not see."""
STREAM_SORT_KEYS = ("wake", "command", "config")
"""Items whose writes the reconciler must hear of; its own are not among them."""
GROUP_EVENTS = (
    "EC2 Instance Launch Successful",
    "EC2 Instance Launch Unsuccessful",
    "EC2 Instance Terminate Successful",
)
"""Of Auto Scaling on EventBridge (Auto Scaling guide, read 2026-11)."""


@dataclass(frozen=True, kw_only=True)
class WakeFunctionsArgs:
    """Arguments of `WakeFunctions`."""

    plan: StackPlan
    table: Table
    key_arn: pulumi.Input[str]


class WakeFunctions(pulumi.ComponentResource):
    """Gate and reconciler, what calls them, and what they may do."""

    def __init__(
        self, name: str, args: WakeFunctionsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:WakeFunctions", name, {}, opts)
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        self._archive = pulumi.AssetArchive(
            {path: pulumi.StringAsset(text) for path, text in build_archive().files.items()}
        )
        gate = self._add_gate()
        sides: dict[Side, IngressSidePlan | None] = {
            "public": args.plan.ingress.public,
            "internal": args.plan.ingress.internal,
        }
        self._gates = {
            side: self._let_balancer_call(gate, side)
            for side, plan in sides.items()
            if plan is not None
        }
        self._add_reconciler()
        self.register_outputs({})

    def gate_target_group(self, side: Side) -> pulumi.Output[str]:
        """ARN of the gate as a target, on a side that the plan has."""
        return self._gates[side]

    def _add_gate(self) -> aws.lambda_.Function:
        plan, table = self._args.plan, self._args.table
        return self._add_function(
            "gate",
            plan.names.gate,
            gate_statements(plan, table.arn, self._args.key_arn),
            {"HOMEPORT_TABLE": table.name, "HOMEPORT_HOLD_SLOTS": str(plan.hold_slots)},
            timeout=GATE_TIMEOUT_SECONDS,
            memory_mib=256,
        )

    def _add_reconciler(self) -> None:
        plan, table = self._args.plan, self._args.table
        function = self._add_function(
            "reconciler",
            plan.names.reconciler,
            reconciler_statements(plan, table.arn, table.stream_arn, self._args.key_arn),
            {"HOMEPORT_TABLE": table.name, "HOMEPORT_STACK": plan.stack},
            timeout=RECONCILER_TIMEOUT_SECONDS,
            memory_mib=RECONCILER_MEMORY_MIB,
            reserved_concurrency=plan.reserved_concurrency,
        )
        aws.lambda_.EventSourceMapping(
            "reconciler",
            function_name=function.arn,
            event_source_arn=table.stream_arn,
            starting_position="LATEST",
            batch_size=100,
            # A record that was lost is made up for by the next minute's run: none blocks the others.
            maximum_retry_attempts=2,
            maximum_record_age_in_seconds=120,
            filter_criteria=aws.lambda_.EventSourceMappingFilterCriteriaArgs(
                filters=[
                    aws.lambda_.EventSourceMappingFilterCriteriaFilterArgs(
                        pattern=pulumi.Output.json_dumps(_STREAM_FILTER)
                    )
                ]
            ),
            opts=self._child,
        )
        # While an account has no run to spare, minutes would queue up for six hours.
        aws.lambda_.FunctionEventInvokeConfig(
            "reconciler",
            function_name=function.name,
            maximum_event_age_in_seconds=EVENT_AGE_SECONDS,
            maximum_retry_attempts=0,
            opts=self._child,
        )
        groups = pulumi.Output.json_dumps(_group_events(plan.stack))
        self._call_by_rule("groups", function, event_pattern=groups)
        self._call_by_rule("minute", function, schedule_expression="rate(1 minute)")

    def _add_function(
        self,
        name: str,
        physical_name: str,
        statements: list[dict[str, object]],
        variables: dict[str, pulumi.Input[str]],
        *,
        timeout: int,
        memory_mib: int,
        reserved_concurrency: int | None = None,
    ) -> aws.lambda_.Function:
        plan = self._args.plan
        role = aws.iam.Role(
            name,
            name=physical_name,
            path=plan.names.role_path,
            description=f"The {name} of {plan.stack}",
            assume_role_policy=pulumi.Output.json_dumps(trust("lambda")),
            tags=plan.tags,
            opts=self._child,
        )
        logs = aws.cloudwatch.LogGroup(
            name,
            name=f"{plan.names.log_group_prefix}/-/{name}",
            retention_in_days=plan.log_retention_days,
            kms_key_id=self._args.key_arn,
            tags=plan.tags,
            opts=self._child,
        )
        policy = aws.iam.RolePolicy(
            name,
            role=role.name,
            policy=pulumi.Output.json_dumps(
                {"Version": "2012-10-17", "Statement": [*statements, write_logs(logs.arn)]}
            ),
            opts=self._child,
        )
        return aws.lambda_.Function(
            name,
            name=physical_name,
            description=f"homeport: {name} of {plan.stack}",
            role=role.arn,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            handler=f"dataplane.wake.aws.{name}.handler",
            code=self._archive,
            timeout=timeout,
            memory_size=memory_mib,
            reserved_concurrent_executions=reserved_concurrency,
            environment=aws.lambda_.FunctionEnvironmentArgs(variables=variables),
            kms_key_arn=self._args.key_arn,
            logging_config=aws.lambda_.FunctionLoggingConfigArgs(
                log_format="Text", log_group=logs.name
            ),
            tags=plan.tags,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )

    def _let_balancer_call(self, gate: aws.lambda_.Function, side: Side) -> pulumi.Output[str]:
        """A target group with the function in it; only this one's balancers may call."""
        target = aws.lb.TargetGroup(
            f"gate-{SIDE_SUFFIX[side]}",
            target_type="lambda",
            lambda_multi_value_headers_enabled=True,
            tags=self._args.plan.tags,
            opts=self._child,
        )
        permission = aws.lambda_.Permission(
            f"gate-{side}",
            action="lambda:InvokeFunction",
            function=gate.name,
            principal="elasticloadbalancing.amazonaws.com",
            source_arn=target.arn,
            source_account=self._args.plan.account,
            opts=self._child,
        )
        attachment = aws.lb.TargetGroupAttachment(
            f"gate-{side}",
            target_group_arn=target.arn,
            target_id=gate.arn,
            # A function that may not be called is refused as a target.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )
        # Not the group's own ARN: a rule that points here waits until somebody is there to answer.
        return attachment.target_group_arn

    def _call_by_rule(
        self,
        name: str,
        function: aws.lambda_.Function,
        *,
        event_pattern: pulumi.Input[str] | None = None,
        schedule_expression: str | None = None,
    ) -> None:
        plan = self._args.plan
        rule = aws.cloudwatch.EventRule(
            name,
            description=f"homeport: runs the reconciler of {plan.stack}",
            event_pattern=event_pattern,
            schedule_expression=schedule_expression,
            tags=plan.tags,
            opts=self._child,
        )
        permission = aws.lambda_.Permission(
            name,
            action="lambda:InvokeFunction",
            function=function.name,
            principal="events.amazonaws.com",
            source_arn=rule.arn,
            opts=self._child,
        )
        aws.cloudwatch.EventTarget(
            name,
            rule=rule.name,
            arn=function.arn,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[permission]),
        )


_STREAM_FILTER = {"dynamodb": {"Keys": {"sk": {"S": list(STREAM_SORT_KEYS)}}}}


def _group_events(stack: str) -> dict[str, object]:
    return {
        "source": ["aws.autoscaling"],
        "detail-type": list(GROUP_EVENTS),
        "detail": {"AutoScalingGroupName": [{"prefix": f"homeport-{stack}."}]},
    }
