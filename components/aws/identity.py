"""What a replica of one endpoint may do in the account: its own things, named one by one."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.aws.arns import Arns, arns_of
from components.aws.artefacts import ARCHIVE_PREFIX, BOOT_PREFIX, Artefacts
from components.aws.logical_names import short_name
from components.aws.statements import allow, decrypt, trust, unscoped, when, write_logs
from components.aws.table import ITEM_KINDS_WRITTEN_BY_REPLICAS, Table
from homeport.planner.plan import EndpointPlan, StackPlan


@dataclass(frozen=True, kw_only=True)
class IdentityArgs:
    """Arguments of `Identity`."""

    plan: StackPlan
    endpoint: EndpointPlan
    table: Table
    artefacts: Artefacts
    key_arn: pulumi.Input[str]
    log_group_arn: pulumi.Input[str]


class Identity(pulumi.ComponentResource):
    """Role and instance profile of one endpoint's machines."""

    instance_profile_arn: pulumi.Output[str]
    policy: aws.iam.RolePolicy
    """Machines that start before it is attached would find every door closed."""

    def __init__(
        self, name: str, args: IdentityArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("homeport:aws:Identity", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        endpoint, short = args.endpoint, short_name(args.endpoint.name)
        role = aws.iam.Role(
            short,
            name=endpoint.names.role,
            path=args.plan.names.role_path,
            description=f"Replicas of {endpoint.name}",
            assume_role_policy=pulumi.Output.json_dumps(trust("ec2")),
            tags=endpoint.tags,
            opts=child,
        )
        self.policy = aws.iam.RolePolicy(
            short,
            role=role.name,
            policy=pulumi.Output.json_dumps(
                {"Version": "2012-10-17", "Statement": _statements(args)}
            ),
            opts=child,
        )
        profile = aws.iam.InstanceProfile(
            short,
            path=args.plan.names.role_path,
            role=role.name,
            tags=endpoint.tags,
            opts=child,
        )
        self.instance_profile_arn = profile.arn
        self.register_outputs({"instance_profile_arn": profile.arn})


def _statements(args: IdentityArgs) -> list[dict[str, object]]:
    arns = arns_of(args.plan)
    return [
        *_items(args),
        allow("Artefacts", ["s3:GetObject"], _artefact_arns(args, arns)),
        write_logs(args.log_group_arn),
        unscoped("Metrics", "cloudwatch:PutMetricData")
        | when("StringEquals", "cloudwatch:namespace", args.endpoint.names.metric_namespace),
        allow(
            "Lifecycle",
            [
                "autoscaling:CompleteLifecycleAction",
                "autoscaling:RecordLifecycleActionHeartbeat",
                "autoscaling:SetInstanceHealth",
            ],
            [arns.group(args.endpoint.names.group)],
        ),
        *_secrets(args.endpoint, arns),
        decrypt(args.plan, args.key_arn, _SERVICES_THAT_DECRYPT),
        *_own_registry(args, arns),
    ]


def _items(args: IdentityArgs) -> list[dict[str, object]]:
    """Only this endpoint's items: configuration to read, reports and token verdicts to write."""
    prefix = args.endpoint.names.table_prefix
    written = [f"{prefix}{kind}" for kind in ITEM_KINDS_WRITTEN_BY_REPLICAS]
    table = [args.table.arn]
    return [
        allow("ReadItems", ["dynamodb:GetItem"], table)
        | when("ForAllValues:StringEquals", "dynamodb:LeadingKeys", [f"{prefix}config", *written]),
        allow("WriteItems", ["dynamodb:PutItem", "dynamodb:UpdateItem"], table)
        | when("ForAllValues:StringEquals", "dynamodb:LeadingKeys", written),
    ]


def _artefact_arns(args: IdentityArgs, arns: Arns) -> list[pulumi.Output[str]]:
    """By key prefix, not by today's hash: a rollback starts machines from an earlier object."""
    return [
        pulumi.Output.concat(f"arn:{arns.partition}:s3:::", args.artefacts.bucket, "/", key)
        for key in (f"{ARCHIVE_PREFIX}*", f"{BOOT_PREFIX}{args.endpoint.name}/*")
    ]


def _secrets(endpoint: EndpointPlan, arns: Arns) -> list[dict[str, object]]:
    names = set(endpoint.engine.secrets.values())
    if endpoint.model.token_secret is not None:
        names.add(endpoint.model.token_secret)
    if not names:
        return []
    resources = [arns.secret(name) for name in sorted(names)]
    return [allow("Secrets", ["secretsmanager:GetSecretValue"], resources)]


_SERVICES_THAT_DECRYPT = ("dynamodb", "s3", "secretsmanager")


def _own_registry(args: IdentityArgs, arns: Arns) -> list[dict[str, object]]:
    """Images from the account's own registry; a public one asks for no permission."""
    host, _, rest = args.endpoint.engine.image.reference.partition("/")
    if host != f"{args.plan.account}.dkr.ecr.{args.plan.region}.amazonaws.com":
        return []
    repository = rest.partition("@")[0].partition(":")[0]
    return [
        unscoped("RegistryToken", "ecr:GetAuthorizationToken"),
        allow(
            "Image",
            ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            [arns.of("ecr", f"repository/{repository}")],
        ),
    ]
