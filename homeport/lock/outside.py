"""HTTP to hosts that may be wrong, hostile, huge or slow: each answer is bounded in bytes and seconds.

Used by `hub.py` and `registry.py`, the only modules of this package that talk to anyone.
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

import httpx2

from homeport.errors import LockError

BYTES_MAX = 32 << 20
"""No answer that a lock needs is larger: the largest are file lists and tokenizers."""
SECONDS_MAX = 90.0
"""For one question with all its redirects and repetitions, however slowly the answer drips."""
CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0
ATTEMPTS = 4
PAUSE_SECONDS_MAX = 30.0
"""A server that asks for a longer pause is not waited for."""
BUSY = frozenset({408, 429, 500, 502, 503, 504})
SANDBOX_HEADER = "x-homeport-sandbox"
"""Set by the sandbox's servers: what they answer is marked, and refused outside the sandbox. A server
that claims it gains nothing by it."""

Pause = Callable[[float], None]
Result = TypeVar("Result")


class TooLargeError(httpx2.TransportError):
    """An answer went on after `BYTES_MAX`."""


class TooSlowError(httpx2.TransportError):
    """An answer had not ended after `SECONDS_MAX`."""


class PatientTransport(httpx2.BaseTransport):
    """Another transport's answers: asked again while the host is busy, cut off when too large.

    Only for questions (GET, HEAD): every request may be sent `ATTEMPTS` times.
    """

    def __init__(self, inner: httpx2.BaseTransport, pause: Pause) -> None:
        self._inner = inner
        self._pause = pause

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The first answer of a host that is not busy, or its last one."""
        if request.url.scheme not in ("http", "https"):
            raise httpx2.UnsupportedProtocol(f"{request.url.scheme}: no HTTP", request=request)
        for attempt in range(ATTEMPTS - 1):
            try:
                response = self._inner.handle_request(request)
            except (httpx2.TimeoutException, httpx2.NetworkError, httpx2.RemoteProtocolError):
                self._pause(2.0**attempt)
                continue
            asked = asked_pause_seconds(response.headers)
            if response.status_code not in BUSY or asked > PAUSE_SECONDS_MAX:
                return _bounded(response)
            response.close()
            self._pause(max(asked, 2.0**attempt))
        return _bounded(self._inner.handle_request(request))

    def close(self) -> None:
        """Close the transport inside."""
        self._inner.close()


def _bounded(response: httpx2.Response) -> httpx2.Response:
    if response.headers.get("content-encoding", "identity") != "identity":
        response.close()
        raise httpx2.DecodingError("compressed, and nobody asked for that")
    assert isinstance(response.stream, httpx2.SyncByteStream)
    response.stream = _BoundedStream(response.stream)
    return response


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, inner: httpx2.SyncByteStream) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        total = 0
        for part in self._inner:
            total += len(part)
            if total > BYTES_MAX:
                raise TooLargeError(f"an answer of more than {BYTES_MAX >> 20} MiB")
            yield part

    def close(self) -> None:
        self._inner.close()


def outside_client(
    *,
    transport: httpx2.BaseTransport | None = None,
    pause: Pause = time.sleep,
    on_response: Callable[[httpx2.Response], None] | None = None,
) -> httpx2.Client:
    """A client that is patient and bounded; `transport` takes the network's place.

    Compressed answers are not asked for: a small body that unpacks to gigabytes would pass the bound.
    """
    return httpx2.Client(
        transport=PatientTransport(transport or httpx2.HTTPTransport(), pause),
        timeout=httpx2.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        headers={"accept-encoding": "identity"},
        follow_redirects=True,
        max_redirects=5,
        event_hooks={"response": [on_response] if on_response else []},
    )


def within_bounds(call: Callable[[], Result], seconds: float = SECONDS_MAX) -> Result:
    """What `call` returns or raises; `TooSlowError` when it has not ended after `seconds`.

    A server that sends a byte now and then passes every timeout of a socket, which is why the whole
    call is timed, in a thread that is left alone when it is late.
    """
    results: list[Result] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(call())
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failures.append(error)

    thread = threading.Thread(target=run, name="homeport-outside", daemon=True)
    thread.start()
    thread.join(seconds)
    if failures:
        raise failures[0]
    if not results:
        raise TooSlowError(f"an answer that had not ended after {seconds:.0f} s")
    return results[0]


def asked_pause_seconds(headers: httpx2.Headers) -> float:
    """`Retry-After`, or the reset in the Hub's `ratelimit` header; 0 where there is neither."""
    text = headers.get("retry-after", "").strip()
    if text.isdigit():
        return float(text[:9])
    for part in headers.get("ratelimit", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name == "t" and value.isdigit():
            return float(value[:9])
    return 0.0


def busy_refusal(path: str, host: str, response: httpx2.Response) -> LockError:
    """For a host that stayed busy; says how long it asks to be left alone."""
    asked = asked_pause_seconds(response.headers)
    limited = response.status_code == 429
    return LockError(
        path=path,
        found=f"status {response.status_code} of {host}"
        + (f", which asks to wait {asked:.0f} s" if asked else ""),
        allowed="an answer",
        fix="run the command again after that; with HF_TOKEN set the Hub's limits are higher"
        if limited
        else "run the command again later; nothing was written",
    )


def transport_refusal(
    path: str, host: str, error: httpx2.HTTPError | httpx2.InvalidURL
) -> LockError:
    """For a host that gave no answer that could be read."""
    return LockError(
        path=path,
        found=f"{_words(error)} from {host}",
        allowed="an answer",
        fix="check the network and the address, and run the command again; nothing was written",
    )


def _words(error: Exception) -> str:
    if isinstance(error, TooSlowError | TooLargeError):
        return str(error)
    named: tuple[tuple[type[Exception], str], ...] = (
        (httpx2.ConnectTimeout, "no connection in time"),
        (httpx2.ReadTimeout, "no answer in time"),
        (httpx2.ConnectError, "no connection"),
        (httpx2.TooManyRedirects, "more than five redirects"),
        (httpx2.UnsupportedProtocol, "a redirect to something that is not HTTP"),
        (httpx2.DecodingError, "a compressed answer, which was not asked for"),
        (httpx2.InvalidURL, "a redirect to no address"),
    )
    for kind, words in named:
        if isinstance(error, kind):
            return words
    return "a connection that broke off"
