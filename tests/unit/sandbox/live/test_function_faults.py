"""What goes wrong around functions because a test says so: calls refused, processes killed between two steps."""

import urllib.error

import pytest

from tests.unit.sandbox.live.function_account import FunctionAccount

STEPS = """
import boto3
from botocore.config import Config
config = Config(retries={"total_max_attempts": TRIES})
dynamodb = boto3.client("dynamodb", config=config)
autoscaling = boto3.client("autoscaling", config=config)
def handler(event, context):
    for step in range(3):
        item = {"pk": {"S": f"step-{step}"}}
        dynamodb.put_item(TableName=event, Item=item)
    autoscaling.describe_auto_scaling_groups()
    return "done"
"""


def _make(account: FunctionAccount, name: str, *, tries: int = 1) -> None:
    account.function(name, STEPS.replace("TRIES", str(tries)), Timeout=600)
    account.dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _steps(account: FunctionAccount, table: str) -> int:
    return account.dynamodb.scan(TableName=table)["Count"]


@pytest.mark.parametrize("calls", [1, 2, 3, 4])
def test_a_function_is_killed_after_each_of_its_calls(account: FunctionAccount, calls: int) -> None:
    """What the call asked for is done, and nobody learns of it; the next invocation finds a new process."""
    name = f"crash-{calls}"
    _make(account, name)
    before = account.live.describe()["crashes"]
    account.live.set_faults(functions={"crash": {"function": name, "after_calls": calls}})
    error, kind = account.invoke(name, name)
    assert (error["errorType"], kind) == ("Runtime.ExitError", "Unhandled")
    assert _steps(account, name) == min(calls, 3)
    assert account.invoke(name, name) == ("done", None), "it happens once"
    assert _steps(account, name) == 3
    assert account.live.describe()["crashes"] == before + 1
    assert account.counts(name)["calls"] == calls + 4


def test_a_crash_of_one_function_leaves_others_alone(account: FunctionAccount) -> None:
    _make(account, "crash-other")
    account.live.set_faults(functions={"crash": {"function": "crash-1", "after_calls": 1}})
    assert account.invoke("crash-other", "crash-other") == ("done", None)


def test_calls_by_functions_are_refused_as_too_many(account: FunctionAccount) -> None:
    """In the protocol of each service; calls by others are not."""
    code = """
import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
config = Config(retries={"total_max_attempts": 1})
def handler(event, context):
    found = {}
    for service, call in event.items():
        try:
            getattr(boto3.client(service, config=config), call)()
            found[service] = ""
        except ClientError as error:
            found[service] = error.response["Error"]["Code"]
    return found
"""
    account.function("throttled", code, Timeout=600)
    asked = {
        "dynamodb": "list_tables",
        "autoscaling": "describe_auto_scaling_groups",
        "ec2": "describe_instances",
    }
    account.live.set_faults(throttled=1.0)
    found, _ = account.invoke("throttled", asked)
    assert found == {
        "dynamodb": "ThrottlingException",
        "autoscaling": "Throttling",
        "ec2": "RequestLimitExceeded",
    }
    account.dynamodb.list_tables()
    account.live.set_faults()
    assert set(account.invoke("throttled", asked)[0].values()) == {""}


def test_some_calls_are_refused_and_a_client_tries_again(account: FunctionAccount) -> None:
    """botocore knows the answers for what they are."""
    _make(account, "retries", tries=20)
    account.live.set_faults(throttled=0.5)
    assert account.invoke("retries", "retries") == ("done", None)
    assert account.counts("retries")["calls"] > 4


def test_what_is_not_known_is_refused_with_the_reason(account: FunctionAccount) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        account.live.set_faults(functions={"crash": {"function": "f"}})
    refused.value.close()
    assert refused.value.code == 400
