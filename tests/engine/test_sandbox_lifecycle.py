"""The first six types through the real engine: up, no change, edit, replacement, edit outside, destroy."""

import signal

from tests.engine.sandbox_project import Project

PROGRAM = """
vpc = aws.ec2.Vpc("net", cidr_block="{cidr}", enable_dns_hostnames=True, tags={{"team": "{team}"}})
subnet = aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block="{subnet}", availability_zone="us-east-1a")
group = aws.ec2.SecurityGroup("machines", vpc_id=vpc.id, description="Machines")
balancer = aws.ec2.SecurityGroup("balancer", vpc_id=vpc.id)
aws.vpc.SecurityGroupIngressRule(
    "from-balancer", security_group_id=group.id, ip_protocol="tcp", from_port={port}, to_port={port},
    referenced_security_group_id=balancer.id, description="TLS")
aws.vpc.SecurityGroupEgressRule("out", security_group_id=group.id, ip_protocol="-1", cidr_ipv4="0.0.0.0/0")
bucket = aws.s3.Bucket("artefacts", force_destroy=True)
logs = aws.cloudwatch.LogGroup("engine", name="{log_group}", retention_in_days={days})
pulumi.export("vpc", vpc.id)
pulumi.export("group", group.id)
pulumi.export("bucket", bucket.bucket)
pulumi.export("subnet", subnet.id)
"""
FIRST = {
    "cidr": "10.20.0.0/16",
    "subnet": "10.20.0.0/20",
    "team": "search",
    "port": 443,
    "days": 30,
    "log_group": "/homeport/test/engine",
}


def test_a_stack_lives_and_leaves_nothing(project: Project) -> None:
    ec2 = project.sandbox.boto3_client("ec2")
    logs = project.sandbox.boto3_client("logs")
    project.write(PROGRAM.format(**FIRST))
    project.up()
    project.up_changes_nothing()
    outputs = project.outputs()
    assert ec2.describe_vpcs(VpcIds=[outputs["vpc"]])["Vpcs"][0]["CidrBlock"] == "10.20.0.0/16"
    assert outputs["bucket"].startswith("artefacts-")

    # An edit touches what it names, in place.
    edited = {**FIRST, "team": "ranking", "days": 60, "port": 8443}
    project.write(PROGRAM.format(**edited))
    assert project.planned() == {"net": "update", "engine": "update", "from-balancer": "update"}
    project.up()
    project.up_changes_nothing()
    assert project.outputs() == outputs
    groups = logs.describe_log_groups(logGroupNamePrefix="/homeport/test/engine")["logGroups"]
    assert groups[0]["retentionInDays"] == 60

    # A property that cannot be changed replaces; so does what depends on the replaced id.
    project.write(PROGRAM.format(**{**edited, "cidr": "10.30.0.0/16", "subnet": "10.30.0.0/20"}))
    assert project.planned() == {
        "net": "replace",
        "a": "replace",
        "machines": "replace",
        "balancer": "replace",
        "from-balancer": "replace",
        "out": "replace",
    }
    project.up()
    project.up_changes_nothing()
    assert project.outputs()["vpc"] != outputs["vpc"]
    assert project.outputs()["bucket"] == outputs["bucket"]

    # What someone changes behind Pulumi's back is found by refresh, and mended by the next up.
    vpc = project.outputs()["vpc"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsSupport={"Value": False})
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "stray", "Value": "yes"}])
    logs.delete_retention_policy(logGroupName="/homeport/test/engine")
    project.refresh()
    assert project.planned() == {"net": "update", "engine": "update"}
    project.up()
    project.up_changes_nothing()
    assert ec2.describe_vpc_attribute(VpcId=vpc, Attribute="enableDnsSupport")["EnableDnsSupport"][
        "Value"
    ]

    # What someone deleted is made again.
    logs.delete_log_group(logGroupName="/homeport/test/engine")
    project.refresh()
    assert project.planned() == {"engine": "create"}

    project.destroy()
    assert [item["VpcId"] for item in ec2.describe_vpcs()["Vpcs"] if not item["IsDefault"]] == []
    assert project.sandbox.boto3_client("s3").list_buckets()["Buckets"] == []


def test_a_name_that_exists_is_the_clouds_error(project: Project) -> None:
    logs = project.sandbox.boto3_client("logs")
    logs.create_log_group(logGroupName="/taken")
    project.write('aws.cloudwatch.LogGroup("g", name="/taken")')
    refused = project.up(check=False)
    assert refused.code != 0
    assert "ResourceAlreadyExistsException" in refused.output
    assert "g" not in project.state()
    logs.delete_log_group(logGroupName="/taken")


def test_delete_waits_for_dependents_and_then_says_so(project: Project) -> None:
    ec2 = project.sandbox.boto3_client("ec2")
    project.write(
        """
        vpc = aws.ec2.Vpc(
            "net", cidr_block="10.40.0.0/16", opts=pulumi.ResourceOptions(custom_timeouts={"delete": "1s"}))
        pulumi.export("vpc", vpc.id)
        """
    )
    project.up()
    subnet = ec2.create_subnet(VpcId=project.outputs()["vpc"], CidrBlock="10.40.0.0/20")["Subnet"]
    refused = project.pulumi("destroy", "--yes", "--skip-preview", check=False)
    assert refused.code != 0
    assert "DependencyViolation" in refused.output
    ec2.delete_subnet(SubnetId=subnet["SubnetId"])
    project.destroy()


def test_ignored_changes_stay_as_they_are(project: Project) -> None:
    logs = project.sandbox.boto3_client("logs")
    program = """
        logs = aws.cloudwatch.LogGroup("g", name="/ignored", retention_in_days=30, tags={{"a": "{tag}"}},
            opts=pulumi.ResourceOptions(ignore_changes=["retentionInDays"]))
        """
    project.write(program.format(tag="1"))
    project.up()
    logs.put_retention_policy(logGroupName="/ignored", retentionInDays=7)
    project.refresh()
    project.up_changes_nothing()
    project.write(program.format(tag="2"))
    project.up()
    assert (
        logs.describe_log_groups(logGroupNamePrefix="/ignored")["logGroups"][0]["retentionInDays"]
        == 7
    )
    project.destroy()


def test_secrets_stay_marked_in_the_state(project: Project) -> None:
    project.write(
        """
        aws.cloudwatch.LogGroup("g", name="/secret", tags={"note": pulumi.Output.secret("canary-8f31")})
        """
    )
    project.up()
    assert "canary-8f31" not in project.pulumi("stack", "export").output
    project.refresh()
    assert "canary-8f31" not in project.pulumi("stack", "export").output
    project.destroy()


def test_invalid_inputs_are_refused_before_anything_is_made(project: Project) -> None:
    project.write(
        """
        aws.ec2.Vpc("net", cidr_block="10.20.0.0/33", instance_tenancy="sometimes", ipv4_netmask_length=20)
        """
    )
    refused = project.pulumi("preview", check=False)
    assert refused.code != 0
    assert "10.20.0.0/33" in refused.output
    assert 'expected one of ["default", "dedicated"], got "sometimes"' in refused.output
    assert "ipv4NetmaskLength" in refused.output


def test_the_wrong_account_is_refused(project: Project) -> None:
    project.write(
        """
        provider = aws.Provider("aws", region="us-east-1", allowed_account_ids=["999999999999"])
        aws.cloudwatch.LogGroup("g", name="/other", opts=pulumi.ResourceOptions(provider=provider))
        """
    )
    refused = project.up(check=False)
    assert refused.code != 0
    assert "AWS account ID not allowed: 123456789012" in refused.output


def test_default_tags_are_refused_not_ignored(project: Project) -> None:
    project.write(
        """
        provider = aws.Provider("aws", region="us-east-1", default_tags={"tags": {"a": "b"}})
        aws.cloudwatch.LogGroup("g", name="/other", opts=pulumi.ResourceOptions(provider=provider))
        """
    )
    refused = project.up(check=False)
    assert refused.code != 0
    assert "defaultTags" in refused.output


def test_an_interrupt_lets_the_running_operation_finish(project: Project) -> None:
    """SIGINT while a delete waits for a dependent: nothing is lost from the state, and the next run ends the work."""
    ec2 = project.sandbox.boto3_client("ec2")
    project.write(
        """
        vpc = aws.ec2.Vpc("net", cidr_block="10.50.0.0/16")
        aws.cloudwatch.LogGroup("g", name="/interrupted", opts=pulumi.ResourceOptions(depends_on=[vpc]))
        pulumi.export("vpc", vpc.id)
        """
    )
    project.up()
    subnet = ec2.create_subnet(VpcId=project.outputs()["vpc"], CidrBlock="10.50.0.0/20")["Subnet"]
    with project.running("destroy", "--yes", "--skip-preview", "--non-interactive") as process:
        project.wait_for_line(process, "net deleting")
        process.send_signal(signal.SIGINT)
        ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        process.communicate(timeout=60)
    assert not project.pending_operations()
    assert (
        "net" not in project.state()
    )  # the delete that was running has finished, and the state knows it
    project.destroy()
    assert [
        item for item in ec2.describe_vpcs()["Vpcs"] if item["CidrBlock"] == "10.50.0.0/16"
    ] == []
