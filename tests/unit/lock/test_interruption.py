"""A lock that is interrupted at any step of its writing: the old file or the new one, nothing between."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

from homeport.errors import HomeportError, LockError
from homeport.lock import Lock, lock_text, read_lock, write_lock
from homeport.operations.locking import lock_endpoints
from homeport.planner.sources import EndpointSource
from tests.unit.planner.stacks import lock_for, stack

OLD, NEW = (
    lock_for("acme/chat-8b", f"sha256:{'a' * 64}"),
    lock_for("acme/gated", f"sha256:{'b' * 64}"),
)
STEPS = ("mkstemp", "fdopen", "write", "flush", "fsync", "chmod", "replace")
SPEC = """\
version: 1
name: {name}
model: {{repository: {repository}}}
compute: {{accelerator: nvidia-l4}}
access: {{mode: public}}
"""

# Traces every call that leaves Python while the lock is written, and kills the process at the n-th.
KILLED_AT = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from homeport.lock import write_lock
    from tests.unit.lock.test_interruption import NEW

    left = int(sys.argv[2])

    def audit(event, arguments):
        global left
        if event.startswith(("open", "os.", "tempfile.")) and left >= 0:
            left -= 1
            if left < 0:  # once: the kill is such a call itself
                os.kill(os.getpid(), signal.SIGKILL)

    path = Path(sys.argv[1])
    sys.addaudithook(audit)
    write_lock(path, NEW)
    """
)


def _is_whole(path: Path) -> bool:
    return read_lock(path) in (OLD, NEW)


def test_killed_at_every_step_the_file_is_the_old_one_or_the_new_one(tmp_path: Path) -> None:
    path, seen = tmp_path / "chat.lock.json", list[Lock]()
    root = Path(__file__).resolve().parents[3]
    code = -signal.SIGKILL
    for step in range(40):
        write_lock(path, OLD)
        done = subprocess.run(
            [sys.executable, "-c", KILLED_AT, str(path), str(step)],
            cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, check=False,
        )  # fmt: skip
        seen.append(read_lock(path))
        code = done.returncode
        if code != -signal.SIGKILL:
            break
    assert code == 0  # the last run was let through
    assert seen[0] == OLD
    assert seen[-1] == NEW
    assert len(seen) >= 4  # temporary file, its mode, the replacement, ...
    assert seen == sorted(seen, key=lambda lock: lock == NEW)  # never back again


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_step_that_fails_leaves_the_old_file_and_no_other(
    step: str, error: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "chat.lock.json"
    write_lock(path, OLD)
    monkeypatch.setattr(*_target(step), _failing(error))
    with pytest.raises((LockError, KeyboardInterrupt)):
        write_lock(path, NEW)
    monkeypatch.undo()
    assert read_lock(path) == OLD
    assert [one.name for one in tmp_path.iterdir()] == ["chat.lock.json"]


def _failing(error: BaseException) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def _target(step: str) -> tuple[Any, str]:
    """Of Python's own modules, what the writer calls at the step."""
    if step == "mkstemp":
        return __import__("tempfile"), "mkstemp"
    if step in ("chmod", "replace"):
        return Path, step
    if step in ("write", "flush"):
        return _Unwritable, step
    return os, step


class _Unwritable:
    """Stands for the file object, whose methods cannot be replaced."""

    write = flush = None


@pytest.fixture(autouse=True)
def replaceable_file(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the steps of the file object: one whose method can fail."""
    step = getattr(request.node, "callspec", None) and request.node.callspec.params.get("step")
    if step not in ("write", "flush"):
        return
    real = os.fdopen

    def fdopen(handle: int, mode: str) -> Any:
        file = real(handle, mode)

        class File:
            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None:
                file.close()

            def write(self, data: bytes) -> int:
                return (_Unwritable.write or file.write)(data)

            def flush(self) -> None:
                (_Unwritable.flush or file.flush)()

            def fileno(self) -> int:
                return file.fileno()

        return File()

    # The first lock of the test is written whole: the failure is set later.
    monkeypatch.setattr(os, "fdopen", fdopen)


def _sources(tmp_path: Path) -> list[EndpointSource]:
    texts = {
        "first": SPEC.format(name="first", repository="acme/chat-8b"),
        "second": SPEC.format(name="second", repository="acme/embedding"),
    }
    found: list[EndpointSource] = []
    for source in stack(texts).endpoints:
        path = tmp_path / source.path.name
        found.append(EndpointSource(path=path, source=source.source, spec=source.spec, lock=None))
    return found


def test_a_model_that_is_missing_leaves_every_file_of_the_stack(tmp_path: Path) -> None:
    sources = _sources(tmp_path)
    for source in sources:
        source.path.with_suffix(".lock.json").write_text(lock_text(OLD))

    def resolve(wanted: Any) -> Any:
        if wanted.repository == "acme/embedding":
            raise LockError(path="model.repository", found="nothing", allowed="a model", fix="x")
        return lock_for(wanted.repository, OLD.made_for).repositories

    with pytest.raises(HomeportError, match=r"second.yaml:3 model.repository: found nothing"):
        lock_endpoints(
            sources, resolve, lambda tag: lock_for("acme/chat-8b", "x").image(tag), on_locked=print
        )
    for source in sources:
        assert read_lock(source.path.with_suffix(".lock.json")) == OLD
