"""A client that does what the gate says: it waits as Retry-After says, and follows a 307 with the same request."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from sandbox.live.traffic import CHAT, Connect

T = TypeVar("T")
ASKS_MAX = 400
"""Of one request; more is a circle."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer, `at` this moment of the monotonic clock, `seconds` after it was asked for."""

    status: int
    headers: dict[str, str]
    text: str
    at: float
    seconds: float

    @property
    def is_invitation(self) -> bool:
        """To ask again: the only answers but a 200 that lose nothing."""
        return self.status == 307 or (self.status == 503 and "retry-after" in self.headers)


@dataclass
class Outcomes:
    """Of many requests, counted from many threads."""

    sent: int = 0
    answered: set[str] = field(default_factory=set[str])
    lost: dict[str, str] = field(default_factory=dict[str, str])
    """Id -> why."""
    statuses: Counter[str] = field(default_factory=Counter[str])
    """Of every answer on the way."""
    lock: threading.Lock = field(default_factory=threading.Lock)


class PatientClient:
    """Each request is sent until a replica answers it. Seconds of Retry-After are divided by `time_scale`."""

    def __init__(
        self, connect: Connect, headers: dict[str, str], *, model: str, time_scale: float
    ) -> None:
        self._connect, self._headers = connect, headers
        self._body = json.dumps(
            {
                "model": model,
                "max_tokens": 1,
                "messages": [{"role": "user", "content": "hello"}],
            }
        )
        self._scale = time_scale
        self.outcomes = Outcomes()

    def ask(self, identifier: str, path: str = CHAT, **headers: str) -> Reply:
        """Once, over a connection of its own. Raises `OSError` and `HTTPException` where nothing answers."""
        connection = self._connect()
        try:
            return self._send(connection, identifier, path, headers)
        finally:
            connection.close()

    def persist(self, identifier: str, **headers: str) -> list[Reply]:
        """Until a replica answers or it is lost; all the answers, in their order."""
        replies: list[Reply] = []
        path, why = CHAT, "asked in a circle"
        connection = self._connect()
        try:
            while len(replies) < ASKS_MAX:
                reply = self._send(connection, identifier, path, headers)
                replies.append(reply)
                if not reply.is_invitation:
                    why = "" if reply.status == 200 else f"{reply.status} {reply.text[:200]}"
                    break
                if reply.status == 307:
                    path = reply.headers["location"]
                else:
                    time.sleep(float(reply.headers["retry-after"]) / self._scale)
        except (OSError, http.client.HTTPException) as error:
            why = f"{type(error).__name__}: {error}"
        finally:
            connection.close()
        self._count(identifier, replies, why)
        return replies

    def all_at_once(self, identifiers: Iterable[str], ask: Callable[[str], T]) -> list[T]:
        """A thread for each, all let go at the same moment."""
        names = list(identifiers)
        barrier = threading.Barrier(len(names))

        def one(name: str) -> T:
            barrier.wait()
            return ask(name)

        with ThreadPoolExecutor(len(names)) as pool:
            return list(pool.map(one, names))

    def _send(
        self,
        connection: http.client.HTTPConnection,
        identifier: str,
        path: str,
        headers: dict[str, str],
    ) -> Reply:
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        began = time.monotonic()
        connection.request(
            "POST", path, self._body, {**self._headers, "x-test-id": identifier, **more}
        )
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        at = time.monotonic()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(status=answer.status, headers=named, text=text, at=at, seconds=at - began)

    def _count(self, identifier: str, replies: list[Reply], why: str) -> None:
        with self.outcomes.lock:
            self.outcomes.sent += 1
            self.outcomes.statuses.update(str(reply.status) for reply in replies)
            if why:
                self.outcomes.lost[identifier] = why
            else:
                self.outcomes.answered.add(identifier)
