"""When each step of this boot was done, kept in files: scripts write some, the agent others, and a restarted agent
knows them all.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

MACHINE, IMAGE, WEIGHTS, ENGINE, ANSWERED = "machine", "image", "weights", "engine", "answered"
PHASES = (MACHINE, IMAGE, WEIGHTS, ENGINE, ANSWERED)
"""The kernel began; images are pulled; weights are there and right; the engine's health route said yes; it gave its
first real answer. The first three are the scripts' words (`reached` in `environment.sh`)."""
FIRST_REQUEST_END = "first_request_end"
"""A client's first request came to its end. No step of a start, and kept like one."""


class Phases:
    """One file a word, in a folder in memory; one thread writes a word, any may read."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder, self._clock = folder, clock

    def reach(self, word: str) -> None:
        """Now, unless it was reached before. Nothing waits for it: what cannot be kept is not reported."""
        file = self._folder / word
        with suppress(OSError):
            if file.exists():
                return
            self._folder.mkdir(parents=True, exist_ok=True)
            draft = file.with_suffix(".new")
            draft.write_text(f"{self._clock():.3f}\n", encoding="utf-8")
            draft.replace(file)

    def when(self, word: str) -> float | None:
        """Seconds since 1970; None where it was not reached, or nobody can say when."""
        try:
            return float((self._folder / word).read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def steps(self) -> dict[str, float]:
        """Of a start, those that are done."""
        found = {word: self.when(word) for word in PHASES}
        return {word: when for word, when in found.items() if when is not None}
