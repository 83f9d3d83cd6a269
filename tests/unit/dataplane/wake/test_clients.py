"""What users' clients make of a sleeping endpoint, as they come: 503 without the hold header, 307 with it."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
import requests
from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError

from tests.unit.dataplane.wake.client_balancer import Balancer, running
from tests.unit.dataplane.wake.gate_world import CHAT, TOKEN

HOLD = {"X-Scale-Up-Timeout": "600"}
QUESTION = {"model": "llama", "messages": [{"role": "user", "content": "Good morning?"}]}


@pytest.fixture
def balancer() -> Iterator[Balancer]:
    with running() as found:
        yield found


def _assert_asked_once(balancer: Balancer) -> None:
    """By a replica, with all that the caller sent."""
    ((headers, body),) = balancer.at_a_replica
    assert headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(body)["messages"] == QUESTION["messages"]
    assert balancer.cloud.wakes == 1


def test_requests_reads_a_503_with_the_seconds_to_wait(balancer: Balancer) -> None:
    answer = requests.post(balancer.url + CHAT, json=QUESTION, headers=_token(), timeout=60)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    assert answer.json()["error"]["code"] == "scaling_up"
    assert (balancer.statuses, balancer.at_a_replica) == ([503], [])


def test_requests_follows_the_redirect_with_its_body_and_token(balancer: Balancer) -> None:
    headers = {**_token(), **HOLD}
    answer = requests.post(
        f"{balancer.url}{CHAT}?a=%20b&a=c", json=QUESTION, headers=headers, timeout=60
    )
    assert answer.status_code == 200
    assert answer.url.endswith(f"{CHAT}?a=%20b&a=c")
    # The first redirect met a rule that was not yet turned everywhere, and led to a second.
    assert balancer.statuses == [307, 307, 200]
    _assert_asked_once(balancer)


def test_the_wake_route_can_be_held_before_a_large_body_is_sent(balancer: Balancer) -> None:
    headers = {**_token(), **HOLD}
    woken = requests.post(f"{balancer.url}/_homeport/wake", headers=headers, timeout=60)
    assert (woken.status_code, woken.json()) == (200, {"state": "awake"})
    balancer.rule_lags = 0
    answer = requests.post(balancer.url + CHAT, json=QUESTION, headers=_token(), timeout=60)
    assert answer.status_code == 200
    _assert_asked_once(balancer)


def test_inference_client_raises_a_503_that_says_why(balancer: Balancer) -> None:
    client = InferenceClient(base_url=balancer.url + "/v1", api_key=TOKEN)
    with pytest.raises(HfHubHTTPError) as raised:
        client.chat_completion(QUESTION["messages"])
    assert raised.value.response.status_code == 503
    assert "X-Scale-Up-Timeout" in raised.value.response.text
    assert balancer.statuses == [503]


@pytest.mark.parametrize("stream", [False, True])
def test_inference_client_follows_the_redirect(balancer: Balancer, stream: bool) -> None:
    client = InferenceClient(base_url=balancer.url + "/v1", api_key=TOKEN, headers=HOLD)
    if stream:
        chunks = client.chat_completion(QUESTION["messages"], stream=True)
        said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    else:
        said = client.chat_completion(QUESTION["messages"]).choices[0].message.content
    assert said == "Good morning"
    assert balancer.statuses == [307, 307, 200]
    _assert_asked_once(balancer)


def test_urllib_does_not_follow_for_a_post(balancer: Balancer) -> None:
    """So says its documentation of `HTTPRedirectHandler`; the 307 is in the caller's hands."""
    headers = {**_token(), **HOLD, "content-type": "application/json"}
    asked = urllib.request.Request(balancer.url + CHAT, json.dumps(QUESTION).encode(), headers)  # noqa: S310
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(asked, timeout=60)  # noqa: S310
    with raised.value as error:
        assert (error.code, error.headers["location"]) == (307, CHAT)
    assert balancer.statuses == [307]


def _token() -> dict[str, str]:
    return {"authorization": f"Bearer {TOKEN}"}
