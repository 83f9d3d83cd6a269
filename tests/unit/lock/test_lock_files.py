"""Lock files: written whole, read back the same, and every broken one refused with what to do."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from homeport.errors import HomeportError, LockError
from homeport.lock import Lock, lock_digest, lock_text, read_lock, write_lock
from tests.unit.planner.stacks import lock_for

DIGEST = f"sha256:{'a' * 64}"


def _lock() -> Lock:
    return lock_for("acme/chat-8b", DIGEST)


def _document() -> dict[str, Any]:
    return json.loads(lock_text(_lock()))


def test_a_written_lock_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "chat.lock.json"
    write_lock(path, _lock())
    assert read_lock(path) == _lock()
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_lock_has_the_same_bytes() -> None:
    assert lock_text(_lock()) == lock_text(_lock())


def test_a_lock_that_could_not_be_read_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "chat.lock.json"
    write_lock(path, _lock())
    before = path.read_bytes()
    with pytest.raises(LockError):
        write_lock(path, lock_for("acme/chat-8b", "no digest"))
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_any_stand_in_makes_the_whole_lock_the_sandboxs() -> None:
    assert _lock().origin == "sandbox"


def _set(*steps: Any, to: Any) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        place: Any = document
        for step in steps[:-1]:
            place = place[step]
        if to is KeyError:
            del place[steps[-1]]
        else:
            place[steps[-1]] = to

    return change


FIRST_FILE = ("repositories", 0, "files", 0)
BROKEN: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "no version": (_set("version", to=KeyError), "version"),
    "another version": (_set("version", to=2), "version"),
    "a version as a text": (_set("version", to="1"), "version"),
    "an unknown key": (_set("extra", to=1), "extra"),
    "no digest of the spec": (_set("for", to=KeyError), "for"),
    "a digest of another kind": (_set("for", to="md5:00"), "for"),
    "no repository": (_set("repositories", to=[]), "repositories"),
    "repositories as a mapping": (_set("repositories", to={}), "repositories"),
    "no image": (_set("images", to=[]), "images"),
    "an unknown role": (_set("repositories", 0, "role", to="teacher"), "repositories[0].role"),
    "a draft without its model": (_set("repositories", 0, "role", to="draft"), "repositories"),
    "a repository with a path": (
        _set("repositories", 0, "repository", to="../../etc"),
        "repositories[0].repository",
    ),
    "a short commit": (_set("repositories", 0, "commit", to="abc123"), "repositories[0].commit"),
    "a commit in capitals": (
        _set("repositories", 0, "commit", to="A" * 40),
        "repositories[0].commit",
    ),
    "a branch for a commit": (
        _set("repositories", 0, "commit", to="main"),
        "repositories[0].commit",
    ),
    "an unknown origin": (_set("repositories", 0, "origin", to="mirror"), "repositories[0].origin"),
    "gated as a text": (_set("repositories", 0, "gated", to="no"), "repositories[0].gated"),
    "no file": (_set("repositories", 0, "files", to=[]), "repositories[0].files"),
    "a file above the repository": (
        _set(*FIRST_FILE, "path", to="../weights"),
        "repositories[0].files[0].path",
    ),
    "an absolute file": (
        _set(*FIRST_FILE, "path", to="/etc/passwd"),
        "repositories[0].files[0].path",
    ),
    "a file with a backslash": (
        _set(*FIRST_FILE, "path", to="a\\b"),
        "repositories[0].files[0].path",
    ),
    "a negative size": (
        _set(*FIRST_FILE, "size_bytes", to=-1),
        "repositories[0].files[0].size_bytes",
    ),
    "half a byte": (_set(*FIRST_FILE, "size_bytes", to=0.5), "repositories[0].files[0].size_bytes"),
    "a size beyond reason": (
        _set(*FIRST_FILE, "size_bytes", to=1 << 60),
        "repositories[0].files[0].size_bytes",
    ),
    "a short hash": (_set(*FIRST_FILE, "sha256", to="00"), "repositories[0].files[0].sha256"),
    "an image without digest": (_set("images", 0, "digest", to=""), "images[0].digest"),
    "an image with a space": (_set("images", 0, "tag", to="a b"), "images[0].tag"),
    "a configuration that is nested": (
        _set("repositories", 0, "metadata", "config", to={"a": {"b": 1}}),
        "repositories[0].metadata.config.a",
    ),
}


@pytest.mark.parametrize("title", BROKEN)
def test_a_broken_lock_is_refused_at_its_place(title: str, tmp_path: Path) -> None:
    change, path = BROKEN[title]
    document = _document()
    change(document)
    file = tmp_path / "chat.lock.json"
    file.write_text(json.dumps(document))
    with pytest.raises(HomeportError) as caught:
        read_lock(file)
    assert path in {problem.path for problem in caught.value.problems}
    assert all("homeport lock <stack>" in problem.fix for problem in caught.value.problems)


def test_a_file_twice_is_refused(tmp_path: Path) -> None:
    document = _document()
    document["repositories"][0]["files"] *= 2
    file = tmp_path / "chat.lock.json"
    file.write_text(json.dumps(document))
    with pytest.raises(LockError):
        read_lock(file)


RAW = {
    "empty": b"",
    "no JSON": b"version: 1",
    "cut off": lock_text(_lock()).encode()[:-20],
    "no UTF-8": b'{"version": "\xff"}',
    "a key twice": b'{"version": 1, "version": 1}',
    "not a number": b'{"version": NaN}',
    "nested deep": b"[" * 100_000,
    "huge": b" " * (5 << 20),
    "a list": b"[]",
    "a number of many digits": b'{"version": ' + b"1" * 10_000 + b"}",
}


@pytest.mark.parametrize("title", RAW)
def test_what_is_no_lock_is_refused(title: str, tmp_path: Path) -> None:
    file = tmp_path / "chat.lock.json"
    file.write_bytes(RAW[title])
    with pytest.raises(LockError):
        read_lock(file)


def test_a_missing_lock_names_no_path_of_the_machine(tmp_path: Path) -> None:
    with pytest.raises(LockError) as caught:
        read_lock(tmp_path / "none.lock.json")
    assert str(tmp_path) not in str(caught.value)


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    from homeport.lock.parse import parse_lock

    with pytest.raises(LockError):
        parse_lock(data)


FIELDS: dict[str, Any] = {
    "repository": "acme/chat",
    "revision": "main",
    "task": None,
    "engine": "auto",
    "image": None,
    "quantization": "auto",
}


@pytest.mark.parametrize("field", [*FIELDS, "speculative_method", "speculative_model"])
def test_every_field_that_a_lock_answers_changes_the_digest(field: str) -> None:
    assert lock_digest(**FIELDS) != lock_digest(**{**FIELDS, field: "other"})
