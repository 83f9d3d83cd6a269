"""Load balancers, groups, certificate, records and firewall together, as the components combine them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.providers.aws.check import check_inputs
from sandbox.providers.aws.model import model_of
from sandbox.providers.aws.registry import resource_type
from tests.engine.sandbox_project import Project

pytestmark = pytest.mark.timeout(240)

DOMAIN = "traffic.example.com"
PROGRAM = """
vpc = aws.ec2.Vpc("net", cidr_block="10.20.0.0/16")
subnets = [
    aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.20.{{index}}.0/24", availability_zone=f"us-east-1{{zone}}").id
    for index, zone in enumerate("ab")
]
group = aws.ec2.SecurityGroup("public", vpc_id=vpc.id)
front_group = aws.ec2.SecurityGroup("front", vpc_id=vpc.id)

certificate = aws.acm.Certificate("hosts", domain_name="*.{domain}", validation_method="DNS", tags={{"team": "search"}})
proof = certificate.domain_validation_options[0]
record = aws.route53.Record(
    "certificate", zone_id="{zone}", name=proof.resource_record_name, type=proof.resource_record_type,
    records=[proof.resource_record_value], ttl=300)
issued = aws.acm.CertificateValidation(
    "hosts", certificate_arn=certificate.arn, validation_record_fqdns=[record.fqdn]).certificate_arn

balancer = aws.lb.LoadBalancer(
    "public", load_balancer_type="application", internal=False, ip_address_type="ipv4", subnets=subnets,
    security_groups=[group.id], idle_timeout={idle}, drop_invalid_header_fields=True, preserve_host_header=True,
    desync_mitigation_mode="defensive", enable_tls_version_and_cipher_suite_headers=True,
    enable_deletion_protection=False,
    access_logs=aws.lb.LoadBalancerAccessLogsArgs(bucket="{bucket}", prefix="public", enabled=True))
listener = aws.lb.Listener(
    "https", load_balancer_arn=balancer.arn, port=443, protocol="HTTPS", certificate_arn=issued,
    ssl_policy="ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", routing_http_response_server_enabled=False,
    routing_http_response_strict_transport_security_header_value="max-age=31536000",
    default_actions=[aws.lb.ListenerDefaultActionArgs(
        type="fixed-response", fixed_response=aws.lb.ListenerDefaultActionFixedResponseArgs(
            content_type="application/json", message_body="{{}}", status_code="404"))])
replicas = aws.lb.TargetGroup(
    "replicas", target_type="instance", protocol="HTTPS", protocol_version="HTTP1", port=8443, vpc_id=vpc.id,
    deregistration_delay={delay}, load_balancing_algorithm_type="least_outstanding_requests",
    health_check=aws.lb.TargetGroupHealthCheckArgs(
        protocol="HTTPS", path="/ready", matcher="200", interval=5, timeout=4, healthy_threshold=2,
        unhealthy_threshold=3), tags={{"team": "{team}"}})
rules = [
    aws.lb.ListenerRule(
        name, listener_arn=listener.arn, tags={{"team": "{team}"}},
        conditions=[aws.lb.ListenerRuleConditionArgs(
            host_header=aws.lb.ListenerRuleConditionHostHeaderArgs(values=[f"{{name}}.{domain}"]))],
        actions=[aws.lb.ListenerRuleActionArgs(type="forward", target_group_arn=replicas.arn)],
        opts=pulumi.ResourceOptions(ignore_changes=["actions"]))
    for name in {rules}
]
aws.route53.Record(
    "host", zone_id="{zone}", name="llama.{domain}", type="A",
    aliases=[aws.route53.RecordAliasArgs(
        name=balancer.dns_name, zone_id=balancer.zone_id, evaluate_target_health=False)])
aws.route53.Record("text", zone_id="{zone}", name="_proof", type="TXT", records=["vpce:abc"], ttl=300)

def visibility(name):
    return dict(cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False)

acl = aws.wafv2.WebAcl(
    "firewall", scope="REGIONAL", description="Internet-facing side",
    default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
    rules=[
        aws.wafv2.WebAclRuleArgs(
            name="rate", priority=0, visibility_config=visibility("rate"),
            action=aws.wafv2.WebAclRuleActionArgs({action}={{}}),
            statement=aws.wafv2.WebAclRuleStatementArgs(
                rate_based_statement=aws.wafv2.WebAclRuleStatementRateBasedStatementArgs(
                    aggregate_key_type="IP", limit=2000, evaluation_window_sec=300))),
        aws.wafv2.WebAclRuleArgs(
            name="reputation", priority=1, visibility_config=visibility("reputation"),
            override_action=aws.wafv2.WebAclRuleOverrideActionArgs(none={{}}),
            statement=aws.wafv2.WebAclRuleStatementArgs(
                managed_rule_group_statement=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                    vendor_name="AWS", name="AWSManagedRulesAmazonIpReputationList"))),
    ],
    visibility_config=visibility("public"))
aws.wafv2.WebAclAssociation("firewall-public", resource_arn=balancer.arn, web_acl_arn=acl.arn)

front = aws.lb.LoadBalancer(
    "front", load_balancer_type="network", internal=True, ip_address_type="ipv4", subnets=subnets,
    security_groups=[front_group.id], enable_cross_zone_load_balancing=True,
    enforce_security_group_inbound_rules_on_private_link_traffic="off")
behind = aws.lb.TargetGroup(
    "behind", target_type="alb", protocol="TCP", port=443, vpc_id=vpc.id,
    health_check=aws.lb.TargetGroupHealthCheckArgs(
        protocol="HTTPS", path="/health", matcher="200", interval=10, timeout=6, healthy_threshold=2,
        unhealthy_threshold=2))
aws.lb.Listener(
    "front", load_balancer_arn=front.arn, port=443, protocol="TCP", tcp_idle_timeout_seconds=6000,
    default_actions=[aws.lb.ListenerDefaultActionArgs(type="forward", target_group_arn=behind.arn)])
aws.lb.TargetGroupAttachment(
    "behind", target_group_arn=behind.arn, target_id=balancer.arn, port=443,
    opts=pulumi.ResourceOptions(depends_on=[listener]))

def machines(name, size, **started_from):
    return aws.autoscaling.Group(
        name, name=name, vpc_zone_identifiers=subnets, min_size=size, max_size=3, desired_capacity=size,
        default_instance_warmup={warmup}, health_check_type="ELB", health_check_grace_period=120,
        initial_lifecycle_hooks=[aws.autoscaling.GroupInitialLifecycleHookArgs(
            name="launch", lifecycle_transition="autoscaling:EC2_INSTANCE_LAUNCHING", heartbeat_timeout={heartbeat},
            default_result="ABANDON")],
        instance_refresh=aws.autoscaling.GroupInstanceRefreshArgs(
            strategy="Rolling", preferences=aws.autoscaling.GroupInstanceRefreshPreferencesArgs(
                min_healthy_percentage=100, max_healthy_percentage=200, skip_matching=True, auto_rollback=True,
                scale_in_protected_instances="Refresh")),
        instance_maintenance_policy=aws.autoscaling.GroupInstanceMaintenancePolicyArgs(
            min_healthy_percentage=100, max_healthy_percentage=200),
        availability_zone_distribution=aws.autoscaling.GroupAvailabilityZoneDistributionArgs(
            capacity_distribution_strategy="balanced-best-effort"),
        termination_policies=["OldestLaunchTemplate", "Default"], wait_for_capacity_timeout="0",
        enabled_metrics=["GroupDesiredCapacity", "GroupInServiceInstances"], ignore_failed_scaling_activities=True,
        tags=[aws.autoscaling.GroupTagArgs(key="team", value="{team}", propagate_at_launch=True)],
        opts=pulumi.ResourceOptions(
            ignore_changes=["minSize", "desiredCapacity", "targetGroupArns"],
            custom_timeouts=pulumi.CustomTimeouts(delete="30s")),
        **started_from)

on_demand = machines(
    "on-demand", 1, launch_template=aws.autoscaling.GroupLaunchTemplateArgs(id="{template}", version="{version}"))
specification = dict(launch_template_id="{template}", version="{version}")
spot = machines("spot", 0, capacity_rebalance=True, mixed_instances_policy=dict(
    launch_template=dict(launch_template_specification=specification),
    instances_distribution=dict(
        on_demand_base_capacity=0, on_demand_percentage_above_base_capacity=0,
        spot_allocation_strategy="price-capacity-optimized")))
for machine_group in (on_demand, spot):
    aws.autoscaling.Attachment(
        "in-" + machine_group._name, autoscaling_group_name=machine_group.name, lb_target_group_arn=replicas.arn,
        opts=pulumi.ResourceOptions(depends_on=rules))
aws.autoscaling.Policy(
    "up", autoscaling_group_name=on_demand.name, policy_type="StepScaling", adjustment_type="ChangeInCapacity",
    metric_aggregation_type="Average", estimated_instance_warmup=300,
    step_adjustments=[
        aws.autoscaling.PolicyStepAdjustmentArgs(
            metric_interval_lower_bound="0", metric_interval_upper_bound="20", scaling_adjustment=1),
        aws.autoscaling.PolicyStepAdjustmentArgs(metric_interval_lower_bound="20", scaling_adjustment={adjustment})])
aws.autoscaling.Policy(
    "down", autoscaling_group_name=on_demand.name, policy_type="SimpleScaling",
    adjustment_type="ChangeInCapacity", scaling_adjustment=-1, cooldown=120)
for name, resource in dict(
    balancer=balancer, listener=listener, replicas=replicas, acl=acl, front=front, certificate=certificate).items():
    pulumi.export(name, resource.arn)
pulumi.export("acl_id", acl.id)
pulumi.export("acl_name", acl.name)
pulumi.export("rules", [rule.priority for rule in rules])
pulumi.export("up", on_demand.name)
"""
FIRST: dict[str, Any] = {
    "domain": DOMAIN,
    "zone": "ZTRAFFIC",
    "bucket": "traffic-access-logs",
    "idle": 4000,
    "delay": 3600,
    "team": "search",
    "rules": ["llama", "qwen"],
    "action": "block",
    "warmup": 300,
    "heartbeat": 600,
    "adjustment": 2,
    "version": "1",
}


@pytest.fixture
def surroundings(project: Project) -> Iterator[dict[str, Any]]:
    """What other types make: the zone, the bucket for access logs, a launch template with two versions."""
    project.sandbox.create_hosted_zone(DOMAIN, "ZTRAFFIC")
    s3, ec2 = project.sandbox.boto3_client("s3"), project.sandbox.boto3_client("ec2")
    s3.create_bucket(Bucket="traffic-access-logs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::traffic-access-logs/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    s3.put_bucket_policy(Bucket="traffic-access-logs", Policy=json.dumps(policy))
    data = {"ImageId": "ami-0123456789abcdef0", "InstanceType": "g6.xlarge"}
    template = ec2.create_launch_template(LaunchTemplateName="machines", LaunchTemplateData=data)
    identifier = template["LaunchTemplate"]["LaunchTemplateId"]
    ec2.create_launch_template_version(
        LaunchTemplateId=identifier, LaunchTemplateData={**data, "InstanceType": "g6.2xlarge"}
    )
    yield {**FIRST, "template": identifier}
    s3.delete_bucket(Bucket="traffic-access-logs")
    ec2.delete_launch_template(LaunchTemplateId=identifier)


def test_traffic_lives_and_leaves_nothing(project: Project, surroundings: dict[str, Any]) -> None:
    elbv2, asg = (project.sandbox.boto3_client(name) for name in ("elbv2", "autoscaling"))
    before = inventory(project)
    project.write(PROGRAM.format(**surroundings))
    project.up()
    project.up_changes_nothing()
    project.refresh()
    assert project.planned() == {}
    outputs = project.outputs()
    assert sorted(outputs["rules"]) == [1, 2]
    hooks = asg.describe_lifecycle_hooks(AutoScalingGroupName="on-demand")["LifecycleHooks"]
    assert [(hook["LifecycleHookName"], hook["HeartbeatTimeout"]) for hook in hooks] == [
        ("launch", 600)
    ]
    health = elbv2.describe_target_health(TargetGroupArn=outputs["replicas"])
    assert len(health["TargetHealthDescriptions"]) == 1

    # Edits: in place, and only what they name; a new version of the template starts a refresh.
    edited = {
        **surroundings,
        "idle": 900,
        "delay": 600,
        "team": "ranking",
        "action": "count",
        "warmup": 120,
        "adjustment": 3,
        "version": "2",
        "rules": ["qwen"],
    }
    project.write(PROGRAM.format(**edited))
    assert project.planned() == {
        **dict.fromkeys(("public", "replicas", "qwen", "firewall"), "update"),
        **dict.fromkeys(("on-demand", "spot", "up"), "update"),
        "llama": "delete",
    }
    project.up()
    project.up_changes_nothing()
    changed = project.outputs()
    assert {**changed, "rules": []} == {**outputs, "rules": []}
    assert changed["rules"] == [max(outputs["rules"])] or changed["rules"] == [
        min(outputs["rules"])
    ]
    refreshes = asg.describe_instance_refreshes(AutoScalingGroupName="on-demand")
    assert [item["Preferences"]["AutoRollback"] for item in refreshes["InstanceRefreshes"]] == [
        True
    ]
    live = asg.describe_auto_scaling_groups(AutoScalingGroupNames=["on-demand"])
    assert live["AutoScalingGroups"][0]["Instances"][0]["LaunchTemplate"]["Version"] == "2"

    # Hooks come with the group only: another heartbeat is another group.
    project.write(PROGRAM.format(**{**edited, "heartbeat": 60}))
    assert project.planned()["on-demand"] == "replace"
    project.write(PROGRAM.format(**edited))

    edit_outside(project, outputs)
    project.refresh()
    assert project.planned() == {
        **dict.fromkeys(("public", "https", "firewall", "replicas", "front"), "update"),
        **dict.fromkeys(("on-demand", "spot"), "update"),
        **dict.fromkeys(("up", "down", "host", "text", "behind"), "update"),
    }
    project.up()
    project.up_changes_nothing()
    assert attributes(elbv2, outputs["balancer"])["idle_timeout.timeout_seconds"] == "900"

    project.destroy()
    assert inventory(project) == before


def inventory(project: Project) -> list[Any]:
    """Everything in the account that a traffic type makes."""
    elbv2, asg = (project.sandbox.boto3_client(name) for name in ("elbv2", "autoscaling"))
    zone = project.sandbox.boto3_client("route53").list_resource_record_sets(
        HostedZoneId="ZTRAFFIC"
    )
    return [
        elbv2.describe_load_balancers()["LoadBalancers"],
        elbv2.describe_target_groups()["TargetGroups"],
        asg.describe_auto_scaling_groups()["AutoScalingGroups"],
        asg.describe_policies()["ScalingPolicies"],
        project.sandbox.boto3_client("acm").list_certificates()["CertificateSummaryList"],
        project.sandbox.boto3_client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"],
        [(record["Name"], record["Type"]) for record in zone["ResourceRecordSets"]],
    ]


def urn(project: Project, name: str) -> str:
    return project.state()[name]["urn"]


def attributes(elbv2: Any, arn: str) -> dict[str, str]:
    answer = elbv2.describe_load_balancer_attributes(LoadBalancerArn=arn)
    return {item["Key"]: item["Value"] for item in answer["Attributes"]}


def edit_outside(project: Project, outputs: dict[str, Any]) -> None:
    """Someone changes a property of nearly everything in the console."""
    elbv2, asg, waf, route53 = (
        project.sandbox.boto3_client(name) for name in ("elbv2", "autoscaling", "wafv2", "route53")
    )
    idle = [{"Key": "idle_timeout.timeout_seconds", "Value": "61"}]
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=outputs["balancer"], Attributes=idle)
    server = [{"Key": "routing.http.response.server.enabled", "Value": "true"}]
    elbv2.modify_listener_attributes(ListenerArn=outputs["listener"], Attributes=server)
    delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "5"}]
    elbv2.modify_target_group_attributes(TargetGroupArn=outputs["replicas"], Attributes=delay)
    elbv2.modify_target_group(TargetGroupArn=outputs["replicas"], HealthCheckPath="/other")
    for group in elbv2.describe_target_groups()["TargetGroups"]:
        if group["TargetType"] == "alb":
            elbv2.modify_target_group(
                TargetGroupArn=group["TargetGroupArn"], Matcher={"HttpCode": "200-399"}
            )
    front = elbv2.describe_load_balancers(LoadBalancerArns=[outputs["front"]])["LoadBalancers"][0]
    elbv2.set_security_groups(
        LoadBalancerArn=outputs["front"],
        SecurityGroups=front["SecurityGroups"],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="on",
    )
    asg.update_auto_scaling_group(
        AutoScalingGroupName="on-demand",
        DefaultInstanceWarmup=7,
        InstanceMaintenancePolicy={"MinHealthyPercentage": 90, "MaxHealthyPercentage": 120},
    )
    asg.update_auto_scaling_group(AutoScalingGroupName="spot", TerminationPolicies=["Default"])
    for policy in asg.describe_policies()["ScalingPolicies"]:
        steps = [{"MetricIntervalLowerBound": 0.0, "ScalingAdjustment": 9}]
        of_kind = {"StepAdjustments": steps} if policy["StepAdjustments"] else {}
        asg.put_scaling_policy(
            AutoScalingGroupName="on-demand",
            PolicyName=policy["PolicyName"],
            PolicyType=policy["PolicyType"],
            AdjustmentType="ChangeInCapacity",
            **(of_kind or {"ScalingAdjustment": -2}),
        )
    key = {"Id": outputs["acl_id"], "Name": outputs["acl_name"], "Scope": "REGIONAL"}
    acl = waf.get_web_acl(**key)
    waf.update_web_acl(
        **key,
        LockToken=acl["LockToken"],
        DefaultAction={"Block": {}},
        VisibilityConfig=acl["WebACL"]["VisibilityConfig"],
        Description=acl["WebACL"]["Description"],
        Rules=acl["WebACL"]["Rules"],
    )
    for record in route53.list_resource_record_sets(HostedZoneId="ZTRAFFIC")["ResourceRecordSets"]:
        if record["Type"] == "TXT":
            record["TTL"] = 5
        elif record["Type"] == "A":
            record["AliasTarget"]["EvaluateTargetHealth"] = True
        else:
            continue
        change = {"Action": "UPSERT", "ResourceRecordSet": record}
        route53.change_resource_record_sets(
            HostedZoneId="ZTRAFFIC", ChangeBatch={"Changes": [change]}
        )


REFUSED_PROGRAM = """
vpc = aws.ec2.Vpc("net", cidr_block="10.20.0.0/16")
subnet, other = [
    aws.ec2.Subnet(zone, vpc_id=vpc.id, cidr_block=f"10.20.{index}.0/24", availability_zone=f"us-east-1{zone}").id
    for index, zone in enumerate("ab")
]
first = aws.lb.LoadBalancer(
    "first", name="same", load_balancer_type="network", subnets=[subnet], enable_deletion_protection=True)
aws.lb.LoadBalancer(
    "second", name="same", load_balancer_type="network", subnets=[subnet],
    opts=pulumi.ResourceOptions(depends_on=[first]))
aws.lb.LoadBalancer("one-zone", subnets=[subnet])
bucket = aws.s3.Bucket("closed")
aws.lb.LoadBalancer(
    "logs", subnets=[subnet, other],
    access_logs=aws.lb.LoadBalancerAccessLogsArgs(bucket=bucket.bucket, enabled=True))
certificate = aws.acm.Certificate("hosts", domain_name="no.example.org", validation_method="DNS")
aws.acm.CertificateValidation(
    "hosts", certificate_arn=certificate.arn,
    opts=pulumi.ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="1s")))
balancer = aws.lb.LoadBalancer("https", subnets=[subnet, other])
aws.lb.Listener(
    "https", load_balancer_arn=balancer.arn, port=443, protocol="HTTPS", certificate_arn=certificate.arn,
    default_actions=[dict(type="redirect", redirect=dict(status_code="HTTP_301", host="example.com"))])
aws.route53.Record("taken", zone_id="ZREFUSED", name="taken", type="A", ttl=60, records=["192.0.2.1"])
"""


def test_what_the_cloud_refuses_stops_the_deployment(project: Project) -> None:
    route53, elbv2 = (project.sandbox.boto3_client(name) for name in ("route53", "elbv2"))
    project.sandbox.create_hosted_zone("refused.example.org", "ZREFUSED")
    record = {"Name": "taken.refused.example.org", "Type": "A", "TTL": 60}
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {**record, "ResourceRecords": [{"Value": "192.0.2.9"}]},
        }
    ]
    route53.change_resource_record_sets(HostedZoneId="ZREFUSED", ChangeBatch={"Changes": changes})
    project.write(REFUSED_PROGRAM)
    run = project.up("--continue-on-error", check=False)
    assert run.code != 0
    for reason in (
        "ELBv2 Load Balancer (same) already exists",
        "At least two subnets in two different Availability Zones",
        "Access Denied for bucket",
        "timeout while waiting for ACM Certificate",
        "UnsupportedCertificate",
        "name='taken.refused.example.org.', type='A'] but it already exists",
    ):
        assert reason in run.output
    stopped = project.pulumi("destroy", "--yes", "--skip-preview", "--non-interactive", check=False)
    assert "cannot be deleted because deletion protection is enabled" in stopped.output
    for found in elbv2.describe_load_balancers()["LoadBalancers"]:
        elbv2.modify_load_balancer_attributes(
            LoadBalancerArn=found["LoadBalancerArn"],
            Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
        )
    project.destroy()
    left = [found["LoadBalancerName"] for found in elbv2.describe_load_balancers()["LoadBalancers"]]
    assert "same" not in left


@pytest.mark.parametrize(
    ("token", "wrong", "reason"),
    [
        (
            "aws:lb/loadBalancer:LoadBalancer",
            {"loadBalancerType": "network", "subnets": ["subnet-1"], "idleTimeout": 100},
            "has no effect on a load balancer of type network",
        ),
        (
            "aws:lb/targetGroup:TargetGroup",
            {"targetType": "alb", "protocol": "HTTPS", "port": 1, "vpcId": "vpc-1"},
            "must use TCP",
        ),
        (
            "aws:lb/listener:Listener",
            {"loadBalancerArn": "arn", "port": 1, "protocol": "HTTPS", "defaultActions": []},
            "is required when the protocol is HTTPS",
        ),
        (
            "aws:autoscaling/policy:Policy",
            {"name": "a", "autoscalingGroupName": "a", "policyType": "StepScaling", "cooldown": 1},
            "is only for policies of type SimpleScaling",
        ),
        (
            "aws:autoscaling/group:Group",
            {"minSize": 0, "maxSize": 1, "vpcZoneIdentifiers": ["subnet-1"]},
            "exactly one of launchTemplate, mixedInstancesPolicy",
        ),
        (
            "aws:route53/record:Record",
            {"zoneId": "Z", "name": "a", "type": "A", "records": ["192.0.2.1"]},
            "is required with records",
        ),
    ],
)
def test_rules_across_properties(token: str, wrong: dict[str, Any], reason: str) -> None:
    _, failures = check_inputs(model_of(resource_type(token)), wrong)
    assert reason in " ".join(failure for _, failure in failures)
