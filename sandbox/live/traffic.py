"""Clients of the live tier: short requests and streams, each with an id, and what became of it."""

import http.client
import itertools
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

CHAT = "/v1/chat/completions"
STREAM_TOKENS = 40
PAUSE_SECONDS = 0.05
"""Between requests of one client, once it has sent as many as it must."""
Connect = Callable[[], http.client.HTTPConnection]
Answered = Callable[[str, float], None]
"""Told of each request's end: status or kind of error, and the seconds it took."""


@dataclass
class Outcome:
    """What clients saw, counted."""

    statuses: Counter[str] = field(default_factory=Counter[str])
    """Status, or the kind of error. For streams `whole`, and `looks whole` where one ended without an error and was
    not."""
    refusals: Counter[str] = field(default_factory=Counter[str])
    """Texts of answers that were no 200."""
    answered: set[str] = field(default_factory=set[str])
    """Ids of requests that got a whole answer."""
    sent: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, identifier: str, what: str, *, whole: bool) -> None:
        """One request has ended."""
        with self.lock:
            self.sent += 1
            self.statuses[what] += 1
            if whole:
                self.answered.add(identifier)

    @property
    def lost(self) -> int:
        """Requests without a whole answer."""
        return self.sent - len(self.answered)


class Traffic:
    """Runs at least `short` requests and `streams` through one address, for as long as a `with` does its work."""

    def __init__(
        self,
        connect: Connect,
        headers: dict[str, str],
        *,
        model: str = "model",
        prefix: str = "",
        answered: Answered | None = None,
    ) -> None:
        """`connect` gives a connection that is not open yet."""
        self._answered = answered or _nobody
        self._connect, self._headers, self._prefix = connect, headers, prefix
        self._content = {"model": model, "messages": [{"role": "user", "content": "hello"}]}
        self.short, self.streams = Outcome(), Outcome()
        self._work_done = threading.Event()

    @contextmanager
    def running(
        self, *, short: int, streams: int, short_clients: int = 24, stream_clients: int = 40
    ) -> Iterator[None]:
        """Starts the clients, and waits for all of them at the end."""
        with ThreadPoolExecutor(short_clients + stream_clients) as pool:
            jobs = [
                pool.submit(self._short_client, number, short // short_clients)
                for number in range(short_clients)
            ]
            jobs += [
                pool.submit(self._stream_client, number, streams // stream_clients)
                for number in range(stream_clients)
            ]
            try:
                yield
            finally:
                self._work_done.set()
            for job in jobs:
                job.result()

    def _numbers(self, count: int) -> Iterator[int]:
        """At least `count`, and on at a slower pace while the work is not done."""
        for number in itertools.count():
            if number >= count and self._work_done.wait(PAUSE_SECONDS):
                return
            yield number

    def _short_client(self, client: int, count: int) -> None:
        connection = self._connect()
        for number in self._numbers(count):
            identifier = f"{self._prefix}short-{client}-{number}"
            body = json.dumps({**self._content, "max_tokens": 1})
            began = time.monotonic()
            try:
                connection.request("POST", CHAT, body, {**self._headers, "x-test-id": identifier})
                answer = connection.getresponse()
                text = answer.read()
                whole = answer.status == 200 and b"word" in text
                self._answered(str(answer.status), time.monotonic() - began)
                self.short.add(identifier, str(answer.status), whole=whole)
                if answer.status != 200:
                    self.short.refusals[text.decode(errors="replace")[:200]] += 1
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                self._answered(type(error).__name__, time.monotonic() - began)
                self.short.add(identifier, type(error).__name__, whole=False)
        connection.close()

    def _stream_client(self, client: int, count: int) -> None:
        for number in self._numbers(count):
            identifier = f"{self._prefix}stream-{client}-{number}"
            connection = self._connect()
            body = json.dumps({**self._content, "max_tokens": STREAM_TOKENS, "stream": True})
            try:
                connection.request("POST", CHAT, body, {**self._headers, "x-test-id": identifier})
                answer = connection.getresponse()
                text = answer.read().decode()
                whole = answer.status == 200 and text.endswith("data: [DONE]\n\n")
                whole = whole and text.count("data: {") == STREAM_TOKENS
                ended = "whole" if whole else "looks whole"
                what = ended if answer.status == 200 else str(answer.status)
                self.streams.add(identifier, what, whole=whole)
            except (OSError, http.client.HTTPException) as error:
                self.streams.add(identifier, type(error).__name__, whole=False)
            connection.close()
            time.sleep(0)


def _nobody(status: str, seconds: float) -> None:
    """Nobody is told of a request's end."""
