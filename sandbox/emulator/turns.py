"""A lock for callers who take turns: one who asks a thousand times at once keeps no other waiting for long.

AWS serves each caller beside the others; the emulator serves one request at a time. With a plain lock, whoever sends
most would be served most.
"""

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """`with turns.of(caller)`; also a lock itself, for a caller without a name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._busy = False
        self._waiting: OrderedDict[str, deque[threading.Lock]] = OrderedDict()
        """Caller -> locks that are held until it is the turn of who waits for them; first is who is next."""

    @contextmanager
    def of(self, caller: str) -> Iterator[None]:
        """Nobody else is in such a block. Of those who wait, each caller comes once before anyone comes again."""
        self._take(caller)
        try:
            yield
        finally:
            self._give()

    @contextmanager
    def given_back(self) -> Iterator[None]:
        """Within a turn: others come while the block runs."""
        self._give()
        try:
            yield
        finally:
            self._take("")

    def __enter__(self) -> None:
        self._take("")

    def __exit__(self, *error: object) -> None:
        self._give()

    def _take(self, caller: str) -> None:
        with self._lock:
            if not self._busy:
                self._busy = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.setdefault(caller, deque()).append(turn)
        turn.acquire()

    def _give(self) -> None:
        """To the next one, without a moment in which somebody else could come first."""
        with self._lock:
            if not self._waiting:
                self._busy = False
                return
            caller, queue = self._waiting.popitem(last=False)
            turn = queue.popleft()
            if queue:
                self._waiting[caller] = queue
        turn.release()
