"""Functions behind a load balancer: what a client sees, and what a changed rule does to it."""

import http.client
import json
import ssl
import threading
from collections import Counter

from sandbox.live.aws.function_http import BODY_BYTES_MAX
from tests.unit.sandbox.live.function_account import FunctionAccount, send
from tests.until import until

ECHO = """
import json
def handler(event, context):
    return {
        "statusCode": 200,
        "multiValueHeaders": {"content-type": ["application/json"], "x-many": ["1", "2"]},
        "body": json.dumps(event),
    }
"""
SAYS = """
def handler(event, context):
    return {"statusCode": 200, "body": "WORD", "multiValueHeaders": {"content-type": ["text/plain"]}}
"""


def test_a_request_reaches_the_function_as_the_client_sent_it(account: FunctionAccount) -> None:
    group = account.group_of("echo", account.function("alb-echo", ECHO))
    account.rule("alb-echo", **{group: 1})
    connection = account.connect("alb-echo")
    headers = {"content_type": "application/json", "x_forwarded_for": "203.0.113.7"}
    path = "/v1//chat/a%2Fb?x=1&x=%20&y"
    status, got, body = send(connection, "POST", path, b'{"a": 1}', **headers)
    assert (status, got["x-many"]) == (200, "1, 2")
    event = json.loads(body)
    assert event["requestContext"] == {"elb": {"targetGroupArn": group}}
    assert (event["httpMethod"], event["path"]) == ("POST", "/v1//chat/a%2Fb")
    assert event["multiValueQueryStringParameters"] == {"x": ["1", "%20"], "y": [""]}
    assert (event["body"], event["isBase64Encoded"]) == ('{"a": 1}', False)
    assert event["multiValueHeaders"].pop("x-amzn-trace-id")[0].startswith("Root=1-")
    assert event["multiValueHeaders"] == {
        "accept-encoding": ["identity"],
        "content-length": ["8"],
        "content-type": ["application/json"],
        "host": ["chat.example.com"],
        "x-forwarded-for": ["203.0.113.7,127.0.0.1"],
        "x-forwarded-port": ["443"],
        "x-forwarded-proto": ["https"],
    }


def test_a_body_without_a_length_and_an_answer_without_a_body(account: FunctionAccount) -> None:
    code = """
def handler(event, context):
    return {"statusCode": 204, "headers": {"x-body": event["body"]}}
"""
    group = account.group_of("single", account.function("alb-single", code), multi_value=False)
    account.rule("alb-single", **{group: 1})
    connection = account.connect("alb-single")
    connection.request(
        "POST", "/", iter([b"one ", b"two"]), {"content-type": "text/plain"}, encode_chunked=True
    )
    answer = connection.getresponse()
    assert (answer.status, answer.read(), answer.headers["x-body"]) == (204, b"", "one two")
    assert send(connection, "HEAD", "/")[0] == 204


def test_a_body_may_have_a_megabyte_and_no_more(account: FunctionAccount) -> None:
    code = """
def handler(event, context):
    return {"statusCode": 200, "body": str(len(event["body"]))}
"""
    account.rule("alb-long", **{account.group_of("long", account.function("alb-long", code)): 1})
    connection = account.connect("alb-long")
    before = account.counts("alb-long")["invocations"]
    text = {"content_type": "text/plain"}
    status, _, body = send(connection, "POST", "/", b"x" * BODY_BYTES_MAX, **text)
    assert (status, body) == (200, str(BODY_BYTES_MAX).encode())
    status, headers, body = send(connection, "POST", "/", b"x" * (3 * BODY_BYTES_MAX), **text)
    assert (status, headers["content-type"]) == (413, "text/html")
    assert b"<h1>413" in body
    assert send(connection, "POST", "/", b"x", **text)[0] == 200
    assert account.counts("alb-long")["invocations"] == before + 2


def test_what_a_load_balancer_cannot_use_is_502(account: FunctionAccount) -> None:
    """An error, an answer that is none, one that is too long, a throttle: the client learns no reason."""
    code = """
def handler(event, context):
    kind = event["path"][1:]
    if kind == "raises":
        raise ValueError("a secret")
    return {"list": [], "long": {"statusCode": 200, "body": "x" * (1 << 20)}}.get(kind, {})
"""
    account.rule("alb-bad", **{account.group_of("bad", account.function("alb-bad", code)): 1})
    connection = account.connect("alb-bad")
    for path in ("/raises", "/list", "/long", "/nothing"):
        status, headers, body = send(connection, "GET", path)
        assert (status, headers["server"], b"secret" in body) == (502, "awselb/2.0", False), path
    account.live.set_faults(functions={"concurrency": 0})
    assert send(connection, "GET", "/throttled")[0] == 502
    assert account.counts("alb-bad")["throttles"] == 1


def test_a_group_without_a_function_is_503_and_one_without_permission_502(
    account: FunctionAccount,
) -> None:
    arn = account.function("alb-none", SAYS)
    group = account.group_of("none")
    account.rule("alb-none", **{group: 1})
    connection = account.connect("alb-none")
    assert send(connection, "GET", "/")[0] == 503
    account.let_invoke(arn, "elasticloadbalancing", group)
    account.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": arn}])
    until(lambda: send(connection, "GET", "/")[0] == 200, "registered")
    statements = json.loads(account.lambda_.get_policy(FunctionName=arn)["Policy"])["Statement"]
    account.lambda_.remove_permission(FunctionName=arn, StatementId=statements[0]["Sid"])
    until(lambda: send(connection, "GET", "/")[0] == 502, "not permitted any more")
    account.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": arn}])
    until(lambda: send(connection, "GET", "/")[0] == 503, "not registered any more")


def test_health_of_a_function_is_not_checked(account: FunctionAccount) -> None:
    group = account.group_of("health", account.function("alb-health", SAYS))
    (found,) = account.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert found["TargetHealth"]["State"] == "unavailable"


def test_weights_move_from_group_to_group_and_lose_nothing(account: FunctionAccount) -> None:
    """A group of machines that has none stands for what answers otherwise (503), beside two functions."""
    words = ("red", "blue")
    groups = [
        account.group_of(f"w-{word}", account.function(f"alb-{word}", SAYS.replace("WORD", word)))
        for word in words
    ]
    vpc = account.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    machines = account.elb.create_target_group(Name="w-m", Protocol="HTTPS", Port=8443, VpcId=vpc)
    empty = machines["TargetGroups"][0]["TargetGroupArn"]
    rule = account.rule("alb-weights", **{empty: 0, groups[0]: 1, groups[1]: 0})
    seen: Counter[str] = Counter()
    over = threading.Event()
    connection = account.connect("alb-weights")

    def ask() -> str:
        status, _, body = send(connection, "GET", "/")
        return body.decode() if status == 200 else str(status)

    def ask_on() -> None:
        own = account.connect("alb-weights")
        while not over.is_set():
            try:
                status, _, body = send(own, "GET", "/")
                seen[body.decode() if status == 200 else str(status)] += 1
            except (OSError, http.client.HTTPException, ssl.SSLError) as error:
                seen[type(error).__name__] += 1
                own.close()

    threads = [threading.Thread(target=ask_on) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        for place in (1, 0, 1, 0):
            account.modify(rule, **{empty: 0, groups[1 - place]: 0, groups[place]: 1})
            until(lambda place=place: ask() == words[place], "the other function answers")
    finally:
        over.set()
        for thread in threads:
            thread.join()
    assert set(seen) == set(words)
    account.modify(rule, **{empty: 1, groups[0]: 0, groups[1]: 0})
    until(lambda: ask() == "503", "the machines' turn")
    account.modify(rule, **{empty: 0, groups[0]: 1, groups[1]: 0})
    until(lambda: ask() == "red", "the function's turn")


def test_a_changed_rule_may_take_its_time(account: FunctionAccount) -> None:
    """40 seconds of the account's clock, two here. The account says at once what was asked for."""
    groups = [
        account.group_of(f"l-{word}", account.function(f"lag-{word}", SAYS.replace("WORD", word)))
        for word in ("old", "new")
    ]
    rule = account.rule("alb-lag", **{groups[0]: 1, groups[1]: 0})
    connection = account.connect("alb-lag")
    account.live.set_faults(rule_lag_seconds=40)
    begun = account.live.describe()["now"]
    account.modify(rule, **{groups[0]: 0, groups[1]: 1})
    until(lambda: send(connection, "GET", "/")[2] == b"new", "the new one answers")
    assert account.live.describe()["now"] - begun >= 40
