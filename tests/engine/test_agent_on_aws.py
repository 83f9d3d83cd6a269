"""The agent's own calls against the emulated account: what a deployment wrote is what an agent reads."""

import json
from pathlib import Path
from typing import Any

import pytest

from dataplane.gateway.agent.aws.calls import CallError
from dataplane.gateway.agent.aws.cloud import AwsCloud
from dataplane.gateway.agent.aws.metadata import Metadata
from dataplane.gateway.agent.figures import IN_FLIGHT, PENDING, single
from dataplane.gateway.agent.shared_verdicts import Kept
from dataplane.gateway.live_settings import gateway_settings, live_access
from sandbox.session import Sandbox
from tests.engine.edits import write_base
from tests.engine.stack_project import StackProject

pytestmark = pytest.mark.timeout(600)


def test_item_report_and_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox() as sandbox:
        sandbox.create_hosted_zone("endpoints.example.com", "ZSANDBOX000000000001")
        project = StackProject(sandbox, tmp_path)
        write_base(project)
        project.lock()
        project.init()
        project.up()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"):
            monkeypatch.setenv(name, sandbox.environment[name])
        boot = _boot(sandbox, "chat")
        cloud = AwsCloud(boot, "i-0123456789abcdef0", Metadata())

        item = cloud.read_item()
        settings = gateway_settings(boot, item, live_folder="/run/live")
        assert (settings.access_mode, settings.max_request_seconds) == ("protected", 900)
        assert live_access(item) == (("org/acme",), 3600.0)

        report = {"phase": "ready", "in_flight": 2, "at": 5.5, "expires": 600}
        cloud.report({**report, "phases": {"machine": 1.5, "image": 2.25}})
        table = boot["stack"]["table"]
        stored = sandbox.boto3_client("dynamodb").get_item(
            TableName=table,
            Key={
                "pk": {"S": f"{boot['stack']['table_prefix']}replica"},
                "sk": {"S": "i-0123456789abcdef0"},
            },
        )["Item"]
        assert stored["phase"] == {"S": "ready"}
        assert stored["in_flight"] == {"N": "2"}
        assert stored["phases"] == {"M": {"machine": {"N": "1.5"}, "image": {"N": "2.25"}}}

        _verdicts_by_dynamodbs_own_conditions(cloud)
        monkeypatch.setattr("dataplane.gateway.agent.aws.cloud._nvidia_smi", lambda: "50, 1, 2")
        seconds = {"RequestSeconds": {0.75: 3.0, 1.75: 1.0}}
        cloud.publish({**single({PENDING: 2, IN_FLIGHT: 3}), **cloud.gpu_figures(), **seconds})
        listed = sandbox.boto3_client("cloudwatch").list_metrics(
            Namespace=boot["stack"]["metric_namespace"]
        )["Metrics"]
        names = {one["MetricName"] for one in listed}
        assert {"PendingRequests", "RequestsInFlight", "GpuUtilization", "RequestSeconds"} <= names

        broken = {**boot, "stack": {**boot["stack"], "table": "no-such-table"}}
        with pytest.raises(CallError, match="ResourceNotFoundException"):
            AwsCloud(broken, "i-0", Metadata()).read_item()


def _verdicts_by_dynamodbs_own_conditions(cloud: AwsCloud) -> None:
    table, names = cloud.verdicts, frozenset({"user/jane", "org/acme"})
    assert table.find_verdict("a" * 64) is None
    table.end_verdict("a" * 64, 900.0)  # nothing to end
    assert table.find_verdict("a" * 64) is None
    table.keep_verdict("a" * 64, Kept(names, 1000.5, 940.5), expires=5000)
    assert table.find_verdict("a" * 64) == Kept(names, 1000.5, None)
    table.end_verdict("a" * 64, 1100.0)
    table.end_verdict("a" * 64, 1050.0)  # arrives late
    table.keep_verdict("a" * 64, Kept(names, 1150.0, 1090.0), expires=5000)  # within a minute
    assert table.find_verdict("a" * 64) == Kept(names, 1000.5, 1100.0)
    table.keep_verdict("a" * 64, Kept(names, 1200.0, 1140.0), expires=5000)
    assert table.find_verdict("a" * 64) == Kept(names, 1200.0, 1100.0)


def _boot(sandbox: Sandbox, endpoint: str) -> dict[str, Any]:
    """The boot document of an endpoint, as its machines fetch it from the bucket."""
    client = sandbox.boto3_client("s3")
    for bucket in client.list_buckets()["Buckets"]:
        for one in client.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            body = client.get_object(Bucket=bucket["Name"], Key=one["Key"])["Body"].read()
            if body.startswith(b"{") and json.loads(body)["stack"]["endpoint"] == endpoint:
                return json.loads(body)
    raise AssertionError(f"no boot document of {endpoint}")
