"""`python3 -m tools.setup`: environment, then engine; nothing to do when both are as the checkout wants them."""

import fcntl
import hashlib
import json
import os
import shlex
import shutil
import sys
import time
from pathlib import Path

from .engine import cache_directory, find_or_build_engine
from .environment import LOCK_FILE, install_environment
from .progress import SetupError, say

ROOT = Path(__file__).resolve().parents[2]
_STAMP = ROOT / ".venv" / "setup.json"
_ENGINE_ENVIRONMENT = ROOT / ".venv" / "engine.env"


def main() -> int:
    """Set up the checkout. 0: ready. 1: a step failed. 2: something must be installed first."""
    try:
        with (ROOT / "pyproject.toml").open() as checkout:
            # One setup a checkout: `make test` and `make demo` may be started together.
            fcntl.flock(checkout, fcntl.LOCK_EX)
            _set_up()
    except SetupError as error:
        print(f"setup: error: {error}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("setup: interrupted; run it again to go on", file=sys.stderr)
        return 130
    return 0


def _set_up() -> None:
    key = _key()
    if _is_ready(key):
        return
    started = time.monotonic()
    _require_programs()
    commands = install_environment(ROOT)
    engine = find_or_build_engine(ROOT)
    # .venv first: the language host takes `python` from PATH.
    path = f"{shlex.quote(str(commands))}:{shlex.quote(str(engine))}"
    _ENGINE_ENVIRONMENT.write_text(
        f'export HOMEPORT_PULUMI_DIR={shlex.quote(str(engine))}\nexport PATH={path}:"$PATH"\n',
        encoding="utf-8",
    )
    _STAMP.write_text(json.dumps({"key": key, "engine": str(engine)}), encoding="utf-8")
    say(f"ready in {time.monotonic() - started:.0f} s: .venv/bin/homeport")


def _is_ready(key: str) -> bool:
    if not _STAMP.is_file() or not _ENGINE_ENVIRONMENT.is_file():
        return False
    stamp = json.loads(_STAMP.read_text(encoding="utf-8"))
    programs = (ROOT / ".venv" / "bin" / "homeport", Path(stamp["engine"]) / "pulumi")
    return stamp["key"] == key and all(os.access(program, os.X_OK) for program in programs)


def _key() -> str:
    """Changes when the packages, the project's metadata, setup itself, the interpreter or the place does."""
    sources = [ROOT / LOCK_FILE, ROOT / "pyproject.toml"]
    sources += sorted(Path(__file__).parent.glob("*.py")) + sorted(ROOT.glob("tools/engine/*/go.*"))
    parts = [source.read_bytes() for source in sources]
    parts += [str(ROOT).encode(), str(cache_directory()).encode(), sys.version.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _require_programs() -> None:
    missing = [name for name in ("git", "make") if shutil.which(name) is None]
    if missing:
        raise SetupError(
            f"not found on PATH: {', '.join(missing)}. Install and run again.", exit_code=2
        )


sys.exit(main())
