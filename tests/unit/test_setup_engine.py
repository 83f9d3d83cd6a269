"""Which Pulumi engine setup takes: real executables on a PATH of the test's own."""

from pathlib import Path

import pytest

from tools.setup.build_engine import ENGINE_VERSION
from tools.setup.engine import find_or_build_engine
from tools.setup.progress import SetupError

ROOT = Path(__file__).resolve().parents[2]
OLD_GO = 'echo "go: go.mod requires go >= 1.25.11 (running go 1.19.8)" >&2; exit 1'


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that is the whole PATH; the cache is empty."""
    directory = tmp_path / "bin"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    monkeypatch.setenv("HOMEPORT_CACHE", str(tmp_path / "cache"))
    return directory


def _program(path: Path, name: str, body: str = "exit 0") -> None:
    (path / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    (path / name).chmod(0o755)


def _language_host(path: Path) -> None:
    _program(path, "pulumi-language-python")
    _program(path, "pulumi-language-python-exec")


@pytest.mark.parametrize("version", [ENGINE_VERSION, "3.272.1", "4.0.0", "3.300.0-alpha.1"])
def test_new_enough_engine_on_path_is_used(path: Path, version: str) -> None:
    _program(path, "pulumi", f"echo v{version}")
    _language_host(path)
    assert find_or_build_engine(ROOT) == path


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("echo v3.257.9", "version 3.257.9 is older than"),
        ("echo v3.99.0", "version 3.99.0 is older than"),
        ("exit 3", "does not tell its version"),
        ("echo unknown", "does not tell its version"),
    ],
)
def test_unusable_engine_is_named_with_its_reason(path: Path, answer: str, reason: str) -> None:
    _program(path, "pulumi", answer)
    _language_host(path)
    with pytest.raises(SetupError, match=reason) as raised:
        find_or_build_engine(ROOT)
    assert raised.value.exit_code == 2


def test_engine_without_python_is_not_used(path: Path) -> None:
    _program(path, "pulumi", f"echo v{ENGINE_VERSION}")
    with pytest.raises(SetupError, match=r"has no pulumi-language-python and no .*-exec beside it"):
        find_or_build_engine(ROOT)


@pytest.mark.parametrize(("go", "reason"), [(None, "no go on PATH"), (OLD_GO, "running go 1.19.8")])
def test_message_says_what_to_install(path: Path, go: str | None, reason: str) -> None:
    if go:
        _program(path, "go", go)
    with pytest.raises(SetupError) as raised:
        find_or_build_engine(ROOT)
    message = str(raised.value)
    assert raised.value.exit_code == 2
    assert "no pulumi on PATH" in message
    assert reason in message
    assert f"the official Pulumi CLI, version {ENGINE_VERSION} or newer" in message
    assert "Go 1.25.11 or newer" in message
    assert not list(path.parent.glob("cache/pulumi-*"))


def test_engine_is_not_older_than_the_sdk() -> None:
    lock = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    assert f"\npulumi=={ENGINE_VERSION} " in lock
