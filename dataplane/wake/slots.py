"""Slots for requests that wait: as many in the whole stack as never keep the reconciler from running."""

from __future__ import annotations

import uuid
from collections.abc import Generator
from contextlib import contextmanager
from random import SystemRandom

from .gate_cloud import CloudError, HoldSlots

TRIES, LOOKS = 4, 4
"""Free slots that one request tries before it looks again: a thousand at once must not each write to all of them. Who
finds none free at a look is done."""
MARGIN_SECONDS = 30.0
"""A lease outlives its wait by so much; whoever crashed holds its slot until then."""


class Slots:
    """Of one stack."""

    def __init__(self, cloud: HoldSlots, count: int) -> None:
        self._cloud, self._count = cloud, count
        self._random = SystemRandom()

    @contextmanager
    def one(self, now: float, seconds: float) -> Generator[bool]:
        """A slot for so long, given back at the end. False where none is free, or where the table does not say."""
        owner = uuid.uuid4().hex
        slot = self._take(owner, now, now + seconds + MARGIN_SECONDS)
        try:
            yield slot is not None
        finally:
            if slot is not None:
                self._free(slot, owner, now)

    def _take(self, owner: str, now: float, until: float) -> int | None:
        try:
            for _ in range(LOOKS):
                busy = self._cloud.busy_slots(now)
                free = [slot for slot in range(self._count) if slot not in busy]
                for slot in self._random.sample(free, min(TRIES, len(free))):
                    if self._cloud.take_slot(slot, owner, now, until):
                        return slot
                if not free:
                    return None
        except CloudError:
            return None
        return None

    def _free(self, slot: int, owner: str, now: float) -> None:
        try:
            self._cloud.free_slot(slot, owner, now)
        except CloudError:
            return  # its lease ends
