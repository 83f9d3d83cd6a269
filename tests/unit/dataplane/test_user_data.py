"""User data: small, quoted, and nothing in it but names and hashes."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from dataplane.bootstrap.user_data import LIMIT_BYTES, UserDataError, render_user_data

VALUES = {
    "region": "us-east-1",
    "bucket": "artefacts-1a2b",
    "archive_key": "startup/a.tar.gz",
    "archive_sha256": "a" * 64,
    "boot_key": "boot/b.json",
    "boot_sha256": "b" * 64,
    "log_group": "/homeport/demo/llama-8b",
}


def test_is_a_plain_shell_script_below_the_limit() -> None:
    script = render_user_data(**VALUES)
    assert script.startswith("#!/bin/bash\n")
    assert len(script.encode()) < LIMIT_BYTES / 2
    assert "@values@" not in script


def test_holds_exactly_the_given_values() -> None:
    first = render_user_data(**VALUES).splitlines()
    second = render_user_data(**VALUES | {"bucket": "another"}).splitlines()
    assert [pair for pair in zip(first, second, strict=True) if pair[0] != pair[1]] == [
        ("bucket=artefacts-1a2b", "bucket=another")
    ]


@pytest.mark.parametrize(
    "value", ["$(touch pwned)", "a'b", 'a"b', "`x`", "a b;c", "\\", "<token-1>"]
)
def test_a_value_reaches_the_shell_unchanged(tmp_path: Path, value: str) -> None:
    lines = render_user_data(**VALUES | {"bucket": value}).splitlines()
    (line,) = [line for line in lines if line.startswith("bucket=")]
    printed = subprocess.run(
        ["bash", "-c", f'{line}\nprintf %s "$bucket"'],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )
    assert printed.stdout == value
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bucket": ""}, "bucket: found '', must be one line of printable text"),
        ({"bucket": "a\nb"}, r"bucket: found 'a\\nb', must be one line of printable text"),
        ({"boot_sha256": "abc"}, "boot_sha256: found 'abc', must be 64 hexadecimal digits"),
        ({"log_group": "x" * LIMIT_BYTES}, r"user data: found \d+ bytes, must be at most 16384"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UserDataError, match=message):
        render_user_data(**VALUES | change)
