"""Which requests were executed, in a file that outlives the process."""

import os
from pathlib import Path


class Executed:
    """Appends a line for each; several engines may share the folder."""

    def __init__(self, folder: Path | None) -> None:
        """None keeps nothing."""
        self._file: int | None = None
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
            self._file = os.open(folder / "executed", flags, 0o644)

    def add(self, identifier: str) -> None:
        """Its execution begins. Written at once: a process that is killed in the next moment has said it."""
        if self._file is not None:
            os.write(self._file, f"{identifier}\n".encode())


def read_executed(folder: Path) -> list[str]:
    """Ids in the order of execution; empty where nothing was executed yet."""
    file = folder / "executed"
    return file.read_text().splitlines() if file.exists() else []
