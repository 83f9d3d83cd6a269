"""What processes have used, read from /proc: a root process and everything below it."""

import os
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Process:
    """Fields of /proc/<pid>/stat (Linux, proc(5))."""

    pid: int
    parent: int
    cpu_seconds: float
    """User and system, of ended and awaited children too."""
    resident_mib: float


def tree(*roots: int) -> list[Process]:
    """The roots and all that descends from them and still runs."""
    every = {one.pid: one for one in _all()}
    wanted = set(roots)
    while more := {one.pid for one in every.values() if one.parent in wanted} - wanted:
        wanted |= more
    return [every[pid] for pid in sorted(wanted) if pid in every]


def cpu_seconds(*roots: int) -> float:
    """Used since they began, by all of them together; in steps of a clock tick (10 ms)."""
    return sum(one.cpu_seconds for one in tree(*roots))


def machine_busy_seconds() -> float:
    """Processor seconds that the whole machine has spent on anything, all processors together."""
    user, nice, system, _idle, _wait, irq, softirq, *_ = _fields(
        Path("/proc/stat").read_text().splitlines()[0].partition(" ")[2]
    )
    return (user + nice + system + irq + softirq) / _TICKS_PER_SECOND


def _all() -> list[Process]:
    found: list[Process] = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = path.read_text()
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
        # The name in parentheses may hold anything; state is what follows it.
        numbers = _fields(text.rpartition(")")[2].split(maxsplit=1)[1])
        found.append(
            Process(
                pid=int(path.parent.name),
                parent=numbers[0],
                cpu_seconds=sum(numbers[10:14]) / _TICKS_PER_SECOND,
                resident_mib=numbers[20] * _PAGE_BYTES / 2**20,
            )
        )
    return found


def _fields(text: str) -> list[int]:
    return [int(word) for word in text.split()]
