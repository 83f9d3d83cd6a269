"""What setup says while it works, and how it stops."""

import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

TICK_SECONDS = 15
_LINES_KEPT_FOR_ERRORS = 15


class SetupError(Exception):
    """Setup cannot go on. `exit_code` 2 means that something must be installed first, 1 that a step failed."""

    def __init__(self, message: str, *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def say(text: str) -> None:
    """One line of progress, shown at once also when the output is a file."""
    print(f"setup: {text}", flush=True)


def run_with_progress(
    command: Sequence[str | Path],
    *,
    describe: Callable[[list[str]], str],
    cwd: Path,
    environment: Mapping[str, str] | None = None,
) -> list[str]:
    """Run a long command; every 15 seconds say what `describe` makes of its lines so far.

    Returns the command's lines (both streams). Raises SetupError with its last lines when it fails. The
    child ends with us: an interrupt leaves nothing running.
    """
    started = time.monotonic()
    lines: list[str] = []
    process = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    reader = threading.Thread(target=_collect, args=(process, lines), daemon=True)
    reader.start()
    try:
        while not _ended(process):
            say(f"  {time.monotonic() - started:4.0f} s  {describe(lines)}")
    except BaseException:
        process.terminate()
        process.wait()
        raise
    reader.join()
    if process.returncode:
        tail = "\n".join(lines[-_LINES_KEPT_FOR_ERRORS:])
        raise SetupError(f"{Path(command[0]).name} ended with {process.returncode}:\n{tail}")
    return lines


def _ended(process: "subprocess.Popen[str]") -> bool:
    try:
        process.wait(timeout=TICK_SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return True


def _collect(process: "subprocess.Popen[str]", lines: list[str]) -> None:
    assert process.stdout is not None  # opened with a pipe above
    for line in process.stdout:  # not extend(): the other thread reads while this one adds
        lines.append(line.rstrip())  # noqa: PERF401
