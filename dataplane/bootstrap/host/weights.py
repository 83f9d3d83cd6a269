"""Which weight files are there, whole and right: `weights.py verified|missing|verify BOOT FOLDER`.

`verified` ends with 0 when an earlier run found everything right. `missing` prints a curl
configuration with every file that is not there in full. `verify` hashes all files, removes wrong ones
(a second download may be right) and ends with 1 while anything is missing or wrong.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

_BLOCK_BYTES = 4 << 20


class Weight(NamedTuple):
    """One file: where it comes from, where it goes, what it must be."""

    url: str
    target: Path
    size_bytes: int
    sha256: str


def weights(boot: dict[str, Any], folder: Path) -> list[Weight]:
    """Every file of every repository, below one folder a role."""
    endpoint = boot["hub"]["endpoint"].rstrip("/")
    return [
        Weight(
            f"{endpoint}/{repository['repository']}/resolve/{repository['commit']}/{quote(file['path'])}",
            folder / repository["role"] / file["path"],
            file["size_bytes"],
            file["sha256"],
        )
        for repository in boot["repositories"]
        for file in repository["files"]
    ]


def curl_configuration(wanted: list[Weight]) -> str:
    """URL and output pairs; curl resumes what is there. A file that is too long starts anew."""
    lines: list[str] = []
    for weight in wanted:
        there = weight.target.stat().st_size if weight.target.exists() else None
        if there == weight.size_bytes:
            continue
        if weight.size_bytes == 0:
            # curl makes no file of an empty answer.
            weight.target.parent.mkdir(parents=True, exist_ok=True)
            weight.target.write_bytes(b"")
            continue
        if there is not None and there > weight.size_bytes:
            weight.target.unlink()
        lines += [f"url = {_quoted(weight.url)}", f"output = {_quoted(str(weight.target))}"]
    return "".join(f"{line}\n" for line in lines)


def complaints(wanted: list[Weight]) -> list[str]:
    """What is not right, in words; wrong files are removed. Hashing uses every core."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [text for text in pool.map(_complaint, wanted) if text]


def _complaint(weight: Weight) -> str:
    if not weight.target.exists():
        return f"missing: {weight.target}"
    size = weight.target.stat().st_size
    if size < weight.size_bytes:
        return f"incomplete: {weight.target} has {size} of {weight.size_bytes} bytes"
    found = _sha256(weight.target)
    if found == weight.sha256:
        return ""
    weight.target.unlink()
    return f"wrong: {weight.target} has sha256 {found}, the lock says {weight.sha256}; removed"


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK_BYTES)
            if not block:
                return digest.hexdigest()
            digest.update(block)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _main(command: str, boot_path: str, folder_path: str) -> int:
    folder = Path(folder_path)
    wanted = weights(json.loads(Path(boot_path).read_text()), folder)
    marker = folder / ".verified"
    digest = hashlib.sha256(repr(wanted).encode()).hexdigest()
    if command == "verified":
        return 0 if marker.exists() and marker.read_text() == digest else 1
    if command == "missing":
        sys.stdout.write(curl_configuration(wanted))
        return 0
    found = complaints(wanted)
    for text in found:
        sys.stderr.write(f"weights: {text}\n")
    if not found:
        marker.write_text(digest)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(_main(*sys.argv[1:]))
