"""The baseline pack in the real engine: our stacks pass, a stack that breaks a rule is stopped."""

import json
from pathlib import Path

import pytest

from policies.baseline import RULES
from policies.pack import STACK_SUFFIX
from sandbox.session import Sandbox
from tests.engine.edits import write_base
from tests.engine.stack_project import ROOT, StackProject
from tests.policies.cases import RESOURCE_CASES, SERVICE, Case

PACK = str(ROOT / "policies" / "baseline-pack")
PROGRAM = """\
import json
from pathlib import Path
import pulumi
import pulumi_aws as aws

provider = aws.Provider("aws", region="us-east-1")
one = json.loads(Path("resource.json").read_text())
options = pulumi.ResourceOptions(provider=provider)
pulumi.CustomResource(one["type"], "broken", one["inputs"], options)
"""
# What else the provider wants of the resource, so that the rule is what refuses it.
REQUIRED = {
    "aws:lb/listener:Listener": {
        "loadBalancerArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/1",
        "port": 443,
        "defaultActions": [
            {
                "type": "fixed-response",
                "fixedResponse": {"contentType": "text/plain", "statusCode": "404"},
            }
        ],
    },
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {"securityGroupId": "sg-0123"},
    "aws:ec2/vpcEndpointServiceAllowedPrinciple:VpcEndpointServiceAllowedPrinciple": {
        "vpcEndpointServiceId": "vpce-svc-0123456789abcdef0"
    },
    "aws:cloudwatch/logGroup:LogGroup": {"name": "/test/logs"},
}
pytestmark = pytest.mark.timeout(600)


def first_failing(rule: str) -> Case:
    """The first row of the table that breaks the rule."""
    return next(case for case in RESOURCE_CASES if case.rule == rule and case.text)


def _preview(project: StackProject, folder: Path) -> tuple[int, str]:
    finished = project.pulumi(
        "preview", "--cwd", str(folder), "--stack", "test", "--policy-pack", PACK,
        "--non-interactive", check=False,
    )  # fmt: skip
    return finished.returncode, finished.stdout + finished.stderr


def _flat(project: StackProject, folder: Path, type_: str, inputs: dict[str, object]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "resource.json").write_text(json.dumps({"type": type_, "inputs": inputs}))
    if not (folder / "Pulumi.yaml").exists():
        (folder / "__main__.py").write_text(PROGRAM)
        (folder / "Pulumi.yaml").write_text("name: flat\nruntime: python\n")
        project.pulumi("stack", "init", "test", "--cwd", str(folder))


@pytest.fixture(scope="module")
def flat(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[StackProject, Path]:
    folder = tmp_path_factory.mktemp("policies")
    return StackProject(sandbox, folder), folder / "flat"


@pytest.mark.parametrize("rule", [rule.name for rule in RULES])
def test_a_stack_that_breaks_a_rule_is_stopped(rule: str, flat: tuple[StackProject, Path]) -> None:
    project, folder = flat
    case = first_failing(rule)
    _flat(project, folder, case.type, {**REQUIRED.get(case.type, {}), **case.inputs})
    code, text = _preview(project, folder)
    assert code != 0
    assert f"- [mandatory]  {rule}  (" in text, text
    assert case.text in " ".join(text.split()), text


def test_what_only_several_resources_show_is_stopped_too(
    flat: tuple[StackProject, Path],
) -> None:
    project, folder = flat
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/net/a/1"
    _flat(project, folder, SERVICE, {"acceptanceRequired": False, "networkLoadBalancerArns": [arn]})
    code, text = _preview(project, folder)
    assert code != 0
    assert f"require-link-consumers{STACK_SUFFIX}" in text, text


def test_our_stack_passes_before_and_while_it_is_made(sandbox: Sandbox, tmp_path: Path) -> None:
    project = StackProject(sandbox, tmp_path, stack="policed")
    write_base(project)
    text = project.settings_file.read_text()
    project.settings_file.write_text(text.replace("endpoints.example.com", "policed.example.com"))
    zone = text.split("homeport:zone: ")[1].split("\n")[0]
    sandbox.create_hosted_zone("policed.example.com", "ZSANDBOXPOLICED00001")
    project.settings_file.write_text(
        project.settings_file.read_text().replace(zone, "ZSANDBOXPOLICED00001")
    )
    project.lock()
    project.init()
    finished = project.up("--policy-pack", PACK)
    assert "homeport-baseline" in finished.stdout
    assert "violation" not in finished.stdout.lower()
    project.destroy()
