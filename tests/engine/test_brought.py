"""A stack in a network, with a certificate and a key that exist already: it makes none of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.session import Sandbox
from tests.engine.edits import SETTINGS, SPECS
from tests.engine.stack_project import StackProject

pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def own_sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def _network(sandbox: Sandbox) -> dict[str, Any]:
    """What a user has: two private and two public subnets in two zones."""
    ec2 = sandbox.boto3_client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.99.{number}.0/24", AvailabilityZone=f"us-east-1{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("abab")
    ]
    return {"vpc": vpc, "private": subnets[:2], "public": subnets[2:]}


def _issued_certificate(sandbox: Sandbox) -> str:
    """A wildcard certificate whose validation record the user has published."""
    sandbox.create_hosted_zone("endpoints.example.com", "ZBROUGHT000000000001")
    acm = sandbox.boto3_client("acm")
    arn = acm.request_certificate(DomainName="*.endpoints.example.com", ValidationMethod="DNS")[
        "CertificateArn"
    ]
    described = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    proof = described["DomainValidationOptions"][0]["ResourceRecord"]
    record = {
        "Name": proof["Name"],
        "Type": proof["Type"],
        "TTL": 60,
        "ResourceRecords": [{"Value": proof["Value"]}],
    }
    sandbox.boto3_client("route53").change_resource_record_sets(
        HostedZoneId="ZBROUGHT000000000001",
        ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]},
    )
    acm.describe_certificate(CertificateArn=arn)
    return arn


def test_what_is_brought_is_used_and_left_alone(own_sandbox: Sandbox, tmp_path: Path) -> None:
    network = _network(own_sandbox)
    certificate = _issued_certificate(own_sandbox)
    key = own_sandbox.boto3_client("kms").create_key()["KeyMetadata"]["Arn"]
    settings = SETTINGS.replace(
        "{create: 10.20.0.0/16, zones: [us-east-1a, us-east-1b], nat: one}",
        f"{{vpc: {network['vpc']}, subnets: {{private: [{', '.join(network['private'])}], "
        f"public: [{', '.join(network['public'])}]}}}}",
    ).replace(
        "homeport:zone: ZSANDBOX000000000001",
        f"homeport:certificate: {certificate}\n  homeport:encryptionKey: {key}",
    )
    project = StackProject(own_sandbox, tmp_path)
    project.settings_file.write_text(settings)
    project.spec_file("chat").write_text(SPECS["chat"])
    project.lock()
    project.init()
    project.up()
    project.up("--expect-no-changes")
    types = {resource["type"] for resource in project.state().values()}
    made = {
        "aws:ec2/vpc:Vpc",
        "aws:ec2/subnet:Subnet",
        "aws:acm/certificate:Certificate",
        "aws:kms/key:Key",
    }
    assert not types & made
    project.destroy()
    assert len(own_sandbox.boto3_client("ec2").describe_subnets(
        SubnetIds=[*network["private"], *network["public"]]
    )["Subnets"]) == 4  # fmt: skip
    listed = own_sandbox.boto3_client("acm").list_certificates()["CertificateSummaryList"]
    assert [one["CertificateArn"] for one in listed] == [certificate]
