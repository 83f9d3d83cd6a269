"""The sandbox's weights: a model's files are small, and say what they stand for."""

import hashlib
from typing import Any

BYTES_OF_A_FILE = 64 << 10


def weight_content(path: str) -> bytes:
    """What the sandbox's Hub holds under this path of any repository."""
    line = f"sandbox: stands for {path}\n".encode()
    return (line * (BYTES_OF_A_FILE // len(line) + 1))[:BYTES_OF_A_FILE]


def sandbox_repositories(repositories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The boot document's repositories with the sizes and hashes of those files."""
    return [
        {**repository, "files": [_file(file["path"]) for file in repository["files"]]}
        for repository in repositories
    ]


def _file(path: str) -> dict[str, Any]:
    content = weight_content(path)
    return {
        "path": path,
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
