"""The virtual environment: the locked packages, then this project itself, editable."""

import shutil
import subprocess
import sys
from pathlib import Path

from .progress import SetupError, run_with_progress, say

LOCK_FILE = "requirements-dev.lock"


def install_environment(root: Path) -> Path:
    """Create or complete `.venv` in the checkout and return its `bin` directory. May run again at any point.

    An environment of another interpreter, or moved from elsewhere, is made anew: its scripts name the old place.
    """
    environment = root / ".venv"
    python = environment / "bin" / "python"
    if not _is_usable(environment):
        say(f"creating .venv with Python {sys.version.split()[0]}")
        _create(environment)
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    total = _count_locked(root / LOCK_FILE)
    say(f"installing {LOCK_FILE}: up to {total} packages, about a minute when nothing is cached")
    # The lock is complete. Resolving it again, old versions of pip take the newest release of a package that another
    # one asks for with an extra, and stop at its missing hash.
    lock = ["install", "--progress-bar", "off", "--no-deps", "--require-hashes", "-r", LOCK_FILE]
    run_with_progress([*pip, *lock], describe=lambda lines: _describe(lines, total), cwd=root)
    say("installing homeport itself, editable")
    editable = ["install", "--quiet", "--no-deps", "--no-build-isolation", "--editable", "."]
    run_with_progress([*pip, *editable], describe=lambda _: "building", cwd=root)
    return python.parent


def _is_usable(environment: Path) -> bool:
    """Whether it runs, has pip, is of this interpreter's version and lies where it was made."""
    probe = "import sys, pip; print(sys.prefix, *sys.version_info[:2])"
    python = environment / "bin" / "python"
    pip = environment / "bin" / "pip"
    if not python.exists() or not pip.exists():
        return False
    answer = subprocess.run([python, "-c", probe], capture_output=True, text=True, check=False)
    expected = f"{environment} {sys.version_info[0]} {sys.version_info[1]}"
    first_line = pip.read_text(encoding="utf-8").splitlines()[0]
    return answer.stdout.strip() == expected and str(environment) in first_line


def _create(environment: Path) -> None:
    if environment.exists():
        shutil.rmtree(environment)
    command = [sys.executable, "-m", "venv", str(environment)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise SetupError(
            f"{sys.executable} cannot make a virtual environment. Install its venv module"
            f" (Debian and Ubuntu: apt install python3-venv) and run this again.\n{result.stdout.strip()}",
            exit_code=2,
        )


def _count_locked(lock: Path) -> int:
    return sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())


def _describe(lines: list[str], total: int) -> str:
    if any(line.startswith("Installing collected") for line in lines):
        return "all there, unpacking"
    collected = [line.split()[1] for line in lines if line.startswith("Collecting ")]
    return f"{len(collected)} of {total}: {collected[-1]}" if collected else "asking for packages"
