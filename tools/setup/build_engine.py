"""Builds the Pulumi engine from its Go modules, once for all checkouts of a user.

Two modules of ours pin what is built, each as a Go tool (`tools/engine`): the CLI, and the Python language host, whose
last published module is sdk v3.79.0 (it is part of the CLI's own repository since and no module of its own).
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .progress import SetupError, run_with_progress, say

ENGINE_VERSION = "3.258.0"
_CLI_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
_SDK_MODULE = "github.com/pulumi/pulumi/sdk/v3"
_HOST_PACKAGE = f"{_SDK_MODULE}/python/cmd/pulumi-language-python"
_VERSION_VARIABLE = f"{_SDK_MODULE}/go/common/version.Version"
_LINKER = (
    f"-s -w -X {_VERSION_VARIABLE}={ENGINE_VERSION}"  # empty version and twice the size otherwise
)
# A static binary needs no C compiler, and is the same on every machine.
_GO_SETTINGS = {"CGO_ENABLED": "0"}
# Scripts that the engine starts beside the language host: programs, dynamic resources, policy packs.
_SCRIPTS = (
    "python/cmd/pulumi-language-python-exec",
    "python/dist/pulumi-resource-pulumi-python",
    "python/dist/pulumi-analyzer-policy-python",
)
_RECIPE_FILE = "recipe.sha256"


def build_engine(recipe: Path, cache: Path) -> Path:
    """Return `<cache>/pulumi-<version>`, built if it is missing or of another recipe.

    Built beside its place and renamed, so an interrupted build leaves nothing half done; a second process waits
    for the first. Raises SetupError: exit code 2 without a suitable Go, 1 when the build itself fails.
    """
    place = cache / f"pulumi-{ENGINE_VERSION}"
    digest = _digest(recipe)
    if _is_built(place, digest):
        return place
    for module in ("cli", "language-host"):
        _require_go(recipe / module)
    cache.mkdir(parents=True, exist_ok=True)
    with _only_one_build(cache):
        if _is_built(place, digest):
            return place
        for leftover in cache.glob(".building-*"):
            shutil.rmtree(leftover)
        building = Path(tempfile.mkdtemp(prefix=".building-", dir=cache))
        try:
            _build(recipe, building)
            (building / _RECIPE_FILE).write_text(digest, encoding="utf-8")
            building.chmod(0o755)
            shutil.rmtree(place, ignore_errors=True)
            building.rename(place)
        finally:
            shutil.rmtree(building, ignore_errors=True)
    say(f"the Pulumi engine is in {place}")
    return place


def _build(recipe: Path, target: Path) -> None:
    say(
        f"building the Pulumi engine {ENGINE_VERSION} from its Go modules: about five minutes on two cores, once"
    )
    _go_build(recipe / "cli", _CLI_PACKAGE, target / "pulumi")
    _go_build(recipe / "language-host", _HOST_PACKAGE, target / "pulumi-language-python")
    source = _ask_go(recipe / "language-host", "list", "-m", "-f", "{{.Dir}}", _SDK_MODULE)
    for script in _SCRIPTS:
        copied = Path(shutil.copyfile(Path(source) / script, target / Path(script).name))
        copied.chmod(0o755)
    environment = os.environ | {"PULUMI_SKIP_UPDATE_CHECK": "true"}
    answer = subprocess.run(
        [target / "pulumi", "version"], capture_output=True, text=True, env=environment, check=False
    )
    if answer.stdout.strip().lstrip("v") != ENGINE_VERSION:
        raise SetupError(
            f"the engine just built says {answer.stdout.strip()!r}: {answer.stderr.strip()}"
        )


def _go_build(module: Path, package: str, output: Path) -> None:
    """Download, then compile, with a count of packages: the list of them is known once the sources are there."""
    name = output.name
    listing = run_with_progress(
        ["go", "list", "-deps", package],
        describe=lambda lines: (
            f"{name}: downloading sources, {_count(lines, 'go: downloading')} modules"
        ),
        cwd=module,
    )
    total = sum(not line.startswith("go: ") for line in listing)
    say(f"  {name}: compiling {total} packages (those already in Go's cache are skipped)")
    run_with_progress(
        ["go", "build", "-v", "-ldflags", _LINKER, "-o", output, package],
        describe=lambda lines: (
            f"{name}: {len(lines)} packages compiled, at {lines[-1] if lines else 'the first'}"
        ),
        cwd=module,
        environment=os.environ | _GO_SETTINGS,
    )


def _count(lines: list[str], prefix: str) -> int:
    return sum(line.startswith(prefix) for line in lines)


def _require_go(module: Path) -> None:
    """Go itself judges whether it is new enough for the module, or can fetch the toolchain that is."""
    needed = next(
        line.split()[1]
        for line in (module / "go.mod").read_text(encoding="utf-8").splitlines()
        if line.startswith("go ")
    )
    if shutil.which("go") is None:
        raise SetupError(
            f"no go on PATH; Go {needed} or newer is needed to build the engine", exit_code=2
        )
    try:
        _ask_go(module, "version")
        _ask_go(module, "list", "-m")
    except SetupError as error:
        raise SetupError(
            f"Go {needed} or newer is needed to build the engine: {error}", exit_code=2
        ) from error


def _ask_go(module: Path, *arguments: str) -> str:
    answer = subprocess.run(
        ["go", *arguments], cwd=module, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise SetupError(f"go {arguments[0]}: {answer.stderr.strip()}")
    return answer.stdout.strip()


def _is_built(place: Path, digest: str) -> bool:
    recorded = place / _RECIPE_FILE
    return recorded.is_file() and recorded.read_text(encoding="utf-8") == digest


def _digest(recipe: Path) -> str:
    """Of what decides the binaries: the pinned modules and the choices made here."""
    choices = repr((ENGINE_VERSION, _CLI_PACKAGE, _HOST_PACKAGE, _SCRIPTS, _LINKER, _GO_SETTINGS))
    pins = [source.read_bytes() for source in sorted(recipe.glob("*/go.*"))]
    return hashlib.sha256(b"\0".join([*pins, choices.encode()])).hexdigest()


@contextmanager
def _only_one_build(cache: Path) -> Iterator[None]:
    with (cache / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another setup is building the engine; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
