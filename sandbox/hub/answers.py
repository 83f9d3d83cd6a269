"""What the sandbox's Hub and registries answer, without a socket: method, address and token in."""

import json
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from sandbox.hub.models import HubModel, find_model, known_models, new_name, stand_in

HEADERS = {"x-homeport-sandbox": "stand-in"}
TOKEN_PREFIX = "hf_"


class Answer(NamedTuple):
    """An HTTP answer."""

    status: int
    headers: dict[str, str]
    body: bytes


def answer(target: str, authorization: str | None) -> Answer:
    """The answer to `GET target` (path with query)."""
    path = urlsplit(target).path
    if path == "/api/whoami-v2":
        return _whoami(authorization)
    if path.startswith("/v2/"):
        return _registry(path)
    if path.startswith("/api/models/"):
        return _description(path.removeprefix("/api/models/"))
    repository, separator, rest = path.strip("/").partition("/resolve/")
    if separator:
        return _file(repository, unquote(rest.partition("/")[2]), authorization)
    return _refusal(404, "EntryNotFound", "no such page in the sandbox's Hub")


ACCOUNTS = {"jane": ("acme",), "joe": ("other",)}
"""User -> organisations. A token is `hf_<user>_` and anything: `hf_jane_0123456789abcdef`."""


def _whoami(authorization: str | None) -> Answer:
    token = (authorization or "").removeprefix("Bearer ").removeprefix(TOKEN_PREFIX)
    name, separator, _ = token.partition("_")
    if not separator or name not in ACCOUNTS:
        return _refusal(401, "Unauthorized", "Invalid username or password.")
    orgs = [{"type": "org", "name": org} for org in ACCOUNTS[name]]
    return _json({"type": "user", "name": name, "orgs": orgs})


def _description(rest: str) -> Answer:
    repository, _, revision = rest.partition("/revision/")
    today = new_name(repository)
    if today is not None:
        place = f"/api/models/{today}" + (f"/revision/{revision}" if revision else "")
        return Answer(307, {**HEADERS, "location": f"{place}?blobs=true"}, b"")
    model = find_model(repository)
    if model is None:
        return _unknown()
    if "missing" in revision:
        return _refusal(404, "RevisionNotFound", f"Invalid rev id: {revision}")
    return _json(model.description(unquote(revision or "main")))


def _file(repository: str, path: str, authorization: str | None) -> Answer:
    model = find_model(repository)
    if model is None:
        return _unknown()
    if model.facts["gated"] and not _may_read(authorization):
        return _refusal(401, "GatedRepo", f"Access to model {repository} is restricted.")
    return _content(model, path)


def _content(model: HubModel, path: str) -> Answer:
    file = next((one for one in model.files() if one.path == path), None)
    if file is None or file.content is None:
        return _refusal(404, "EntryNotFound", "Entry not found")
    return Answer(200, {**HEADERS, "content-type": "text/plain"}, file.content)


def _may_read(authorization: str | None) -> bool:
    """Every token of the Hub's form is good here."""
    return (authorization or "").removeprefix("Bearer ").startswith(TOKEN_PREFIX)


def _registry(path: str) -> Answer:
    """A manifest made from the address: every image and tag exists, always the same."""
    name, separator, tag = path.removeprefix("/v2/").rpartition("/manifests/")
    if not separator:
        return _refusal(404, "NAME_UNKNOWN", "no such address in the sandbox's registry")
    manifest = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": [{"digest": f"sha256:{stand_in('sha256', name, tag)}", "size": 1}],
    }
    return _json(manifest)


def _unknown() -> Answer:
    known = ", ".join(known_models())
    return _refusal(404, "RepoNotFound", f"a model that the sandbox's Hub knows: {known}")


def _refusal(status: int, code: str, message: str) -> Answer:
    headers = {**HEADERS, "x-error-code": code, "x-error-message": message}
    return Answer(status, headers, json.dumps({"error": message}).encode())


def _json(value: dict[str, Any]) -> Answer:
    return Answer(200, {**HEADERS, "content-type": "application/json"}, json.dumps(value).encode())
