"""Whether a token may read a repository: the Hub's answers, in its network's place."""

import httpx2
import pytest

from homeport.errors import HomeportError
from homeport.operations.gated_access import may_read

REPOSITORY, TOKEN = "acme/gated", "hf_canary"


class Hub(httpx2.BaseTransport):
    def __init__(self, status: int, **headers: str) -> None:
        self._status, self._headers = status, headers
        self.asked: list[tuple[str, str]] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append((request.url.path, request.headers["authorization"]))
        return httpx2.Response(self._status, headers=self._headers, content=b"{}")


@pytest.mark.parametrize(
    ("hub", "granted"),
    [
        (Hub(200), True),
        (Hub(403, **{"x-error-code": "GatedRepo"}), False),
        (Hub(404, **{"x-error-code": "RepoNotFound"}), False),
    ],
    ids=["granted", "gated", "not there for this token"],
)
def test_the_hub_says_whether_the_account_was_granted_it(hub: Hub, granted: bool) -> None:
    assert may_read(REPOSITORY, TOKEN, transport=hub) is granted
    assert hub.asked == [(f"/api/models/{REPOSITORY}/auth-check", f"Bearer {TOKEN}")]


def test_another_answer_says_nothing() -> None:
    with pytest.raises(HomeportError, match="status 418") as caught:
        may_read(REPOSITORY, TOKEN, transport=Hub(418))
    assert TOKEN not in str(caught.value)


def test_without_a_connection_it_says_so() -> None:
    class Down(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            raise httpx2.UnsupportedProtocol("no network", request=request)

    with pytest.raises(
        HomeportError, match=r"no connection to https://\S+ \(UnsupportedProtocol\)"
    ):
        may_read(REPOSITORY, TOKEN, transport=Down())


def test_a_token_goes_to_no_address_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = Hub(200)
    monkeypatch.setenv("HF_ENDPOINT", "http://hub.example.com")
    with pytest.raises(HomeportError, match="an https address"):
        may_read(REPOSITORY, TOKEN, transport=hub)
    assert hub.asked == []
