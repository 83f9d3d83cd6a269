"""One row a way to break a rule: a resource as the engine sees it, and what the rule says of it."""

import base64
import gzip
import json
from dataclasses import dataclass, field
from typing import Any

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
LISTENER = "aws:lb/listener:Listener"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
GROUP = "aws:ec2/securityGroup:SecurityGroup"
BALANCER = "aws:lb/loadBalancer:LoadBalancer"
SERVICE = "aws:ec2/vpcEndpointService:VpcEndpointService"
PRINCIPAL = "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
LOGS = "aws:cloudwatch/logGroup:LogGroup"
KEY = "aws:kms/key:Key"

GOOD_TEMPLATE: dict[str, Any] = {
    "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true"}}],
    "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 1},
    "networkInterfaces": [{"associatePublicIpAddress": "false"}],
}


def _text(script: str) -> str:
    return base64.b64encode(script.encode()).decode()


def _policy(**statement: Any) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
    return {"role": "machine", "policy": json.dumps(document)}


@dataclass(frozen=True, kw_only=True)
class Case:
    rule: str
    type: str
    inputs: dict[str, Any]
    text: str = ""
    """Begins the violation; empty where the rule has nothing to say."""
    title: str = field(default="")

    def __str__(self) -> str:
        return f"{self.rule}: {self.title or self.text or 'passes'}"


def _template(rule: str, text: str, **changes: Any) -> Case:
    return Case(rule=rule, type=TEMPLATE, inputs={**GOOD_TEMPLATE, **changes}, text=text)


RESOURCE_CASES = (
    _template("require-metadata-v2", ""),
    _template("require-metadata-v2", "metadataOptions.httpTokens", metadataOptions={}),
    _template(
        "require-metadata-v2",
        "metadataOptions.httpPutResponseHopLimit",
        metadataOptions={"httpTokens": "required", "httpPutResponseHopLimit": 2},
    ),
    _template("encrypt-disks", ""),
    _template("encrypt-disks", "blockDeviceMappings must name", blockDeviceMappings=[]),
    _template(
        "encrypt-disks",
        "blockDeviceMappings[0].ebs.encrypted",
        blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": {"encrypted": "false"}}],
    ),
    Case(rule="encrypt-disks", type="aws:ec2/volume:Volume", inputs={}, text="encrypted must"),
    _template("forbid-public-addresses", ""),
    _template("forbid-public-addresses", "networkInterfaces must say", networkInterfaces=[]),
    _template(
        "forbid-public-addresses",
        "networkInterfaces[0].associatePublicIpAddress",
        networkInterfaces=[{"associatePublicIpAddress": "true"}],
    ),
    Case(
        rule="forbid-public-addresses",
        type="aws:ec2/subnet:Subnet",
        inputs={"mapPublicIpOnLaunch": True},
        text="mapPublicIpOnLaunch",
    ),
    Case(
        rule="require-tls-policy",
        type=LISTENER,
        inputs={"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"},
    ),
    Case(
        rule="require-tls-policy",
        type=LISTENER,
        inputs={"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"},
        text="sslPolicy is ELBSecurityPolicy-2016-08",
    ),
    Case(
        rule="require-tls-policy",
        type=LISTENER,
        # Looks modern, and takes CBC ciphers (ELB.17).
        inputs={"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
        text="sslPolicy is ELBSecurityPolicy-TLS13-1-2-2021-06",
    ),
    Case(rule="require-tls-policy", type=LISTENER, inputs={"port": 80}, text="protocol HTTP"),
    Case(
        rule="require-tls-policy",
        type=LISTENER,
        inputs={"defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTPS"}}]},
        title="a redirect passes",
    ),
    Case(
        rule="forbid-open-groups",
        type=INGRESS,
        inputs={"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443},
    ),
    Case(
        rule="forbid-open-groups",
        type=INGRESS,
        inputs={"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22},
        text="the rule opens tcp 22 to 22 to 0.0.0.0/0",
    ),
    Case(
        rule="forbid-open-groups",
        type=GROUP,
        inputs={"ingress": [{"ipv6CidrBlocks": ["::/0"], "protocol": "-1"}]},
        text="ingress[0] opens -1",
    ),
    Case(
        rule="forbid-role-wildcards",
        type=ROLE_POLICY,
        inputs=_policy(Action="s3:GetObject", Resource="arn:aws:s3:::bucket/key"),
    ),
    Case(
        rule="forbid-role-wildcards",
        type=ROLE_POLICY,
        inputs=_policy(Action="ecr:GetAuthorizationToken", Resource="*"),
        title="an action that knows no resource passes",
    ),
    Case(
        rule="forbid-role-wildcards",
        type=ROLE_POLICY,
        inputs=_policy(Action=["s3:*"], Resource="arn:aws:s3:::bucket"),
        text="statement 0 allows s3:*",
    ),
    Case(
        rule="forbid-role-wildcards",
        type=ROLE_POLICY,
        inputs=_policy(Action="s3:GetObject", Resource="*"),
        text="statement 0 allows s3:GetObject on every resource",
    ),
    Case(
        rule="forbid-role-wildcards",
        type=ROLE_POLICY,
        inputs=_policy(NotAction="iam:*", Resource="arn:aws:s3:::bucket"),
        text="statement 0 allows all but a list",
    ),
    Case(
        rule="forbid-role-wildcards",
        type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        inputs={"policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
        text="arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore names no resource",
    ),
    _template("forbid-secrets-in-user-data", "", userData=_text("#!/bin/sh\nhf_name=token\n")),
    _template(
        "forbid-secrets-in-user-data",
        "userData holds what looks like a Hugging Face token",
        userData=_text(f"#!/bin/sh\nexport HF_TOKEN={'hf_' + 'a' * 34}\n"),
    ),
    _template(
        "forbid-secrets-in-user-data",
        "userData holds what looks like an AWS access key",
        userData=base64.b64encode(gzip.compress(b"key AKIA" + b"A" * 16)).decode(),
    ),
    _template(
        "forbid-secrets-in-user-data",
        "userData holds what looks like a password or key",
        userData=_text("DB_PASSWORD=correct-horse-battery\n"),
    ),
    Case(
        rule="require-link-consumers",
        type=PRINCIPAL,
        inputs={"principalArn": "arn:aws:iam::111122223333:root"},
    ),
    Case(
        rule="require-link-consumers",
        type=PRINCIPAL,
        inputs={"principalArn": "*"},
        text="* may connect",
    ),
    Case(rule="require-log-retention", type=LOGS, inputs={"retentionInDays": 30}),
    Case(rule="require-log-retention", type=LOGS, inputs={}, text="retentionInDays is left out"),
    Case(
        rule="require-log-retention",
        type=LOGS,
        inputs={"retentionInDays": 1},
        text="retentionInDays is 1",
    ),
    Case(rule="rotate-keys", type=KEY, inputs={"enableKeyRotation": True}),
    Case(rule="rotate-keys", type=KEY, inputs={}, text="enableKeyRotation must be true"),
    Case(
        rule="rotate-keys",
        type=KEY,
        inputs={"customerMasterKeySpec": "RSA_2048"},
        title="a key that AWS cannot rotate passes",
    ),
)
