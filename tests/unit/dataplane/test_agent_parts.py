"""The agent's pure parts: activity, readiness, chores, signature, GPU use."""

import errno
import time

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from dataplane.gateway.agent.activity import ActivityTracker, Counters, has_ended, pending
from dataplane.gateway.agent.aws.cloud import gpu_use
from dataplane.gateway.agent.aws.signature import Call, Credentials, signed_headers
from dataplane.gateway.agent.readiness import (
    DRAINING,
    GONE,
    HEALTHY,
    READY,
    STARTING,
    UNHEALTHY,
    Readiness,
)
from dataplane.gateway.agent.watch import look_at_engine

ENDINGS = ("answered", "streaming", "left early", "waiting", "engine died", "refused")


@given(st.lists(st.sampled_from(ENDINGS), max_size=60))
def test_pending_is_what_nobody_has_begun_to_answer(endings: list[str]) -> None:
    counters = Counters(
        total=len(endings) - endings.count("refused"),
        # A dying engine ends a request with Envoy's own 502 or 503, which is an answer.
        completed=sum(one not in ("left early", "waiting") for one in endings),
        active=sum(one in ("streaming", "waiting") for one in endings),
        abandoned=endings.count("left early"),
        never_sent=endings.count("refused"),
    )
    assert pending(counters) == endings.count("waiting")


@given(st.builds(Counters, *(st.integers(0, 1000) for _ in range(4))))
def test_pending_stays_within_what_is_on_its_way(counters: Counters) -> None:
    """Counters are read one after another: no mix of them gives an impossible number."""
    assert 0 <= pending(counters) <= counters.active


def test_the_last_end_is_never_early_and_late_by_one_look() -> None:
    tracker = ActivityTracker(now=0)
    assert tracker.observe(Counters(0, 0, 0, 0), 10).last_request_end == 0
    assert tracker.observe(Counters(1, 0, 1, 0), 20) == (1, 1, 20, False)
    assert tracker.observe(Counters(1, 1, 1, 0), 2500) == (1, 0, 2500, False)  # a long stream
    assert tracker.observe(Counters(1, 1, 0, 0), 2501).last_request_end == 2500
    assert tracker.observe(Counters(2, 2, 0, 0), 2600).last_request_end == 2600  # between two looks
    assert tracker.observe(Counters(0, 0, 0, 0), 2700).last_request_end == 2700  # another Envoy


@given(st.lists(st.sampled_from(ENDINGS), max_size=9))
def test_a_first_end_is_an_answers_or_a_clients_that_left(endings: list[str]) -> None:
    counters = Counters(
        total=sum(one != "refused" for one in endings),
        completed=sum(one not in ("left early", "waiting") for one in endings),
        active=sum(one in ("streaming", "waiting") for one in endings),
        abandoned=endings.count("left early"),
        never_sent=endings.count("refused"),
    )
    ended = {"answered", "left early", "engine died"} & {*endings}
    assert has_ended(counters) == bool(ended)


def test_a_request_that_has_just_come_is_no_end_whichever_counter_was_read_first() -> None:
    assert not has_ended(Counters(total=1, completed=0, active=0, abandoned=0))
    assert not has_ended(Counters(total=1, completed=1, active=1, abandoned=0))


def test_ready_needs_a_real_answer() -> None:
    one = Readiness()
    assert one.look(GONE) == (STARTING, False)
    assert one.look(HEALTHY) == (STARTING, True)
    one.answered(real=False)
    assert one.look(HEALTHY) == (STARTING, True)
    one.answered(real=True)
    assert one.look(HEALTHY) == (READY, False)


def test_a_busy_engine_is_not_a_broken_one() -> None:
    one = Readiness()
    one.look(HEALTHY)
    one.answered(real=True)
    assert [one.look(UNHEALTHY).state for _ in range(2)] == [READY, READY]
    assert one.look(HEALTHY).state == READY
    assert [one.look(UNHEALTHY).state for _ in range(3)] == [READY, READY, STARTING]
    assert one.look(HEALTHY).ask_for_an_answer


def test_an_engine_that_was_restarted_must_answer_again() -> None:
    one = Readiness()
    one.look(HEALTHY)
    one.answered(real=True)
    assert one.look(GONE).state == STARTING
    assert one.look(HEALTHY) == (STARTING, True)


def test_there_is_no_way_back_from_draining() -> None:
    one = Readiness()
    one.drain()
    one.answered(real=True)
    assert one.look(HEALTHY) == (DRAINING, False)


@given(
    body=st.binary(max_size=300),
    region=st.sampled_from(["us-east-1", "eu-central-1"]),
    service=st.sampled_from(["dynamodb", "monitoring", "autoscaling"]),
    token=st.none() | st.text("abcXYZ+/=019", min_size=1),
    target=st.text("abcXYZ._0 9", min_size=1).map(str.strip).filter(bool),
    at=st.integers(1_767_225_600, 1_893_456_000),
)
def test_the_signature_is_botocores(
    body: bytes, region: str, service: str, token: str | None, target: str, at: int
) -> None:
    timestamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": target}
    host = f"{service}.{region}.amazonaws.com"
    ours = signed_headers(
        Call(host, service, region, headers, body), Credentials("AKID", "SECRET", token), timestamp
    )
    request = AWSRequest("POST", f"https://{host}/", headers=dict(headers), data=body)
    signer = SigV4Auth(BotocoreCredentials("AKID", "SECRET", token), service, region)
    request.context["timestamp"] = timestamp
    request.headers["X-Amz-Date"] = timestamp
    if token is not None:
        request.headers["X-Amz-Security-Token"] = token
    to_sign = signer.string_to_sign(request, signer.canonical_request(request))
    signature = signer.signature(to_sign, request)
    assert ours["authorization"].rpartition("Signature=")[2] == signature


def test_gpu_use_is_the_mean_over_the_machines_gpus() -> None:
    assert gpu_use("100, 20000, 40000\n50, 10000, 40000\n") == {
        "GpuUtilization": 75.0,
        "GpuMemoryUsedPercent": 37.5,
    }


@pytest.mark.parametrize("text", ["", "N/A, 1, 2", "No devices were found"])
def test_no_gpu_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        gpu_use(text)


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, ""), GONE),
        (OSError(errno.EHOSTUNREACH, ""), GONE),  # a container that is away
        (TimeoutError(), UNHEALTHY),  # a busy engine
        (OSError("no HTTP"), UNHEALTHY),
    ],
)
def test_an_engine_that_is_away_is_gone(
    error: OSError, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def exchange(*_: object) -> None:
        raise error

    monkeypatch.setattr("dataplane.gateway.agent.watch.exchange", exchange)
    assert look_at_engine("127.0.0.1", 8000, "/health") == seen
