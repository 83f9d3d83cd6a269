"""A live account in which a test makes functions, target groups and load balancers, as a client of AWS does."""

import http.client
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from sandbox.live.client import LiveSandbox
from sandbox.session import Sandbox
from tests.until import until

HOST = "chat.example.com"
RECORDER = """
import json, os
def handler(event, context):
    with open(os.environ["RECORDED"], "a") as file:
        file.write(json.dumps(event) + "\\n")
    if os.path.exists(os.environ["RECORDED"] + ".fail"):
        raise RuntimeError("told to fail")
"""
"""Keeps every event that it gets."""


def zipped(code: str) -> bytes:
    """An archive whose `main.py` this is."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("main.py", code)
    return archive.getvalue()


class FunctionAccount:
    """Names are a test's own; all it makes is gone with the account."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder
        self.live = LiveSandbox(sandbox.address)
        self._connections: list[http.client.HTTPConnection] = []
        self.lambda_ = self.client("lambda")
        self.elb, self.dynamodb = self.client("elbv2"), self.client("dynamodb")
        self.events, self.autoscaling = self.client("events"), self.client("autoscaling")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        iam = self.client("iam")
        role = iam.create_role(
            RoleName="f",
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
        read = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [read]}
        iam.put_role_policy(RoleName="f", PolicyName="streams", PolicyDocument=json.dumps(document))
        self._role = role["Role"]["Arn"]
        self._zone = sandbox.create_hosted_zone("example.com")

    def client(self, service: str) -> Any:
        """One that does not try again."""
        connect: Any = boto3.client
        return connect(
            service,
            endpoint_url=self.sandbox.address,
            region_name=self.sandbox.region,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=50),
        )

    def function(self, name: str, code: str, **settings: Any) -> str:
        """Make one; its ARN."""
        made = self.lambda_.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=self._role,
            Handler="main.handler",
            Code={"ZipFile": zipped(code)},
            **settings,
        )
        return made["FunctionArn"]

    def recorder(self, name: str) -> str:
        """A function whose events `recorded` shows; its ARN."""
        variables = {"RECORDED": str(self._records(name))}
        return self.function(name, RECORDER, Environment={"Variables": variables})

    def recorded(self, name: str) -> list[Any]:
        """Events that the recorder got, in their order."""
        file = self._records(name)
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def let_fail(self, name: str, *, fail: bool) -> None:
        """The recorder raises after it has recorded."""
        switch = Path(f"{self._records(name)}.fail")
        switch.touch() if fail else switch.unlink()

    def invoke(self, name: str, event: Any = None, **more: Any) -> tuple[Any, str | None]:
        """What it returned, and the kind of its error."""
        answer = self.lambda_.invoke(FunctionName=name, Payload=json.dumps(event), **more)
        return json.loads(answer["Payload"].read()), answer.get("FunctionError")

    def counts(self, name: str) -> dict[str, Any]:
        """As `LiveSandbox.functions` shows them, once it knows the function."""
        until(lambda: name in self.live.functions(), f"{name} is known")
        return self.live.functions()[name]

    def let_invoke(self, arn: str, service: str, source: str) -> None:
        """The function's own policy."""
        self.lambda_.add_permission(
            FunctionName=arn.rpartition(":")[2],
            StatementId=f"{service}-{len(source)}-{source[-6:]}",
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
            SourceArn=source,
        )

    def group_of(self, name: str, arn: str = "", *, multi_value: bool = True) -> str:
        """A target group with this function, or without one; its ARN."""
        made = self.elb.create_target_group(Name=name, TargetType="lambda")
        group = made["TargetGroups"][0]["TargetGroupArn"]
        if multi_value:
            attribute = {"Key": "lambda.multi_value_headers.enabled", "Value": "true"}
            self.elb.modify_target_group_attributes(TargetGroupArn=group, Attributes=[attribute])
        if arn:
            self.let_invoke(arn, "elasticloadbalancing", group)
            self.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": arn}])
        return group

    def rule(self, name: str, **weights: int) -> str:
        """A load balancer with this name, whose one rule forwards to these groups, given by ARN; the rule's ARN."""
        ec2 = self.client("ec2")
        subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"][:2]]
        made = self.elb.create_load_balancer(Name=name, Subnets=subnets)
        listener = self.elb.create_listener(
            LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="HTTPS",
            Port=443,
            Certificates=[{"CertificateArn": self._certificate()}],
            DefaultActions=[
                {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
            ],
        )
        rule = self.elb.create_rule(
            ListenerArn=listener["Listeners"][0]["ListenerArn"],
            Priority=10,
            Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": [HOST]}}],
            Actions=[forward(weights)],
        )
        until(lambda: self._follows(name), "the load balancer does what the rule says")
        return rule["Rules"][0]["RuleArn"]

    def modify(self, rule: str, **weights: int) -> None:
        """Forward otherwise."""
        self.elb.modify_rule(RuleArn=rule, Actions=[forward(weights)])

    def connect(self, load_balancer: str) -> http.client.HTTPConnection:
        """As a client that sends one request after the other; `close` ends it."""
        made = self.live.connect(load_balancer, HOST)
        self._connections.append(made)
        return made

    def close(self) -> None:
        """What a test has opened."""
        while self._connections:
            self._connections.pop().close()

    def _certificate(self) -> str:
        """Of the host, issued because its DNS record is there."""
        acm = self.client("acm")
        asked = acm.request_certificate(DomainName=HOST, ValidationMethod="DNS")
        arn = asked["CertificateArn"]
        (option,) = acm.describe_certificate(CertificateArn=arn)["Certificate"][
            "DomainValidationOptions"
        ]
        record = option["ResourceRecord"]
        values = {
            "Name": record["Name"],
            "Type": record["Type"],
            "TTL": 60,
            "ResourceRecords": [{"Value": record["Value"]}],
        }
        change = {"Action": "UPSERT", "ResourceRecordSet": values}
        self.client("route53").change_resource_record_sets(
            HostedZoneId=self._zone, ChangeBatch={"Changes": [change]}
        )
        acm.describe_certificate(CertificateArn=arn)  # looks for the record
        return arn

    def _follows(self, load_balancer: str) -> bool:
        try:
            return send(self.connect(load_balancer), "GET", "/")[0] != 404
        except (LookupError, OSError, http.client.HTTPException):
            return False

    def _records(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"


def forward(weights: dict[str, int]) -> dict[str, Any]:
    """A rule's action."""
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights.items()]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


def send(
    connection: http.client.HTTPConnection, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case with all their values, body."""
    connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
    answer = connection.getresponse()
    names = {name.lower() for name in answer.headers}
    found = {name: ", ".join(answer.headers.get_all(name, [])) for name in names}
    return answer.status, found, answer.read()
