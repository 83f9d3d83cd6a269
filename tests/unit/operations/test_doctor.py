"""`homeport doctor`'s questions to an AWS account: on an emulated one, with what moto lacks stubbed in botocore."""

import datetime
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from moto import mock_aws

from homeport.errors import HomeportError
from homeport.operations import operations
from homeport.operations.aws_doctor import examinations
from homeport.operations.aws_doctor.ways_in import load_balancer_needs
from homeport.operations.examination import Finding
from homeport.planner.build import plan_stack
from homeport.planner.plan import StackPlan
from tests.unit.planner.stacks import SETTINGS, stack

REGION, ACCOUNT = "us-east-1", "123456789012"
DOMAIN = "endpoints.example.com"
CHAT = """\
name: {name}
model: {{repository: acme/gated}}
engine: {{secrets: {{SEARCH_KEY: team/search}}}}
compute: {{accelerator: nvidia-l4, capacity: {capacity}}}
replicas: {{min: 0, max: {most}}}
access: {{mode: {mode}{consumers}}}
"""
QUOTA = "L-DB2E81BA"


def _chat(name: str, *, capacity: str = "on-demand", most: int = 2, mode: str = "protected") -> str:
    consumers = ', consumers: ["210987654321"]' if mode == "private" else ""
    return CHAT.format(name=name, capacity=capacity, most=most, mode=mode, consumers=consumers)


def _plan(account: "Account", **specs: str) -> StackPlan:
    text = f"{SETTINGS}  homeport:tokenSecret: hf-token\n"
    plan = plan_stack(stack(specs or {"chat": _chat("chat")}, text))
    # moto's ids of zones are none that a spec may hold.
    return replace(plan, ingress=replace(plan.ingress, zone_id=account.zone))


class Account:
    """What a user prepares before the first deployment; a test takes parts of it away."""

    def __init__(self) -> None:
        self.secrets = boto3.client("secretsmanager", REGION)
        for name in ("hf-token", "team/search"):
            self.secrets.create_secret(Name=name, SecretString="hf_canary")
        self.dns = boto3.client("route53", REGION)
        made = self.dns.create_hosted_zone(Name=f"{DOMAIN}.", CallerReference="1")
        self.zone = made["HostedZone"]["Id"].removeprefix("/hostedzone/")
        self.servers = {one.lower() for one in made["DelegationSet"]["NameServers"]}


class Session:
    """boto3's, with answers for calls that moto does not know: `(service, operation)` -> answer, or an error's code."""

    def __init__(self, **answers: dict[str, Any] | str) -> None:
        self._answers = answers

    def client(self, service: str) -> Any:
        client: Any = boto3.client(service, REGION)  # type: ignore[call-overload]
        stubber = Stubber(client)
        for name, answer in self._answers.items():
            if hasattr(client, name):
                if isinstance(answer, str):
                    stubber.add_client_error(name, service_error_code=answer)
                else:
                    stubber.add_response(name, answer)
                stubber.activate()
        return client

    def get_partition_for_region(self, region: str) -> str:
        assert region == REGION
        return "aws"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Account]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield Account()


def _ask(
    plan: StackPlan,
    check: str,
    session: Any = None,
    *,
    known: Collection[str] | None = None,
    granted: bool | HomeportError = True,
    public: Collection[str] | None = (),
) -> list[Finding]:
    """What this check finds, one for each of its subjects."""

    def may_read(_repository: str, token: str) -> bool:
        assert token == "hf_canary"
        if isinstance(granted, HomeportError):
            raise granted
        return granted

    asked = examinations(
        plan,
        state_identifiers=known,
        may_read=may_read,
        name_servers=lambda _domain: public,
    )
    return [one.ask(session or Session()) for one in asked if one.check == check]


def _quota_of(vcpu: float) -> dict[str, Any]:
    return {"Quota": {"Value": vcpu, "QuotaCode": QUOTA}}


@pytest.mark.parametrize(
    ("vcpu", "status"), [(0, "fail"), (39, "fail"), (40, "warn"), (79, "warn"), (80, "ok")]
)
def test_the_quota_must_carry_all_endpoints_at_their_most(
    account: Account, vcpu: int, status: str
) -> None:
    plan = _plan(account, chat=_chat("chat", most=2), more=_chat("more", most=3))
    assert {one.machine.vcpu for one in plan.endpoints} == {8}
    (found,) = _ask(plan, "machine quota", Session(get_service_quota=_quota_of(vcpu)))
    assert found.status == status
    assert found.found == f"{vcpu} vCPU, 40 at replicas.max of all endpoints, 80 while they roll"
    if status != "ok":
        assert f"--quota-code {QUOTA} --desired-value 80" in found.fix
        assert f"--region {REGION} --service-code ec2" in found.fix


def test_a_quota_that_was_never_changed_has_its_default(account: Account) -> None:
    session = Session(
        get_service_quota="NoSuchResourceException", get_aws_default_service_quota=_quota_of(5)
    )
    (found,) = _ask(_plan(account), "machine quota", session)
    assert (found.status, found.found.partition(",")[0]) == ("fail", "5 vCPU")


def test_spot_machines_have_a_quota_of_their_own_and_a_role(account: Account) -> None:
    plan = _plan(account, chat=_chat("chat", capacity="spot"))
    (found,) = _ask(plan, "machine quota", Session(get_service_quota=_quota_of(0)))
    assert "--quota-code L-3819A6DF" in found.fix
    (role,) = _ask(plan, "spot role")
    assert (role.status, "spot.amazonaws.com" in role.fix) == ("warn", True)
    iam = boto3.client("iam", REGION)
    iam.create_role(
        RoleName="AWSServiceRoleForEC2Spot", Path="/", AssumeRolePolicyDocument="{}"
    )  # fmt: skip
    assert _ask(plan, "spot role")[0].status == "ok"
    assert _ask(_plan(account), "spot role") == []


OFFERED = [{"Location": f"{REGION}{letter}"} for letter in "abf"]


@pytest.mark.parametrize(
    ("offered", "status", "found"),
    [
        (OFFERED, "ok", "us-east-1a, us-east-1b of us-east-1a, us-east-1b"),
        (OFFERED[1:], "warn", "us-east-1b of us-east-1a, us-east-1b"),
        (OFFERED[2:], "fail", "none of us-east-1a, us-east-1b"),
        ([], "fail", "none of us-east-1a, us-east-1b"),
    ],
)
def test_zones_must_offer_the_machine(
    account: Account, offered: list[dict[str, str]], status: str, found: str
) -> None:
    session = Session(describe_instance_type_offerings={"InstanceTypeOfferings": offered})
    (one,) = _ask(_plan(account), "zones", session)
    assert (one.status, one.found) == (status, found)
    if offered == OFFERED[2:]:
        assert one.fix == "set the zones of homeport:network to two or more of us-east-1f"
    if not offered:
        assert one.fix == "choose another machine: us-east-1 offers this account no g6.2xlarge"


@pytest.mark.usefixtures("account")
def test_zones_of_a_brought_network_are_its_subnets() -> None:
    ec2 = boto3.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{letter}"
        )["Subnet"]["SubnetId"]
        for number, letter in enumerate("bd")
    ]
    lines = f"{{vpc: {vpc}, subnets: {{private: [{', '.join(subnets)}]}}}}"
    network = SETTINGS.partition("homeport:network: ")[2].partition("\n")[0]
    text = SETTINGS.replace(network, lines)
    specs = {"chat": _chat("chat", mode="private").replace("acme/gated", "acme/chat-8b")}
    plan = plan_stack(stack(specs, text))
    offers = Offers(describe_instance_type_offerings={"InstanceTypeOfferings": OFFERED})
    (one,) = _ask(plan, "zones", offers)
    assert (one.status, one.found) == ("warn", "us-east-1b of us-east-1b, us-east-1d")
    assert "homeport:network.subnets" in one.fix


class Offers(Session):
    """Offerings from the stub, subnets from moto: one client for each question of `_zones`."""

    def client(self, service: str) -> Any:
        stubbed, real = super().client(service), boto3.client("ec2", REGION)
        stubbed.describe_subnets = real.describe_subnets
        return stubbed


def test_an_image_must_be_there(account: Account) -> None:
    plan = _plan(account)
    assert _ask(plan, "machine image") == []  # the sandbox's own
    machine = replace(plan.endpoints[0].machine, image_origin="cloud")
    plan = replace(plan, endpoints=(replace(plan.endpoints[0], machine=machine),))
    (gone,) = _ask(plan, "machine image")
    assert (gone.status, gone.fix) == ("fail", "homeport lock test --machine-images")
    day = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=3)
    image = {"ImageId": "ami-1", "State": "available", "DeprecationTime": day.isoformat()}
    (old,) = _ask(plan, "machine image", Session(describe_images={"Images": [image]}))
    assert (old.status, old.found) == ("warn", f"deprecated since {day.date().isoformat()}")
    made = boto3.client("ec2", REGION).register_image(Name="machines")["ImageId"]
    usable = replace(plan.endpoints[0], machine=replace(machine, image_id=made))
    (found,) = _ask(replace(plan, endpoints=(usable,)), "machine image")
    assert (found.status, found.found) == ("ok", "available")


@pytest.mark.parametrize(
    ("free", "status", "fix"),
    [
        (1000, "ok", ""), (40, "ok", ""), (39, "fail", "set homeport:holdSlots to 19, or aws"),
        (10, "fail", "set homeport:holdSlots to 5, or aws"), (1, "fail", "aws service-quotas"),
    ],
)  # fmt: skip
def test_held_requests_take_half_of_what_is_free_at_most(
    account: Account, free: int, status: str, fix: str
) -> None:
    limit = {"ConcurrentExecutions": free + 5, "UnreservedConcurrentExecutions": free}
    session = Session(get_account_settings={"AccountLimit": limit})
    (found,) = _ask(_plan(account), "function concurrency", session)
    assert found.status == status
    assert found.fix.startswith(fix)
    assert not fix or "--service-code lambda --quota-code L-B99A9384" in found.fix


@pytest.mark.parametrize(
    ("free", "before", "slots", "fix"),
    [
        (120, "ResourceNotFoundException", 50, ""), (122, {}, 51, ""),
        (100, {"ReservedConcurrentExecutions": 20}, 20, ""),
        (119, "ResourceNotFoundException", 20, "set homeport:reserveConcurrency to false, or aws"),
        (99, {"ReservedConcurrentExecutions": 20}, 20, "set homeport:reserveConcurrency to false, or aws"),
        (120, {}, 51, "set homeport:holdSlots to 50, or aws"),
        (119, {}, 50, "set homeport:reserveConcurrency to false and homeport:holdSlots to 49, or aws"),
        (20, {}, 5, "set homeport:reserveConcurrency to false, or aws"),
    ],
)  # fmt: skip
def test_what_is_reserved_leaves_a_hundred(
    account: Account, free: int, before: str | dict[str, int], slots: int, fix: str
) -> None:
    limit = {"ConcurrentExecutions": 150, "UnreservedConcurrentExecutions": free}
    session = Session(get_account_settings={"AccountLimit": limit}, get_function_concurrency=before)
    plan = replace(_plan(account), reserved_concurrency=20, hold_slots=slots)
    (found,) = _ask(plan, "function concurrency", session)
    assert found.status == ("fail" if fix else "ok")
    assert found.fix.startswith(fix)


def test_delegation(account: Account) -> None:
    plan = _plan(account)

    def ask(public: Collection[str] | None) -> Finding:
        return _ask(plan, "delegation", public=public)[0]

    assert ask(account.servers).status == "ok"
    unknown = ask(None)
    assert unknown.status == "unknown"
    assert unknown.fix.startswith(f"`dig NS {DOMAIN} +short` must show ")
    for public in ((), ("ns1.parking.example",)):
        missing = ask(public)
        assert missing.status == "fail"
        for server in account.servers:
            assert f'"Value": "{server}"' in missing.fix


def test_a_zone_that_cannot_hold_the_domain(account: Account) -> None:
    def ask() -> Finding:
        return _ask(_plan(account), "delegation", public=account.servers)[0]

    other = account.dns.create_hosted_zone(Name="points.example.com.", CallerReference="2")
    account.zone = other["HostedZone"]["Id"].removeprefix("/hostedzone/")
    assert (ask().status, ask().found) == ("fail", f"zone {account.zone} is points.example.com")
    private = account.dns.create_hosted_zone(
        Name=f"{DOMAIN}.",
        CallerReference="3",
        HostedZoneConfig={"PrivateZone": True},
        VPC={"VPCRegion": REGION, "VPCId": "vpc-1"},
    )
    account.zone = private["HostedZone"]["Id"].removeprefix("/hostedzone/")
    assert (ask().status, ask().found) == ("fail", f"zone {account.zone} is private")
    account.zone = "Z0NOBODYSZONE"
    assert (ask().status, ask().found) == ("fail", "no zone Z0NOBODYSZONE")


def test_a_certificate_of_the_stacks_own(account: Account) -> None:
    plan = _plan(account)
    (before,) = _ask(plan, "certificate")
    assert (before.status, before.found) == ("ok", "the first `pulumi up` makes it")
    listed = {
        "CertificateArn": "arn:aws:acm:us-east-1:1:certificate/1",
        "DomainName": f"*.{DOMAIN}",
    }
    for state, status in (
        ("ISSUED", "ok"), ("PENDING_VALIDATION", "warn"), ("VALIDATION_TIMED_OUT", "fail"),
    ):  # fmt: skip
        session = Session(
            list_certificates={"CertificateSummaryList": [{**listed, "Status": state}]}
        )
        assert _ask(plan, "certificate", session)[0].status == status


@pytest.mark.parametrize(
    ("names", "state", "status"),
    [
        ([f"*.{DOMAIN}"], "ISSUED", "ok"),
        (["x.example.com", f"*.{DOMAIN}"], "ISSUED", "ok"),
        (["*.example.com"], "ISSUED", "fail"),
        ([f"*.{DOMAIN}"], "PENDING_VALIDATION", "fail"),
        ([f"*.{DOMAIN}"], "EXPIRED", "fail"),
    ],
)
def test_a_brought_certificate(account: Account, names: list[str], state: str, status: str) -> None:
    identifier = "12345678-1234-1234-1234-123456789012"
    arn = f"arn:aws:acm:{REGION}:{ACCOUNT}:certificate/{identifier}"
    text = SETTINGS.replace("homeport:zone: Z0123456789", f"homeport:certificate: {arn}")
    specs = {"chat": _chat("chat").replace("acme/gated", "acme/chat-8b")}
    plan = plan_stack(stack(specs, text))
    described = {"DomainName": names[0], "SubjectAlternativeNames": names, "Status": state}
    session = Session(describe_certificate={"Certificate": described})
    assert _ask(plan, "certificate", session)[0].status == status
    assert _ask(plan, "certificate")[0].found == "not there"
    assert _ask(plan, "delegation") == []
    del account


def test_limits_of_load_balancers(account: Account) -> None:
    plan = _plan(account, a=_chat("a"), b=_chat("b"), c=_chat("c", mode="private"))
    assert load_balancer_needs(plan) == {
        "rules-per-application-load-balancer": 2,
        "target-groups-per-application-load-balancer": 3,
        "listeners-per-application-load-balancer": 2,
        "network-load-balancers": 1,
    }
    assert _ask(plan, "load balancer limits")[0].status == "ok"
    limits = [
        {"Name": "rules-per-application-load-balancer", "Max": "1"},
        {"Name": "target-groups-per-application-load-balancer", "Max": "2"},
        {"Name": "network-load-balancers", "Max": "50"},
    ]
    (short,) = _ask(
        plan, "load balancer limits", Session(describe_account_limits={"Limits": limits})
    )
    assert short.status == "fail"
    assert short.found == (
        "rules-per-application-load-balancer: 2 of 1,"
        " target-groups-per-application-load-balancer: 3 of 2"
    )
    assert "QuotaName=='Rules per Application Load Balancer'" in short.fix
    assert "split the stack" in short.fix


def test_secrets_must_be_there(account: Account) -> None:
    plan = _plan(account)
    assert [one.status for one in _ask(plan, "secret")] == ["ok", "ok"]
    account.secrets.delete_secret(SecretId="team/search")
    account.secrets.delete_secret(SecretId="hf-token", ForceDeleteWithoutRecovery=True)
    token, search = _ask(plan, "secret")
    assert (token.status, search.status) == ("fail", "fail")
    assert f"create-secret --region {REGION} --name hf-token" in token.fix
    assert f"restore-secret --region {REGION} --secret-id team/search" in search.fix


def test_gated_models_are_asked_for_with_the_machines_own_token(account: Account) -> None:
    plan = _plan(account)
    assert [one.status for one in _ask(plan, "gated model")] == ["ok"]
    (refused,) = _ask(plan, "gated model", granted=False)
    assert (refused.status, "accept the terms" in refused.fix) == ("fail", True)
    busy = HomeportError(path="", found="status 503", allowed="x", fix="later")
    (silent,) = _ask(plan, "gated model", granted=busy)
    assert (silent.status, silent.found) == ("unknown", "the Hub did not say: status 503")
    account.secrets.put_secret_value(SecretId="hf-token", SecretString="two words")
    assert _ask(plan, "gated model")[0].status == "fail"
    account.secrets.delete_secret(SecretId="hf-token", ForceDeleteWithoutRecovery=True)
    assert _ask(plan, "gated model")[0].status == "unknown"
    for finding in (refused, silent):
        assert "canary" not in f"{finding}"


def test_leftovers_are_what_the_state_does_not_know(account: Account) -> None:
    plan = _plan(account)
    assert _ask(plan, "leftovers", known=None) == []
    assert _ask(plan, "leftovers", known=())[0].status == "ok"
    ec2 = boto3.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "homeport:stack", "Value": "test"}])
    (left,) = _ask(plan, "leftovers", known=())
    assert (left.status, left.found, left.fix) == ("warn", vpc, "homeport leftovers test")
    assert _ask(plan, "leftovers", known=(vpc,))[0].status == "ok"


def _examine(plan: StackPlan) -> dict[str, tuple[str, str]]:
    """Check -> status and what was found, for those of one subject."""
    checks = operations("aws").examine(plan, state_identifiers=frozenset[str]())
    return {one.check: (one.status, one.found) for one in checks}


def _failing(
    monkeypatch: pytest.MonkeyPatch, errors: Mapping[str, tuple[str, Exception | str]]
) -> None:
    """From now on the service's call ends with this error, or with AWS's of this code."""

    class Failing(boto3.Session):
        def client(self, service_name: str, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]
            client = super().client(service_name, *args, **kwargs)  # type: ignore[call-overload]
            if service_name in errors:
                operation, error = errors[service_name]
                setattr(client, operation, _raising(client, operation, error))
            return client

    monkeypatch.setattr(boto3, "Session", Failing)


def _raising(client: Any, operation: str, error: Exception | str) -> Callable[..., Any]:
    call = getattr(client, operation)

    def refuse(**arguments: Any) -> Any:
        if isinstance(error, Exception):
            raise error
        with Stubber(client) as stubber:
            stubber.add_client_error(operation, service_error_code=error)
            return call(**arguments)

    return refuse


def test_what_is_not_answered_is_unknown(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = _plan(account)
    errors: dict[str, tuple[str, Exception | str]] = {
        "service-quotas": ("get_service_quota", "TooManyRequestsException"),
        "lambda": ("get_account_settings", EndpointConnectionError(endpoint_url="x")),
    }
    _failing(monkeypatch, errors)
    found = _examine(plan)
    assert found["machine quota"] == ("unknown", "GetServiceQuota: TooManyRequestsException")
    assert found["function concurrency"][0] == "unknown"
    assert found["function concurrency"][1].startswith("EndpointConnectionError: ")
    assert found["delegation"][0] == found["gated model"][0] == "unknown"  # of a sandbox
    assert found["certificate"][0] == "ok"


def test_what_may_not_be_asked_is_unknown_with_the_permissions_name(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = _plan(account)
    errors: dict[str, tuple[str, Exception | str]] = {
        "secretsmanager": ("describe_secret", "AccessDeniedException"),
        "ec2": ("describe_instance_type_offerings", "UnauthorizedOperation"),
        "elbv2": ("describe_account_limits", "AccessDenied"),
        "route53": ("get_hosted_zone", "AccessDenied"),
        "service-quotas": ("get_service_quota", "AccessDeniedException"),
        "lambda": ("get_account_settings", "AccessDeniedException"),
    }
    _failing(monkeypatch, errors)
    found = _examine(plan)
    for check, action in {
        "secret": "secretsmanager:DescribeSecret",
        "zones": "ec2:DescribeInstanceTypeOfferings",
        "load balancer limits": "elasticloadbalancing:DescribeAccountLimits",
        "delegation": "route53:GetHostedZone",
        "machine quota": "servicequotas:GetServiceQuota",
        "function concurrency": "lambda:GetAccountSettings",
    }.items():
        assert found[check] == ("unknown", f"these credentials may not {action}")
    assert found["leftovers"][0] == "ok"
