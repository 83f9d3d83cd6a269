"""What the sandbox's Hub knows of each model: recorded facts, and stand-ins marked as such.

`facts.json` holds true configurations with their sources. Commits, small files and hashes that nobody
could read here are derived from the names, so that they never change and never mean anything else.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FACTS_FILE = Path(__file__).with_name("facts.json")
TOKENIZER_BYTES = 1_048_576
"""Size of the stand-in for tokenizer.json, which the real Hub keeps in its large-file store."""


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """One file of a repository."""

    path: str
    size_bytes: int
    content: bytes | None
    """Of a small file; None for what lies in the large-file store, which cannot be fetched here."""

    def git_oid(self) -> str:
        """As git names the object; of a large file, of its stand-in."""
        data = self.content if self.content is not None else self.path.encode()
        return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


@dataclass(frozen=True, kw_only=True)
class HubModel:
    """A model repository."""

    repository: str
    facts: dict[str, Any]

    def commit(self, revision: str) -> str:
        """The recorded commit for `main`; otherwise derived from repository and revision."""
        recorded: str | None = self.facts["commit"]
        if recorded is not None and revision in ("main", recorded):
            return recorded
        if len(revision) == 40:
            return revision
        return stand_in("sha1", self.repository, revision)

    def files(self) -> tuple[StoredFile, ...]:
        """Configuration, tokenizer and weights; a README and a copy of the weights to be left out."""
        files = [
            StoredFile(path=weight["name"], size_bytes=weight["bytes"], content=None)
            for weight in self.facts["weights"]
        ]
        files.append(_small("README.md", f"# {self.repository}\n"))
        if self.facts["config"] is not None:
            files.append(_small("config.json", json.dumps(self.facts["config"], indent=2)))
            files.append(
                StoredFile(path="tokenizer.json", size_bytes=TOKENIZER_BYTES, content=None)
            )
        for path, text in self.facts.get("small_files", {}).items():
            files.append(_small(path, text))
        return tuple(sorted(files, key=lambda file: file.path))

    def description(self, revision: str) -> dict[str, Any]:
        """As `GET /api/models/{repository}/revision/{revision}?blobs=true` answers."""
        config = self.facts["config"] or {}
        parameters = self.facts["parameters"]
        return {
            "_id": stand_in("sha1", self.repository)[:24],
            "id": self.repository,
            "modelId": self.repository,
            "sha": self.commit(revision),
            "private": False,
            "disabled": False,
            "gated": "manual" if self.facts["gated"] else False,
            "pipeline_tag": self.facts["task"],
            "library_name": self.facts["library"],
            "tags": [],
            "config": {key: config.get(key) for key in ("architectures", "model_type")},
            "safetensors": parameters
            and {"parameters": parameters, "total": sum(parameters.values())},
            "gguf": self.facts.get("gguf"),
            "siblings": [self._sibling(file) for file in self.files()],
        }

    def _sibling(self, file: StoredFile) -> dict[str, Any]:
        listed = {"rfilename": file.path, "size": file.size_bytes, "blobId": file.git_oid()}
        if file.content is None:
            sha256 = stand_in("sha256", self.repository, file.path)
            listed["lfs"] = {"sha256": sha256, "size": file.size_bytes, "pointerSize": 135}
        return listed


def find_model(repository: str) -> HubModel | None:
    """The model, None where the sandbox does not know it."""
    facts = _models().get(repository)
    return HubModel(repository=repository, facts=facts) if facts else None


def known_models() -> tuple[str, ...]:
    """Every repository, in order of name."""
    return tuple(sorted(_models()))


def new_name(repository: str) -> str | None:
    """What a renamed repository is called today."""
    return _document()["renamed"].get(repository)


def stand_in(algorithm: str, *words: str) -> str:
    """A hash that can be told from nothing else, the same for the same words."""
    return hashlib.new(algorithm, "\n".join(["homeport sandbox", *words]).encode()).hexdigest()


def _small(path: str, text: str) -> StoredFile:
    return StoredFile(path=path, size_bytes=len(text.encode()), content=text.encode())


@cache
def _models() -> dict[str, dict[str, Any]]:
    return {one["repository"]: one for one in _document()["models"]}


@cache
def _document() -> dict[str, Any]:
    return json.loads(FACTS_FILE.read_text())
