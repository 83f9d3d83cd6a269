"""A canary in each place where a secret may lie is found nowhere that it must not be."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.session import Sandbox
from tests.engine.edits import write_base
from tests.engine.stack_project import StackProject

pytestmark = pytest.mark.timeout(600)

CANARIES = {
    "Hub token in the secret store": "hf_canaryStoreHubTokenAAAAAAAAAAAAAAAA",
    "engine secret in the secret store": "canary-engine-secret-bbbbbbbbbbbbbbbb",
    "Hub token in the environment": "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",
    "cloud key in the environment": "canary-cloud-key-dddddddddddddddddddd",
    "state passphrase": "canary-passphrase-eeeeeeeeeeeeeeeeee",
}


@pytest.fixture(scope="module")
def everything_written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Place -> all text that a deployment left there."""
    with Sandbox() as sandbox:
        project = _deployed(sandbox, tmp_path_factory.mktemp("secrets"))
        written = project.up("--diff", "--refresh")
        export = project.pulumi("stack", "export", "--show-secrets", "--stack", "test").stdout
        yield {
            "plan": project.homeport("plan", "test", "--json").stdout,
            "plan for people": project.homeport("plan", "test").stdout,
            "deployment log": written.stdout + written.stderr,
            "decrypted state": export,
            "outputs": json.dumps(project.outputs()),
            "user data": "\n".join(_user_data(export)),
            "objects in the bucket": "\n".join(_objects(sandbox)),
            "table": json.dumps(_items(sandbox)),
            "account's log": sandbox.log,
        }


def _deployed(sandbox: Sandbox, folder: Path) -> StackProject:
    project = StackProject(sandbox, folder)
    write_base(project)
    spec = project.spec_file("chat")
    spec.write_text(
        spec.read_text().replace(
            "engine: {contextLength: 8192}",
            "engine: {contextLength: 8192, secrets: {SEARCH_KEY: search-key}}",
        )
    )
    sandbox.create_hosted_zone("endpoints.example.com", "ZSANDBOX000000000001")
    store = sandbox.boto3_client("secretsmanager")
    store.create_secret(Name="hf-token", SecretString=CANARIES["Hub token in the secret store"])
    store.create_secret(
        Name="search-key", SecretString=CANARIES["engine secret in the secret store"]
    )
    environment = {
        **project.environment(),
        "HF_TOKEN": CANARIES["Hub token in the environment"],
        "AWS_SECRET_ACCESS_KEY": CANARIES["cloud key in the environment"],
        "PULUMI_CONFIG_PASSPHRASE": CANARIES["state passphrase"],
    }
    project.environment = lambda: environment  # type: ignore[method-assign]
    project.lock()
    project.init()
    project.up()
    return project


def _user_data(export: str) -> Iterator[str]:
    for resource in json.loads(export)["deployment"]["resources"]:
        encoded = resource.get("inputs", {}).get("userData")
        if encoded:
            yield base64.b64decode(encoded).decode()


def _objects(sandbox: Sandbox) -> Iterator[str]:
    client = sandbox.boto3_client("s3")
    for bucket in client.list_buckets()["Buckets"]:
        for item in client.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            body = client.get_object(Bucket=bucket["Name"], Key=item["Key"])["Body"].read()
            yield body.decode(errors="replace")


def _items(sandbox: Sandbox) -> list[object]:
    client = sandbox.boto3_client("dynamodb")
    return [client.scan(TableName=name)["Items"] for name in client.list_tables()["TableNames"]]


@pytest.mark.parametrize("origin", CANARIES)
def test_no_secret_is_written_anywhere(everything_written: dict[str, str], origin: str) -> None:
    assert [place for place, text in everything_written.items() if CANARIES[origin] in text] == []


def test_every_place_that_is_searched_has_text(everything_written: dict[str, str]) -> None:
    empty = [place for place, text in everything_written.items() if not text]
    assert empty in ([], ["account's log"])


def test_the_secrets_names_do_reach_the_machine(everything_written: dict[str, str]) -> None:
    assert "search-key" in everything_written["objects in the bucket"]
    assert "hf-token" in everything_written["objects in the bucket"]
