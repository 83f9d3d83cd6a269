"""Locks for stacks of the sandbox, from recorded facts of real models and stand-ins for the rest.

    python -m sandbox.locks STACK      writes stacks/<stack>/*.lock.json below the current project

What was recorded is in `hub_facts.json` with its sources. Commits, files and digests that nobody could
read here are derived from the names, so that they never change and never mean anything else; everything
is marked `origin: sandbox` and refused outside the sandbox.
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from homeport.catalogue import Engine, carried_engines, engine
from homeport.errors import HomeportError, LockError
from homeport.lock import (
    Lock,
    LockedFile,
    LockedImage,
    LockedRepository,
    ModelMetadata,
    write_lock,
)
from homeport.planner.model import spec_digest
from homeport.project import find_root, load_stack
from homeport.spec import EndpointSpec

FACTS_FILE = Path(__file__).with_name("hub_facts.json")
CONFIG_BYTES, TOKENIZER_BYTES = 2_048, 1_048_576
"""Sizes of the two small stand-in files beside the weights."""


def lock_of(spec: EndpointSpec) -> Lock:
    """The lock of one spec. Raises `LockError` for a model that the facts do not hold."""
    facts = _model_facts(spec.model.repository)
    return Lock(
        made_for=spec_digest(spec),
        repositories=(_repository(facts, spec.model.revision),),
        images=tuple(_image(tag) for tag in _tags(spec)),
    )


def write_locks(root: Path, stack: str) -> list[Path]:
    """Lock every endpoint of `stack`; the files that were written.

    All or none: an unknown model is found before the first file is written.
    """
    endpoints = load_stack(root, stack).endpoints
    locks = [(one.path.with_suffix(".lock.json"), lock_of(one.spec)) for one in endpoints]
    for path, lock in locks:
        write_lock(path, lock)
    return [path for path, _ in locks]


def _repository(facts: dict[str, Any], revision: str) -> LockedRepository:
    name = facts["repository"]
    return LockedRepository(
        role="model",
        repository=name,
        revision=revision,
        commit=_commit(facts, revision),
        origin="sandbox",
        gated=facts["gated"],
        files=tuple(_files(facts)),
        metadata=ModelMetadata(
            task=facts["task"],
            library=facts["library"],
            architectures=tuple(facts["architectures"]),
            model_type=facts["model_type"],
            parameters=facts["parameters"],
            dtype=facts["dtype"],
            quantization=facts["quantization"],
            config=facts["config"],
        ),
        source="; ".join(facts["sources"]),
    )


def _commit(facts: dict[str, Any], revision: str) -> str:
    """The recorded commit for `main`; otherwise derived from repository and revision."""
    if facts["commit"] is not None and revision == "main":
        return facts["commit"]
    return _stand_in("sha1", facts["repository"], revision)


def _files(facts: dict[str, Any]) -> list[LockedFile]:
    """The recorded weight files, or one file of the recorded size, and two small ones."""
    weights = facts.get("weight_files") or [
        {"name": "model.safetensors", "bytes": facts["weights_bytes"]}
    ]
    named = [("config.json", CONFIG_BYTES), ("tokenizer.json", TOKENIZER_BYTES)]
    named += [(file["name"], file["bytes"]) for file in weights]
    return [
        LockedFile(
            path=path, size_bytes=size, sha256=_stand_in("sha256", facts["repository"], path)
        )
        for path, size in sorted(named)
    ]


def _tags(spec: EndpointSpec) -> list[str]:
    """Every image of the engines that may be chosen, and the spec's own."""
    engines: Sequence[Engine] = carried_engines()
    if spec.engine.name != "auto":
        engines = [engine(spec.engine.name)]
    tags = [image.tag for one in engines for image in one.images]
    return [*tags, *([spec.engine.image] if spec.engine.image else [])]


def _image(tag: str) -> LockedImage:
    recorded = {one["tag"]: one for one in _facts()["images"]}.get(tag)
    if recorded is not None:
        return LockedImage(
            tag=tag, digest=recorded["digest"], origin="sandbox", source=recorded["source"]
        )
    return LockedImage(
        tag=tag,
        digest=f"sha256:{_stand_in('sha256', tag)}",
        origin="sandbox",
        source="a stand-in, derived from the tag",
    )


def _stand_in(algorithm: str, *words: str) -> str:
    return hashlib.new(algorithm, "\n".join(["homeport sandbox", *words]).encode()).hexdigest()


def _model_facts(repository: str) -> dict[str, Any]:
    models = {one["repository"]: one for one in _facts()["models"]}
    if repository not in models:
        raise LockError(
            path="model.repository",
            found=repository,
            allowed=f"a model that the sandbox knows: {', '.join(sorted(models))}",
            fix="choose one of these; reading the Hub is not built yet",
        )
    return models[repository]


@cache
def _facts() -> dict[str, Any]:
    return json.loads(FACTS_FILE.read_text())


def main(arguments: list[str]) -> int:
    """Lock one stack; an error goes to standard error."""
    if len(arguments) != 1:
        print("usage: python -m sandbox.locks STACK", file=sys.stderr)
        return 2
    try:
        for path in write_locks(find_root(Path.cwd()), arguments[0]):
            print(f"{path.name}: locked with stand-ins of the sandbox")
    except HomeportError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
