"""Which requests run and which wait: so many at a time, the others in the order in which they came."""

import asyncio
from collections import deque


class Batch:
    """`async with` holds a place; the wait ends early where the task is cancelled."""

    def __init__(self, places: int) -> None:
        """At least one place."""
        self._places = places
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.running = 0

    @property
    def waiting(self) -> int:
        """Requests in the queue."""
        return len(self._waiting)

    async def __aenter__(self) -> None:
        if self.running < self._places and not self._waiting:
            self.running += 1
            return
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave()  # the place was given in the same moment
            else:
                self._waiting.remove(turn)
            raise

    async def __aexit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        """The place goes to the first who waits."""
        if self._waiting:
            self._waiting.popleft().set_result(None)
        else:
            self.running -= 1
