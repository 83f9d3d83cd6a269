"""Broken Hubs: each row takes the sandbox's Hub and breaks one thing; what a lock of it must say.

The rows are the table that a reader looks at: title, what breaks, path, found and fix of the error.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2

from homeport.lock.outside import BYTES_MAX
from sandbox.hub.server import HubTransport

Breaks = Callable[[httpx2.Request, httpx2.Response], httpx2.Response]

AGAIN = "check HF_ENDPOINT and try again; nothing was written"
NETWORK = "check the network and the address, and run the command again; nothing was written"
LATER = "run the command again later; nothing was written"
LIMITED = "run the command again after that; with HF_TOKEN set the Hub's limits are higher"
OF = "(of Qwen/Qwen3-8B)"
HOST = "huggingface.co"


class BrokenTransport(httpx2.BaseTransport):
    """The sandbox's Hub behind something that breaks its answers, and counts them."""

    def __init__(self, breaks: Breaks) -> None:
        self.requests = 0
        self._breaks = breaks
        self._hub = HubTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.requests += 1
        return self._breaks(request, self._hub.handle_request(request))


@dataclass(frozen=True, kw_only=True)
class Case:
    title: str
    breaks: Breaks
    found: str
    fix: str = AGAIN
    path: str = "model.repository"
    requests: int = 1
    """Questions that it takes until the error is certain."""


def fails(error: Exception) -> Breaks:
    def breaks(_request: httpx2.Request, _answer: httpx2.Response) -> httpx2.Response:
        raise error

    return breaks


def answers(
    status: int = 200, body: bytes | str = b"", headers: dict[str, str] | None = None
) -> Breaks:
    def breaks(_request: httpx2.Request, _answer: httpx2.Response) -> httpx2.Response:
        return httpx2.Response(status, content=body, headers=headers)

    return breaks


def described(change: Callable[[dict[str, Any]], object]) -> Breaks:
    """The true description with one change."""

    def breaks(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        if not request.url.path.startswith("/api/"):
            return answer
        description = json.loads(answer.read())
        change(description)
        return httpx2.Response(200, content=json.dumps(description))

    return breaks


def file(change: Callable[[bytes], httpx2.Response]) -> Breaks:
    """The true description, and another file than it lists."""

    def breaks(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        return change(answer.read()) if "/resolve/" in request.url.path else answer

    return breaks


def config(text: str) -> Breaks:
    """A config.json with this text, listed with its true size and no git object."""

    def breaks(request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        if "/resolve/" in request.url.path:
            return httpx2.Response(200, content=text)
        description = json.loads(answer.read())
        listed = sibling(description, "config.json")
        listed["size"] = len(text.encode())
        del listed["blobId"]
        return httpx2.Response(200, content=json.dumps(description))

    return breaks


def sibling(description: dict[str, Any], path: str) -> dict[str, Any]:
    return next(one for one in description["siblings"] if one["rfilename"] == path)


def weights(description: dict[str, Any]) -> dict[str, Any]:
    return sibling(description, "model.safetensors")


def endless() -> Breaks:
    class Endless(httpx2.SyncByteStream):
        def __iter__(self) -> Any:
            while True:
                yield b"x" * (1 << 20)

    def breaks(_request: httpx2.Request, _answer: httpx2.Response) -> httpx2.Response:
        return httpx2.Response(200, stream=Endless())

    return breaks


def never_ending() -> Breaks:
    """Blocks for ever, in a thread that dies with the process."""

    def breaks(_request: httpx2.Request, answer: httpx2.Response) -> httpx2.Response:
        threading.Event().wait()
        return answer

    return breaks


CASES = (
    Case(title="nobody listens", breaks=fails(httpx2.ConnectError("refused")), requests=4,
         found=f"no connection from {HOST}", fix=NETWORK),
    Case(title="no connection in time", breaks=fails(httpx2.ConnectTimeout("")), requests=4,
         found=f"no connection in time from {HOST}", fix=NETWORK),
    Case(title="no answer in time", breaks=fails(httpx2.ReadTimeout("")), requests=4,
         found=f"no answer in time from {HOST}", fix=NETWORK),
    Case(title="breaks off", breaks=fails(httpx2.RemoteProtocolError("")), requests=4,
         found=f"a connection that broke off from {HOST}", fix=NETWORK),
    Case(title="drips for ever", breaks=never_ending(),
         found=f"an answer that had not ended after 0 s from {HOST}", fix=NETWORK),
    Case(title="endless answer", breaks=endless(),
         found=f"an answer of more than {BYTES_MAX >> 20} MiB from {HOST}", fix=NETWORK),
    Case(title="compressed bomb", breaks=answers(headers={"content-encoding": "x-bomb"}),
         found=f"a compressed answer, which was not asked for from {HOST}", fix=NETWORK),
    Case(title="redirects in a circle", requests=6,
         breaks=answers(302, headers={"location": "/api/models/Qwen/Qwen3-8B"}),
         found=f"more than five redirects from {HOST}", fix=NETWORK),
    Case(title="redirects to a file of this machine",
         breaks=answers(302, headers={"location": "file:///etc/passwd"}),
         found=f"a redirect to something that is not HTTP from {HOST}", fix=NETWORK),
    Case(title="limited, for a moment", breaks=answers(429, headers={"retry-after": "5"}),
         requests=4, found=f"status 429 of {HOST}, which asks to wait 5 s", fix=LIMITED),
    Case(title="limited, for long", breaks=answers(429, headers={"retry-after": "600"}),
         found=f"status 429 of {HOST}, which asks to wait 600 s", fix=LIMITED),
    Case(title="limited, in the Hub's own words",
         breaks=answers(429, headers={"ratelimit": '"api";r=0;t=200'}),
         found=f"status 429 of {HOST}, which asks to wait 200 s", fix=LIMITED),
    Case(title="broken inside", breaks=answers(500, "oops"), requests=4,
         found=f"status 500 of {HOST}", fix=LATER),
    Case(title="a proxy's page", breaks=answers(503, "<html>maintenance</html>"), requests=4,
         found=f"status 503 of {HOST}", fix=LATER),
    Case(title="a teapot", breaks=answers(418), found=f"status 418 {OF}"),
    Case(title="a login page", breaks=answers(200, "<html>sign in</html>"),
         found=f"an answer that does not describe a model {OF}"),
    Case(title="nothing", breaks=answers(200),
         found=f"an answer that does not describe a model {OF}"),
    Case(title="a list", breaks=answers(200, "[]"),
         found=f"an answer that does not describe a model {OF}"),
    Case(title="a deep hole", breaks=answers(200, "[" * 100_000),
         found=f"an answer that does not describe a model {OF}"),
    Case(title="no name", breaks=described(lambda it: it.update(id=None)),
         found=f"a description without the repository's name {OF}"),
    Case(title="no commit", breaks=described(lambda it: it.pop("sha")),
         found=f"a description without a commit {OF}"),
    Case(title="a branch for a commit", breaks=described(lambda it: it.update(sha="main")),
         found=f"a description without a commit {OF}"),
    Case(title="no files", breaks=described(lambda it: it.update(siblings=[])),
         found=f"an empty list of files {OF}"),
    Case(title="files without names",
         breaks=described(lambda it: weights(it).pop("rfilename")),
         found=f"an answer that does not describe a model {OF}"),
    Case(title="too many files",
         breaks=described(lambda it: it.update(siblings=it["siblings"] * 5001)),
         found=f"a list of 20004 files {OF}"),
    Case(title="a file outside",
         breaks=described(lambda it: weights(it).update(rfilename="../../etc/passwd")),
         found=f"a file's name that leaves the repository {OF}"),
    Case(title="an absolute file",
         breaks=described(lambda it: weights(it).update(rfilename="/etc/passwd")),
         found=f"a file's name that leaves the repository {OF}"),
    Case(title="a file twice",
         breaks=described(lambda it: it["siblings"].append(weights(it))),
         found=f"model.safetensors twice {OF}"),
    Case(title="a negative size", breaks=described(lambda it: weights(it).update(size=-1)),
         found=f"model.safetensors without a size {OF}"),
    Case(title="a size in words", breaks=described(lambda it: weights(it).update(size="big")),
         found=f"model.safetensors without a size {OF}"),
    Case(title="half a hash",
         breaks=described(lambda it: weights(it)["lfs"].update(sha256="abc")),
         found=f"model.safetensors with a hash that is none {OF}"),
    Case(title="a git object that is none",
         breaks=described(lambda it: weights(it).update(blobId="../..")),
         found=f"model.safetensors with a git object that is none {OF}"),
    Case(title="weights without a hash", breaks=described(lambda it: weights(it).pop("lfs")),
         requests=3, found=f"model.safetensors of 16381470720 bytes without a hash {OF}"),
    Case(title="no weights",
         breaks=described(lambda it: weights(it).update(rfilename="model.onnx")), requests=2,
         found="no file with weights", fix="choose another repository of the model"),
    Case(title="disabled", breaks=described(lambda it: it.update(disabled=True)),
         found="Qwen/Qwen3-8B, which the Hub has disabled",
         fix="choose another repository of the model"),
    Case(title="another model",
         breaks=described(lambda it: it.update(id="evil/Qwen3-8B")),
         found="Qwen/Qwen3-8B, which was renamed",
         fix="write evil/Qwen3-8B: somebody else may take the old name"),
    Case(title="a shorter file", requests=2,
         breaks=file(lambda data: httpx2.Response(200, content=data[:10])),
         found=f"config.json with 10 bytes, listed with 488 {OF}"),
    Case(title="another file", requests=2,
         breaks=file(lambda data: httpx2.Response(200, content=data.replace(b"qwen3", b"qwen4"))),
         found=f"config.json with another content than the listed one {OF}"),
    Case(title="a listed file that is not there", requests=2,
         breaks=file(lambda _: httpx2.Response(404, headers={"x-error-code": "EntryNotFound"})),
         found=f"a file that is listed and cannot be fetched {OF}"),
    Case(title="a configuration that is no JSON", breaks=config("{"), requests=2,
         found=f"a config.json that is no JSON {OF}"),
    Case(title="a configuration that is a list", breaks=config("[]"), requests=2,
         found=f"a config.json that is no object {OF}"),
    Case(title="a bottomless configuration", breaks=config("[" * 100_000), requests=2,
         found=f"a config.json that is no JSON {OF}"),
)  # fmt: skip
