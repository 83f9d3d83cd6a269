"""Digests of images from registries: tokens, mirrors, logins, and every strange answer."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest

from homeport.errors import LockError
from homeport.lock.registry import Registry, split_tag
from sandbox.hub.server import HubTransport

TAG = "docker.io/vllm/vllm-openai:v0.30.0"
MANIFEST = json.dumps({"schemaVersion": 2, "manifests": [{"digest": "sha256:x"}]}).encode()
DIGEST = f"sha256:{hashlib.sha256(MANIFEST).hexdigest()}"
REALM = httpx2.URL(scheme="https", host="auth.docker.io", path="/token")
CHALLENGE = (
    f'Bearer realm="{REALM}",service="registry.docker.io",scope="repository:vllm/vllm-openai:pull"'
)
MANIFESTS = "/v2/vllm/vllm-openai/manifests/v0.30.0"

Answers = Callable[[httpx2.Request], httpx2.Response]


class _Transport(httpx2.BaseTransport):
    def __init__(self, answers: Answers) -> None:
        self.asked: list[httpx2.Request] = []
        self._answers = answers

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self._answers(request)


@pytest.fixture(autouse=True)
def without_login(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.delenv("HOMEPORT_REGISTRY_ENDPOINT", raising=False)


def _docker_hub(request: httpx2.Request) -> httpx2.Response:
    if request.url.host == REALM.host:
        return httpx2.Response(200, content=json.dumps({"token": "bought"}))
    if request.headers.get("authorization") != "Bearer bought":
        return httpx2.Response(401, headers={"www-authenticate": CHALLENGE})
    return httpx2.Response(200, content=MANIFEST, headers={"docker-content-digest": DIGEST})


def _error(answers: Answers, tag: str = TAG) -> LockError:
    with pytest.raises(LockError) as caught:
        Registry(transport=_Transport(answers), pause=lambda _: None).resolve(tag)
    assert caught.value.path == "engine.image"
    return caught.value


def test_docker_hub_wants_a_token_first_and_each_tag_is_asked_once() -> None:
    transport = _Transport(_docker_hub)
    registry = Registry(transport=transport)
    image = registry.resolve(TAG)
    assert (image.digest, image.origin) == (DIGEST, "registry")
    assert image.reference == f"docker.io/vllm/vllm-openai@{DIGEST}"
    assert registry.resolve(TAG) == image
    assert {one.url.scheme for one in transport.asked} == {"https"}
    assert [(one.url.host, one.url.path) for one in transport.asked] == [
        ("registry-1.docker.io", MANIFESTS),
        (REALM.host, REALM.path),
        ("registry-1.docker.io", MANIFESTS),
    ]
    assert dict(transport.asked[1].url.params) == {
        "service": "registry.docker.io",
        "scope": "repository:vllm/vllm-openai:pull",
    }


@pytest.mark.parametrize(
    "name",
    ["docker.io", "index.docker.io", str(REALM.copy_with(host="index.docker.io", path="/v1/"))],
)
def test_a_stored_login_buys_the_token(tmp_path: Path, name: str) -> None:
    login = base64.b64encode(b"jane:secret").decode()
    auths = {"auths": {"ghcr.io": {"auth": "b3RoZXI6eA=="}, name: {"auth": login}}}
    (tmp_path / "config.json").write_text(json.dumps(auths))
    transport = _Transport(_docker_hub)
    Registry(transport=transport).resolve(TAG)
    sent = [one.headers.get("authorization") for one in transport.asked]
    assert sent == [None, f"Basic {login}", "Bearer bought"]


def test_a_digest_in_the_spec_needs_no_registry() -> None:
    tag = f"ghcr.io/acme/engine@sha256:{'a' * 64}"
    image = Registry(transport=_Transport(lambda _: httpx2.Response(500))).resolve(tag)
    assert image.reference == tag
    assert image.source == "written in the spec"


def test_a_mirror_is_told_whose_image_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    mirror = httpx2.URL(scheme="https", host="mirror.example", path="/")
    monkeypatch.setenv("HOMEPORT_REGISTRY_ENDPOINT", str(mirror))
    transport = _Transport(lambda _: httpx2.Response(200, content=MANIFEST))
    Registry(transport=transport).resolve("ghcr.io/huggingface/text-embeddings-inference:1.9")
    asked = transport.asked[0].url
    assert asked == mirror.copy_with(
        path="/v2/huggingface/text-embeddings-inference/manifests/1.9", query=b"ns=ghcr.io"
    )


def test_the_sandboxs_registry_marks_what_it_answers() -> None:
    assert Registry(transport=HubTransport()).resolve(TAG).origin == "sandbox"


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("vllm/vllm-openai:v1", ("docker.io", "vllm/vllm-openai", "v1")),
        ("ubuntu", ("docker.io", "library/ubuntu", "latest")),
        ("docker.io/ubuntu:22.04", ("docker.io", "library/ubuntu", "22.04")),
        ("ghcr.io/a/b/c:x", ("ghcr.io", "a/b/c", "x")),
        ("localhost:5000/a:1", ("localhost:5000", "a", "1")),
    ],
)
def test_a_tag_has_three_parts(tag: str, parts: tuple[str, str, str]) -> None:
    assert split_tag(tag) == parts


@pytest.mark.parametrize(
    ("answers", "found"),
    [
        (lambda _: httpx2.Response(404), f"{TAG}, which docker.io does not have"),
        (lambda _: httpx2.Response(403), "no access to the image at docker.io"),
        (
            lambda _: httpx2.Response(401, headers={"www-authenticate": "Basic"}),
            "no access to the image at docker.io",
        ),
        (
            lambda _: httpx2.Response(
                401,
                headers={
                    "www-authenticate": f'Bearer realm="{httpx2.URL(scheme="http", host="evil.example")}"'
                },
            ),
            "a token service at another kind of address (of docker.io)",
        ),
        (lambda _: httpx2.Response(200, content="<html>"),
         "an answer that is no manifest of an image (of docker.io)"),
        (lambda _: httpx2.Response(200, content=b"{}"),
         "an answer that is no manifest of an image (of docker.io)"),
        (
            lambda _: httpx2.Response(
                200, content=MANIFEST, headers={"docker-content-digest": f"sha256:{'0' * 64}"}
            ),
            "a manifest with another digest than it says (of docker.io)",
        ),
        (lambda _: httpx2.Response(500), "status 500 of docker.io"),
        (lambda _: httpx2.Response(429, headers={"retry-after": "900"}),
         "status 429 of docker.io, which asks to wait 900 s"),
        (lambda _: httpx2.Response(302), "status 302 (of docker.io)"),
    ],
    ids=[
        "no image", "forbidden", "basic without login", "token service in the clear", "a page",
        "an empty object", "another digest", "broken inside", "limited", "a redirect to nowhere",
    ],
)  # fmt: skip
def test_a_strange_registry(answers: Answers, found: str) -> None:
    assert _error(answers).found == found


def test_a_registry_that_does_not_answer() -> None:
    def fails(_request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectTimeout("")

    assert _error(fails).found == "no connection in time from docker.io"
