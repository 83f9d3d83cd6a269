"""The Pulumi engine: the one on PATH where it will do, otherwise one built into the user's cache."""

import os
import re
import subprocess
from pathlib import Path

from .build_engine import ENGINE_VERSION, build_engine
from .progress import SetupError, say

# The engine must not be older than the SDK that the programs use (requirements-dev.lock): an SDK may ask the engine
# for features that an older one lacks, and nothing older has been tried. Newer engines serve older SDKs.
MINIMUM_VERSION = tuple(int(part) for part in ENGINE_VERSION.split("."))
_LANGUAGE_HOST = ("pulumi-language-python", "pulumi-language-python-exec")


def find_or_build_engine(root: Path) -> Path:
    """Return the directory that holds `pulumi` and its Python language host.

    Raises SetupError with exit code 2 when there is no usable engine and none can be built.
    """
    cache = cache_directory()
    refused: list[str] = []
    for candidate in _engines_on_path(cache):
        reason = _reason_to_refuse(candidate)
        if reason is None:
            say(f"using the Pulumi engine on PATH: {candidate}")
            return candidate.parent
        refused.append(f"{candidate}: {reason}")
        say(f"not using {refused[-1]}")
    try:
        return build_engine(root / "tools" / "engine", cache)
    except SetupError as error:
        found = "\n  ".join(refused or ["no pulumi on PATH"])
        raise SetupError(
            f"no Pulumi engine.\n  {found}\n  {error}\n"
            f"Install one of these, then run the same command again:\n"
            f"  - the official Pulumi CLI, version {ENGINE_VERSION} or newer\n"
            f"  - Go (see above for the version); the engine is then built here, which takes about five minutes",
            exit_code=error.exit_code,
        ) from error


def cache_directory() -> Path:
    """Where built engines are kept, outside any checkout: HOMEPORT_CACHE, else the user's cache directory."""
    if own := os.environ.get("HOMEPORT_CACHE"):
        return Path(own).resolve()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "homeport"


def _engines_on_path(cache: Path) -> list[Path]:
    """Every `pulumi` on PATH, first one first, without those that setup itself built."""
    directories = [Path(entry) for entry in os.environ.get("PATH", "").split(os.pathsep) if entry]
    found = (directory / "pulumi" for directory in directories)
    return [
        path
        for path in found
        if os.access(path, os.X_OK) and not path.resolve().is_relative_to(cache)
    ]


def _reason_to_refuse(pulumi: Path) -> str | None:
    version = engine_version(pulumi)
    if version is None:
        return "does not tell its version"
    if version < MINIMUM_VERSION:
        return f"version {'.'.join(map(str, version))} is older than {ENGINE_VERSION}"
    missing = [name for name in _LANGUAGE_HOST if not os.access(pulumi.with_name(name), os.X_OK)]
    if missing:
        return f"has no {' and no '.join(missing)} beside it"
    return None


def engine_version(pulumi: Path) -> tuple[int, ...] | None:
    """The engine's version as three numbers; None when it does not start or says something else."""
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        answer = subprocess.run(
            [pulumi, "version"],
            capture_output=True,
            text=True,
            timeout=60,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.match(r"v?(\d+)\.(\d+)\.(\d+)", answer.stdout.strip())
    return tuple(int(part) for part in match.groups()) if match else None
