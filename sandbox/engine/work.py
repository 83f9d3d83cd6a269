"""The inside of the stand-in: requests wait for a place, and their tokens come at the pace of the settings."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

from sandbox.engine.batch import Batch
from sandbox.engine.counts import Counts
from sandbox.engine.executed import Executed
from sandbox.engine.faults import Crash, die
from sandbox.engine.settings import Settings, SettingsFile

LOOK_SECONDS = 0.05
"""A wait that is longer is cut into such pieces, so that changed settings act on it."""


class Run:
    """One request that runs: `tokens` waits for them."""

    def __init__(self, work: "Work", began: float) -> None:
        """Made by Work."""
        self._work, self._began = work, began
        self._due = time.monotonic()
        self._first = True

    async def tokens(self, count: int) -> None:
        """Return when so many are there."""
        work = self._work
        if self._first:
            self._due = await work.wait(self._due, lambda now: now.first_token_seconds)
        self._due = await work.wait(self._due, lambda now: count / now.tokens_per_second)
        if self._first:
            self._first = False
            work.counts.first_token_seconds.observe(time.monotonic() - self._began)
        work.counts.generated_tokens += count
        work.crash.after_tokens(count)


class Work:
    """Queue, pace and counts of one process."""

    def __init__(self, settings: SettingsFile, places: int) -> None:
        """`places`: requests at a time."""
        self._settings = settings
        self.batch = Batch(places)
        self.counts = Counts(self.batch, places)
        self.crash = Crash(settings)
        self._executed = Executed(settings.now().executed_folder)

    @asynccontextmanager
    async def run(self, identifier: str, prompt_tokens: int) -> AsyncIterator[Run]:
        """Waits for a place. What is done inside is the request's execution, and is written down as such."""
        began = time.monotonic()
        async with self.batch:
            self.counts.queue_seconds.observe(time.monotonic() - began)
            self._executed.add(identifier)
            self.counts.prompt_tokens += prompt_tokens
            self.counts.prompt_lengths.observe(prompt_tokens)
            yield Run(self, began)

    @contextmanager
    def last_words(self, began: float, tokens: int) -> Iterator[None]:
        """Around the end of an answer: whoever has read it finds it counted."""
        self.counts.succeeded += 1
        self.counts.answer_lengths.observe(tokens)
        self.counts.request_seconds.observe(time.monotonic() - began)
        dies = self.crash.is_due_after_request()
        yield
        if dies:
            die()

    async def wait(self, since: float, seconds: Callable[[Settings], float]) -> float:
        """Until `seconds` after `since` by the clock that never goes back; returns that moment.

        Who is late is not late again: a busy process makes up for it, as far as it can.
        """
        while True:
            until = since + seconds(self._settings.recent())
            left = until - time.monotonic()
            # Also where it is late already: other requests must get their turn.
            await asyncio.sleep(min(max(left, 0.0), LOOK_SECONDS))
            if left <= LOOK_SECONDS:
                return until
