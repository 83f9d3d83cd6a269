"""Clients that do what they are told: they come back after a 503, follow a 307, and wait out a pause."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from sandbox.live.traffic import CHAT
from tests.live.sleeper import JANE, QUESTION, Sleeper, tell

TRIES_MAX = 1200
RETRY_SECONDS = 0.5
"""On the wall; what `Retry-After` says is the cloud's time."""
PAUSE_SECONDS = 0.05
"""Between requests once as many as asked for are done."""


class PatientClients:
    """Each of their requests has an id of its own; `lost` are those that were not answered, or told nothing."""

    def __init__(self, to: Sleeper, prefix: str, *, count: int = 16) -> None:
        self._to, self._prefix, self._count = to, prefix, count
        self.seen: Counter[str] = Counter()
        """Status -> answers of the load balancer; `bare` ones say nothing of what to do."""
        self.lost: list[str] = []
        self.answered = 0
        self._begun = 0
        self._lock = threading.Lock()

    def send(self, requests: int) -> None:
        """So many, as fast as they are answered."""
        with self.sending(requests):
            pass

    @contextmanager
    def sending(self, requests: int) -> Iterator[None]:
        """At least so many, and on at a slower pace until the block has ended."""
        over = threading.Event()
        last = self._begun + requests
        with ThreadPoolExecutor(self._count) as pool:
            clients = [pool.submit(self._client, last, over) for _ in range(self._count)]
            try:
                yield
            finally:
                over.set()
            for one in clients:
                one.result()

    def check(self) -> None:
        """Nothing was lost, nothing executed twice. Says what was seen."""
        executed = {
            name: times
            for name, times in self._to.stack.executed().items()
            if name.startswith(f"{self._prefix}-")
        }
        doubled = [name for name, times in executed.items() if times > 1]
        tell(
            f"{self._prefix}: {self.answered} requests answered, {len(self.lost)} lost, {len(doubled)} doubled;"
            f" answers {dict(self.seen)}"
        )
        assert (self.lost, doubled) == ([], [])
        assert len(executed) == self.answered == self._begun

    def _client(self, last: int, over: threading.Event) -> None:
        connection = self._to.door()
        while True:
            with self._lock:
                enough = self._begun >= last
                if enough and over.is_set():
                    break
                self._begun += 1
                identifier = f"{self._prefix}-{self._begun}"
            if self._insist(connection, identifier):
                with self._lock:
                    self.answered += 1
            else:
                self.lost.append(identifier)
            if enough:
                over.wait(PAUSE_SECONDS)
        connection.close()

    def _insist(self, connection: http.client.HTTPConnection, identifier: str) -> bool:
        for _ in range(TRIES_MAX):
            said = self._ask(connection, identifier)
            with self._lock:
                self.seen[said] += 1
            if said == "200":
                return True
            if said not in ("307", "503", "paused"):
                return False
            if said != "307":
                time.sleep(RETRY_SECONDS)
        return False

    def _ask(self, connection: http.client.HTTPConnection, identifier: str) -> str:
        """Status, or what makes it another thing than what a client can go by."""
        headers = {"content-type": "application/json", **JANE, "x-test-id": identifier}
        try:
            connection.request("POST", CHAT, json.dumps(QUESTION), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return type(error).__name__
        if answer.status == 200:
            return "200" if "word" in text else "half an answer"
        if answer.status == 503 and answer.headers["retry-after"] is None:
            return "paused" if '"code": "paused"' in text else f"bare 503 {text[:80]}"
        return str(answer.status) if answer.status in (307, 503) else f"bare {answer.status}"
