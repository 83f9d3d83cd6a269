"""Ask a registry for the digest of an image's tag, by the OCI distribution protocol.

Anonymous, or with what `docker login` stored. The manifest itself is fetched and hashed, so that the
digest is the content's and not a header's. Amazon's private registries are asked by the AWS SDK
instead (`homeport.operations`). Source: opencontainers/distribution-spec v1.1, "Pulling manifests", and
the Docker registry's token authentication, read 2026-11-25.
"""

import base64
import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import httpx2

from homeport.errors import LockError
from homeport.lock.fields import DIGEST
from homeport.lock.outside import (
    BUSY,
    SANDBOX_HEADER,
    Pause,
    busy_refusal,
    outside_client,
    transport_refusal,
    within_bounds,
)
from homeport.lock.records import LockedImage

ENDPOINT_VARIABLE = "HOMEPORT_REGISTRY_ENDPOINT"
"""A mirror that is asked for every registry's images, with the registry as `ns` (as containerd does)."""
MANIFEST_BYTES_MAX = 4 << 20
"""The protocol's own limit for what registries must take."""
_ACCEPT = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)
_DOCKER_HUB, _DOCKER_HUB_API, _DOCKER_HUB_LOGIN = (
    "docker.io", "registry-1.docker.io", "index.docker.io",
)  # fmt: skip
"""In an image's name; who answers for it; under which host `docker login` stores its login."""
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')


class Registry:
    """Every registry that images come from; answers are kept, so that each tag is asked once."""

    def __init__(
        self, *, transport: httpx2.BaseTransport | None = None, pause: Pause = time.sleep
    ) -> None:
        """`transport` takes the network's place; `pause` waits between two attempts."""
        self._mirror = os.environ.get(ENDPOINT_VARIABLE, "").rstrip("/")
        self._client = outside_client(transport=transport, pause=pause)
        self._known: dict[str, LockedImage] = {}

    def resolve(self, tag: str) -> LockedImage:
        """The image with its digest. Raises `LockError` at `engine.image`."""
        if tag not in self._known:
            self._known[tag] = self._asked(tag)
        return self._known[tag]

    def _asked(self, tag: str) -> LockedImage:
        name, _, digest = tag.partition("@")
        if digest:
            return LockedImage(
                tag=tag, digest=digest, origin="registry", source="written in the spec"
            )
        host, repository, label = split_tag(name)
        try:
            url = self._address(host, f"/v2/{repository}/manifests/{quote(label)}")
            response = within_bounds(lambda: self._manifest(url, host))
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise transport_refusal("engine.image", host, error) from None
        return _locked(tag, host, response)

    def _address(self, host: str, path: str) -> str:
        if self._mirror:
            return f"{self._mirror}{path}?{urlencode({'ns': host})}"
        asked = _DOCKER_HUB_API if host == _DOCKER_HUB else host
        return urlunsplit(("https", asked, path, "", ""))

    def _manifest(self, url: str, host: str) -> httpx2.Response:
        """The manifest; a registry that asks for a token gets one first."""
        response = self._client.get(url, headers={"accept": _ACCEPT})
        if response.status_code != 401:
            return response
        token = self._token(response.headers.get("www-authenticate", ""), url, host)
        return self._client.get(url, headers={"accept": _ACCEPT, "authorization": token})

    def _token(self, challenge: str, url: str, host: str) -> str:
        """What the challenge asks for: the login itself, or a token bought with it."""
        login = _stored_login(host)
        if challenge.lower().startswith("basic"):
            if login is None:
                raise _no_access(host)
            return f"Basic {login}"
        fields: dict[str, str] = dict(_CHALLENGE.findall(challenge))
        realm = fields.pop("realm", "")
        if urlsplit(realm).scheme != urlsplit(url).scheme:
            # A registry of https that sends the login elsewhere in the clear.
            raise _strange(host, "a token service at another kind of address")
        headers = {"authorization": f"Basic {login}"} if login else {}
        query = {key: fields[key] for key in ("service", "scope") if key in fields}
        response = self._client.get(f"{realm}?{urlencode(query)}", headers=headers)
        if response.status_code in BUSY:
            raise busy_refusal("engine.image", host, response)
        if response.status_code != 200:
            raise _no_access(host)
        answer = _json(response.content)
        token = answer.get("token") or answer.get("access_token")
        if not isinstance(token, str) or not token.isprintable():
            raise _strange(host, "an answer of its token service without a token")
        return f"Bearer {token}"


def split_tag(tag: str) -> tuple[str, str, str]:
    """Registry, repository and label of an image: `vllm/vllm-openai` is Docker Hub's, `:latest`."""
    first, separator, rest = tag.partition("/")
    has_host = separator and ("." in first or ":" in first or first == "localhost")
    host, path = (first, rest) if has_host else (_DOCKER_HUB, tag)
    if host == _DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    folder, separator, last = path.rpartition("/")
    name, _, label = last.partition(":")
    return host, f"{folder}{separator}{name}", label or "latest"


def _locked(tag: str, host: str, response: httpx2.Response) -> LockedImage:
    """The image of a manifest that is there, whole and of a kind that machines can pull."""
    if response.status_code in BUSY:
        raise busy_refusal("engine.image", host, response)
    if response.status_code in (401, 403):
        raise _no_access(host)
    if response.status_code == 404:
        raise LockError(
            path="engine.image",
            found=f"{tag}, which {host} does not have",
            allowed="an image and a tag of the registry",
            fix="check name and tag; a private image looks the same: run `docker login` first",
        )
    if response.status_code != 200:
        raise _strange(host, f"status {response.status_code}")
    manifest = _json(response.content)
    if len(response.content) > MANIFEST_BYTES_MAX or not (
        manifest.get("manifests") or manifest.get("layers")
    ):
        raise _strange(host, "an answer that is no manifest of an image")
    digest = f"sha256:{hashlib.sha256(response.content).hexdigest()}"
    said = response.headers.get("docker-content-digest")
    if said is not None and DIGEST.fullmatch(said) and said != digest:
        raise _strange(host, "a manifest with another digest than it says")
    of_sandbox = SANDBOX_HEADER in response.headers
    return LockedImage(
        tag=tag,
        digest=digest,
        origin="sandbox" if of_sandbox else "registry",
        source=f"the sandbox's registry in place of {host}" if of_sandbox else f"registry {host}",
    )


def _stored_login(host: str) -> str | None:
    """What `docker login` stored for the registry, as HTTP's Basic takes it; None without."""
    folder = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    try:
        stored = _json((folder / "config.json").read_bytes())
    except OSError:
        return None
    logins = _object(stored.get("auths"))
    names = (host, _DOCKER_HUB_LOGIN) if host == _DOCKER_HUB else (host,)
    for name, stored_login in logins.items():
        login = _object(stored_login).get("auth")
        if _host_of(name) in names and isinstance(login, str) and _is_base64(login):
            return login
    return None


def _host_of(name: str) -> str:
    """Docker names a login by its registry's host, older ones by an address on it."""
    return (urlsplit(name).netloc if "://" in name else name.partition("/")[0]).lower()


def _is_base64(text: str) -> bool:
    try:
        return b":" in base64.b64decode(text, validate=True)
    except ValueError:
        return False


def _json(data: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return _object(value)


def _object(value: Any) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _no_access(host: str) -> LockError:
    return LockError(
        path="engine.image",
        found=f"no access to the image at {host}",
        allowed="an image that may be read",
        fix=f"run `docker login {host}`, or check the image's name",
    )


def _strange(host: str, found: str) -> LockError:
    return LockError(
        path="engine.image",
        found=f"{found} (of {host})",
        allowed="what a registry answers",
        fix="check the image's registry and try again; nothing was written",
    )
